"""The office's own rules of sign-off: which proposals need whose signatures, and up to which amount a role decides."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.roles import Role
from common.text import localised
from complaints.classes import ComplaintClass
from complaints.remedying import RemedyKind, in_money
from complaints.signing import LADDER, SIGNING_ROLES, holds_answer
from complaints.vocabulary import Priority

CURRENCY = r"^[A-Z]{3}$"
ROLES = [(role.value, role.label) for role in Role if role in SIGNING_ROLES]


def _codes(choices: type[models.TextChoices], words: Any) -> Any:
    return ArrayField(models.CharField(max_length=20, choices=choices), default=list, blank=True, verbose_name=words)


class SignoffRule(models.Model):
    """One rule. It asks for its parties when all that it names fits the proposal; what it leaves empty fits always.

    A proposal keeps the parties it was made with: a change of the rule counts for those made later.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("Complaints of this department and of those below it."),
    )
    classes = _codes(ComplaintClass, _("classes"))
    priorities = _codes(Priority, _("priorities"))
    kinds = _codes(RemedyKind, _("kinds of remedies"))
    amount = models.DecimalField(_("from this amount on"), max_digits=15, decimal_places=3, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[RegexValidator(CURRENCY)])
    in_order = models.BooleanField(
        _("in this order"), default=False, help_text=_("Each party signs after those named before it.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("sign-off rule")
        verbose_name_plural = _("sign-off rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(classes__contained_by=ComplaintClass.values)
                & Q(priorities__contained_by=Priority.values)
                & Q(kinds__contained_by=RemedyKind.values),
                name="complaints_signoff_rule_codes",
            ),
            models.CheckConstraint(
                condition=Q(amount=None, currency="") | (Q(amount__gt=0) & Q(currency__regex=CURRENCY)),
                name="complaints_signoff_rule_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def label(self) -> str:
        """The name in the reader's language."""
        return localised(self.name, self.translations)

    @property
    def class_labels(self) -> list[str]:
        """The classes that it fits, in the reader's language."""
        return [str(ComplaintClass(code).label) for code in self.classes]

    @property
    def priority_labels(self) -> list[str]:
        """The priorities that it fits."""
        return [str(Priority(code).label) for code in self.priorities]

    @property
    def kind_labels(self) -> list[str]:
        """The kinds of remedies that it looks at."""
        return [str(RemedyKind(code).label) for code in self.kinds]

    @property
    def holds_answer(self) -> bool:
        """Whether the answer waits for its signatures as well as remedies."""
        return holds_answer(classes=self.classes, priorities=self.priorities, kinds=self.kinds, amount=self.amount)

    @property
    def amount_words(self) -> str:
        """The amount for people; empty where it does not matter."""
        return "" if self.amount is None else in_money(self.amount, self.currency)


class SignoffParty(models.Model):
    """One of those whom a rule asks to sign: by role where the complaint lies, or by the department they work in."""

    rule = models.ForeignKey(SignoffRule, models.CASCADE, related_name="parties", verbose_name=_("rule"))
    position = models.PositiveSmallIntegerField(_("position"))
    label_text = models.CharField(_("name"), max_length=100)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=ROLES, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("Empty: where the complaint lies, else the nearest above."),
    )

    class Meta:
        ordering = ["rule_id", "position"]
        verbose_name = _("party that signs")
        verbose_name_plural = _("parties that sign")
        constraints = [
            models.UniqueConstraint(fields=["rule", "position"], name="complaints_signoff_party_once"),
            models.CheckConstraint(
                condition=Q(role__in=[value for value, _label in ROLES]) | Q(role="", department__isnull=False),
                name="complaints_signoff_party_who",
            ),
        ]

    def __str__(self) -> str:
        return self.label_text

    def label(self) -> str:
        """The name in the reader's language."""
        return localised(self.label_text, self.translations)


class SignoffCheck(models.Model):
    """Something that a rule wants made sure of before a signature: an item of its checklist."""

    rule = models.ForeignKey(SignoffRule, models.CASCADE, related_name="checks", verbose_name=_("rule"))
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("what to make sure of"), max_length=200)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    party = models.ForeignKey(
        SignoffParty,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="checks",
        verbose_name=_("who makes sure"),
        help_text=_("Empty: whoever of the rule's parties signs first."),
    )

    class Meta:
        ordering = ["rule_id", "position"]
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        constraints = [models.UniqueConstraint(fields=["rule", "position"], name="complaints_signoff_check_once")]

    def __str__(self) -> str:
        return self.text

    def label(self) -> str:
        """The words in the reader's language."""
        return localised(self.text, self.translations)


class AuthorityLimit(models.Model):
    """Up to which amount, in which currency, a role decides alone. More goes up by itself (S4-19)."""

    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.label) for role in LADDER])
    currency = models.CharField(_("currency"), max_length=3, validators=[RegexValidator(CURRENCY)])
    amount = models.DecimalField(_("up to this amount"), max_digits=15, decimal_places=3)
    is_active = models.BooleanField(_("active"), default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ["currency", "amount", "role"]
        verbose_name = _("authority limit")
        verbose_name_plural = _("authority limits")
        constraints = [
            models.UniqueConstraint(fields=["role", "currency"], name="complaints_authority_limit_once"),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in LADDER]), name="complaints_authority_limit_role"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(currency__regex=CURRENCY), name="complaints_authority_limit_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.amount} {self.currency}"

    @property
    def amount_words(self) -> str:
        """The amount for people."""
        return in_money(self.amount, self.currency)

    @property
    def plain_amount(self) -> str:
        """The amount as a form takes it, in whatever language."""
        return str(self.amount)
