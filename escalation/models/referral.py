"""The last rung: bodies outside the organisation, and the letters by which complaints are referred to them."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.text import check_translations, localised
from complaints.models import Complaint
from escalation import matching
from escalation.errors import EscalationError


class ExternalBody(models.Model):
    """Somebody outside whom a complaint can be taken to: an ombudsman, a mediation board, an authority.

    `match` says for which complaints, in the words of policies: `{"track": ["complaint"], "category": ["billing"]}`;
    left empty it is for every one. The first that fits, by `position`, is named in a referral.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    translations = models.JSONField(_("names in other languages"), default=dict, blank=True)
    address = models.TextField(_("postal address"), max_length=500, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("web address"), blank=True)
    match = models.JSONField(
        _("for which complaints"),
        default=dict,
        blank=True,
        help_text=_(
            "Facts and their codes, as in policies: class, priority, track, category, channel, department. "
            "Empty: for every complaint."
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("The first one that fits is named; smaller comes first.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "code"]
        verbose_name = _("external body")
        verbose_name_plural = _("external bodies")

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """The name in the reader's language."""
        return localised(self.name, self.translations)

    def clean(self) -> None:
        """Refuse names in a form that cannot be read, and facts that no complaint has."""
        check_translations(self.translations)
        try:
            matching.match_from_json(self.match)
        except EscalationError as error:
            raise ValidationError({"match": str(error)}) from None


class Referral(models.Model):
    """The letter that takes a complaint to an external body, once in a cycle. The system prepares and prints it; a
    person sends it, or says why it is not needed. `prepared_by` is empty for the ladder's own.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        SENT = "sent", _("Sent")
        NOT_NEEDED = "not_needed", _("Not needed")

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="referrals", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    body = models.ForeignKey(
        ExternalBody, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name=_("external body")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARED)
    prepared_at = models.DateTimeField(_("prepared at"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prepared by"),
        help_text=_("Empty: the ladder."),
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "cycle"]
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "cycle"], name="escalation_referred_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(state="prepared", settled_at=None, settled_by=None)
                | Q(state__in=["sent", "not_needed"], settled_at__isnull=False, settled_by__isnull=False),
                name="escalation_referral_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(body__isnull=False), name="escalation_referral_sent_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}.{self.cycle} {self.state}"
