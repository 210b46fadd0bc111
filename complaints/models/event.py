"""What happened: append-only, chained by hashes, so that nobody can rewrite the story unnoticed."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint


class ActorKind(models.TextChoices):
    STAFF = "staff", _("Staff")
    COMPLAINANT = "complainant", _("Complainant")
    SYSTEM = "system", _("The system")


class Event(models.Model):
    """One act. A database trigger refuses UPDATE and DELETE (migration 0002).

    `occurred_at` is when it became true, `recorded_at` when it was written down. `data` holds ids, codes and
    moments, never personal data: a person can be erased and the chain still holds (design section 5).
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="events", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    sequence = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=40)
    actor_kind = models.CharField(_("who"), max_length=12, choices=ActorKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,
    )  # nobody asks for events by person
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    data = models.JSONField(_("data"), default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["complaint_id", "sequence"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "sequence"], name="complaints_event_once"),
            models.CheckConstraint(
                condition=models.Q(actor_kind=ActorKind.STAFF, actor__isnull=False)
                | (~models.Q(actor_kind=ActorKind.STAFF) & models.Q(actor__isnull=True)),
                name="complaints_event_actor",
            ),
        ]
        indexes = [
            # what happened in a night: events come in the order of time, so an index of ranges is small and cheap
            BrinIndex(fields=["recorded_at"], name="complaints_event_time", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}.{self.sequence} {self.kind}"
