"""What a complainant says against a grave class, and what a third person decided about it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.malice import DECIDED, ObjectionState
from complaints.models.complaint import Complaint
from complaints.models.decision import Decision
from complaints.vocabulary import Channel


class Objection(models.Model):
    """One objection to one decision: a renewed class can be objected to again. The complaint's row guards it.

    `proposer` and `confirmer` are those of the decision, so that the database itself knows who may not decide.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="objections", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="objection", verbose_name=_("class decision")
    )
    state = models.CharField(_("state"), max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    words = models.TextField(_("in the complainant's own words"))
    through = models.CharField(_("said through"), max_length=20, choices=Channel)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
        help_text=_("Empty: the complainant wrote it on their page."),
        db_index=False,
    )
    made_at = models.DateTimeField(_("made at"))
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by"), db_index=False
    )
    confirmer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by"), db_index=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        db_index=False,
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("what the complainant was told"), blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("objection to a class")
        verbose_name_plural = _("objections to classes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_objection_once"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state=ObjectionState.OPEN), name="complaints_one_objection_waits"
            ),
            models.CheckConstraint(condition=Q(state__in=ObjectionState.values), name="complaints_objection_state"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(DECIDED), decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(answer="")
                | ~Q(state__in=sorted(DECIDED)) & Q(decided_by__isnull=True, decided_at__isnull=True, answer=""),
                name="complaints_objection_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("proposer")) & ~Q(decided_by=F("confirmer")) & ~Q(proposer=F("confirmer")),
                name="complaints_third_person_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody to decide."""
        return self.state == ObjectionState.OPEN
