"""What was ordered for the time of the inquiry into a restricted complaint."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import measuring
from complaints.measuring import MeasureKind
from complaints.models.complaint import Complaint


class InterimMeasure(models.Model):
    """One measure, in force from its first day until somebody ends it; `until` is the day by which that is due.

    Only the circle of the complaint reads it. The complaint's row guards its measures: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="measures", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    kind = models.CharField(_("kind"), max_length=12, choices=MeasureKind)
    what = models.TextField(_("what is ordered, and for whom"))
    reasons = models.TextField(_("reasons"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: as long as it is looked into."))
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("ordered by"), db_index=False
    )
    ordered_at = models.DateTimeField(_("ordered at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
        db_index=False,
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_because = models.TextField(_("why it ended"), blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("interim measure")
        verbose_name_plural = _("interim measures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_measure_once"),
            models.CheckConstraint(
                condition=Q(kind__in=MeasureKind.values) & ~Q(what="") & ~Q(reasons=""),
                name="complaints_measure_whole",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="complaints_measure_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="complaints_measure_ended_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} measure {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it."""
        return self.ended_at is None

    @property
    def is_due(self) -> bool:
        """Whether the day has passed by which it was to end."""
        return measuring.is_due(until=self.until, ended=not self.is_open, today=timezone.localdate())
