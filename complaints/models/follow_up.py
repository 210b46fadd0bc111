"""After the answer: how the office went back to the complainant, and what the complainant says by themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.aftercare import UNHAPPY, FollowUpMode, Satisfaction
from complaints.models.complaint import Complaint
from complaints.models.message import Message

_UNHAPPY = sorted(UNHAPPY)


class FollowUp(models.Model):
    """One visit, call or letter after the answer, and what came of it. Never changed once written.

    `message` is what the complainant said, an internal note of the complaint; `reasons` say why they are right or not.
    The complaint's row guards its follow-ups: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="follow_ups", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    mode = models.CharField(_("how"), max_length=10, choices=FollowUpMode)
    result = models.CharField(_("result"), max_length=20, choices=Satisfaction)
    upheld = models.BooleanField(
        _("the complainant is right"), null=True, help_text=_("Empty: there was nothing to be right about.")
    )
    reasons = models.TextField(_("reasons"), blank=True)
    message = models.OneToOneField(Message, models.PROTECT, related_name="+", verbose_name=_("what was said"))
    own_words = models.BooleanField(_("in the complainant's own words"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_follow_up_once"),
            models.CheckConstraint(condition=Q(mode__in=FollowUpMode.values), name="complaints_follow_up_mode"),
            models.CheckConstraint(condition=Q(result__in=Satisfaction.values), name="complaints_follow_up_result"),
            models.CheckConstraint(
                condition=(Q(result__in=_UNHAPPY, upheld__isnull=False) & ~Q(reasons=""))
                | (~Q(result__in=_UNHAPPY) & Q(upheld__isnull=True, reasons="")),
                name="complaints_follow_up_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.number}"

    @property
    def led_to_rework(self) -> bool:
        """Whether a new cycle began with it."""
        return self.upheld is True


class Rating(models.Model):
    """What the complainant says by themselves of an answer: satisfied or not. Once for each answer."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="ratings", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    satisfied = models.BooleanField(_("satisfied"))
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in their own words")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering: ClassVar = ["complaint_id", "cycle"]
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "cycle"], name="complaints_rating_once"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.cycle}"
