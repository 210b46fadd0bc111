"""People, the departments they work in, the roles they hold there, and who is on duty when."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.reach import FIRST, LAST, within_reach
from accounts.roles import TIER_HOLDERS, TOP_TIER, Role
from common.text import check_translations, localised
from common.trees import lies_below_itself


def validate_time_zone(name: str) -> None:
    """Accept only names of the IANA time zone table."""
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a time zone. Use a name such as Asia/Taipei."), params={"name": name})


class Department(models.Model):
    """A place in the organisation; branches hang below regions, regions below head office."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    translations = models.JSONField(
        _("names in other languages"),
        default=dict,
        blank=True,
        help_text=_('For example {"zh-hant": "總公司"}.'),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    is_active = models.BooleanField(_("active"), default=True)
    desk_name = models.CharField(
        _("desk shown to complainants"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Complainants read this name instead of the names of people. Left empty, they read the names."),
    )
    desk_translations = models.JSONField(
        _("desk in other languages"),
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        help_text=_('For example {"zh-hant": "客服專線"}.'),
    )
    desk_phone = models.CharField(_("phone of the desk"), max_length=60, blank=True, default="")

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="accounts_department_not_its_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """The name in the reader's language."""
        return localised(self.name, self.translations)

    def desk_label(self) -> str:
        """The name of the desk in the reader's language; empty where complainants read the names of people."""
        return localised(self.desk_name, self.desk_translations) if self.desk_name else ""

    def clean(self) -> None:
        """Refuse a tree that bites its own tail, and names in a form that cannot be read."""
        check_translations(self.translations)
        check_translations(self.desk_translations, field="desk_translations")
        if lies_below_itself(self):
            raise ValidationError({"parent": _("A department cannot lie below itself.")})


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; without a password they must ask for one by mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who may use every set-up table; sees complaints only through roles."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in finds people whatever the case they type their address in."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of the staff. Complainants have no account."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    timezone = models.CharField(
        _("time zone"), max_length=40, default=settings.TIME_ZONE, validators=[validate_time_zone]
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("home department"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the set-up tables"), default=False)
    date_joined = models.DateTimeField(_("joined at"), default=now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Membership(models.Model):
    """A role that a person holds in a department, and so in everything below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="memberships", verbose_name=_("department")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["user", "department", "role"], name="accounts_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_membership_role"),
        ]
        indexes = [models.Index(fields=["department", "role"], name="accounts_membership_holders")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.department}"


class DutyShift(models.Model):
    """From `starts_at` until before `ends_at`, this person stands in for that tier of that department."""

    user = models.ForeignKey(User, models.CASCADE, related_name="duty_shifts", verbose_name=_("person"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="duty_shifts", verbose_name=_("department")
    )
    tier = models.PositiveSmallIntegerField(_("tier"), choices=[(tier, str(tier)) for tier in TIER_HOLDERS])
    starts_at = models.DateTimeField(_("from"), validators=[within_reach])
    ends_at = models.DateTimeField(_("until"), validators=[within_reach])

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at__gte=FIRST, ends_at__lte=LAST),
                name="accounts_dutyshift_within_reach",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")),
                name="accounts_dutyshift_starts_before_end",
            ),
            models.CheckConstraint(
                condition=models.Q(tier__gte=1, tier__lte=TOP_TIER), name="accounts_dutyshift_tier"
            ),
        ]
        indexes = [models.Index(fields=["department", "tier", "ends_at"], name="accounts_dutyshift_now")]

    def __str__(self) -> str:
        return f"{self.user}: {self.department}, {self.tier}"


class Absence(models.Model):
    """From `starts_at` until before `ends_at` this person is away, and whatever would come to them goes to the next.

    The reason is a code: nothing about anybody's health is written down.
    """

    class Reason(models.TextChoices):
        LEAVE = "leave", _("Leave")
        SICK = "sick", _("Sick")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    user = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"), validators=[within_reach])
    ends_at = models.DateTimeField(_("until"), validators=[within_reach])
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, default=Reason.LEAVE)
    entered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="entered_absences", verbose_name=_("entered by")
    )

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at__gte=FIRST, ends_at__lte=LAST),
                name="accounts_absence_within_reach",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="accounts_absence_starts_before_end"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=["leave", "sick", "training", "other"]), name="accounts_absence_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at", "starts_at"], name="accounts_absence_now"),
            models.Index(fields=["user", "ends_at"], name="accounts_absence_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_reason_display()}"


class ApiToken(models.Model):
    """A key for the REST API; only its digest is kept, so a stolen table opens nothing."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Write")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("person"))
    name = models.CharField(_("what it is for"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("scopes"), default=list)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    def usable(self, at: datetime) -> bool:
        """Whether the token opens the door at that moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
