"""Requests to put a deadline off, and what became of them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from escalation import amounts
from escalation.extending import Ground, Standing
from escalation.models.clock import Clock
from escalation.replay import OPEN_STATES


class Extension(models.Model):
    """More time for one clock: asked for by one person, granted or refused by another. (Design section 4.)

    The reasons in words stay inside the office; the complainant is told the coded one. A request that nobody decided
    before the deadline passed or the clock ended has lapsed, without anybody writing that down: `standing`. `cycle` is
    the complaint's when it was asked for: what a reopening finds undecided has lapsed as well.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="extensions", verbose_name=_("clock"))
    cycle = models.PositiveSmallIntegerField(_("cycle of the complaint"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    unit = models.CharField(_("unit"), max_length=20, help_text=_("That of the clock's target when it was asked for."))
    amount = models.FloatField(_("more units of the target"))
    reason = models.CharField(_("reason"), max_length=20, choices=Ground)
    reasons = models.TextField(_("reasons in words"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reasons = models.TextField(_("what the decision says"), blank=True)
    due_before = models.DateTimeField(_("due before"), null=True, blank=True, help_text=_("Empty while paused."))
    due_at = models.DateTimeField(_("due then"), null=True, blank=True, help_text=_("Empty while paused."))

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clock", "cycle"], name="escalation_extension_one_open", condition=Q(state="asked")
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "granted", "refused"]), name="escalation_extension_state"
            ),
            models.CheckConstraint(condition=Q(reason__in=Ground.values), name="escalation_extension_reason"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="escalation_extension_amount"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="escalation_extension_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="escalation_extension_decided_when",
            ),
            models.CheckConstraint(
                condition=Q(state="granted") | Q(due_before__isnull=True, due_at__isnull=True),
                name="escalation_extension_granted_moves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} +{self.amount:g} {self.unit} {self.state}"

    def waits_at(self, now: datetime) -> bool:
        """Whether it still waits for a decision: its clock runs, and the complaint was not opened again since."""
        clock = self.clock
        return (
            self.state == self.State.ASKED
            and clock.state in OPEN_STATES
            and clock.breached_at is None
            and (clock.due_at is None or clock.due_at > now)
            and clock.complaint.cycle == self.cycle
        )

    @property
    def standing(self) -> Standing:
        """What has become of the request by now."""
        if self.state != self.State.ASKED:
            return Standing(self.state)
        return Standing.ASKED if self.waits_at(timezone.now()) else Standing.LAPSED

    @property
    def more(self) -> str:
        """How much more time, in the reader's words."""
        return amounts.in_words(self.unit, self.amount)
