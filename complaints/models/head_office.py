"""What those above a department do about a complaint that it handles: briefings, and watching. (Mission M27.)"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints.models.complaint import Complaint


class Briefing(models.Model):
    """What somebody above tells the department that handles a complaint, and what that reports back. With a date it
    is to answer by then. The complaint's row guards its briefings: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="briefings", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("department"), db_index=False
    )
    text = models.TextField(_("briefing"))
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    briefed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("briefed by"), db_index=False
    )
    briefed_at = models.DateTimeField(_("briefed at"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
        db_index=False,
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("briefing")
        verbose_name_plural = _("briefings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_briefing_once"),
            models.CheckConstraint(condition=~Q(text=""), name="complaints_briefing_says_something"),
            models.CheckConstraint(
                condition=Q(answer_by=None) | Q(answer_by__gt=F("briefed_at")), name="complaints_briefing_ahead"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="complaints_briefing_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} briefing {self.number}"


class Watch(models.Model):
    """Somebody follows a complaint until it has ended, wherever it lies."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="watches", verbose_name=_("complaint"), db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="watches", verbose_name=_("who"), db_index=False
    )
    since = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "id"]
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["complaint", "user"], condition=Q(ended_at=None), name="complaints_watch_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")), name="complaints_watch_in_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user"], name="complaints_watch_of", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.complaint_id}"
