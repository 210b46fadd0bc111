"""What the ladder has done, and when a sweep last looked."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from escalation.models.clock import Clock


class Firing(models.Model):
    """One step of a ladder that fired, once: the unique key is what makes it once, whoever sweeps and however often.

    `cycle` counts the rounds of the clock's ladder: 1, and one more each time the clock is counted by another target,
    because another ladder then applies and is climbed from its first step.
    `due_at` is when the step should have fired, `fired_at` when it did. `notified` is false for steps that were missed
    and only recorded because a higher one fired with them. Nobody asks for firings by holder: no index is kept for it.
    """

    clock = models.ForeignKey(
        Clock, models.PROTECT, related_name="firings", verbose_name=_("clock"), db_index=False
    )  # the unique key begins with it
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    step = models.PositiveSmallIntegerField(_("step"))
    repeat = models.PositiveSmallIntegerField(_("repetition"))
    due_at = models.DateTimeField(_("due at"))
    fired_at = models.DateTimeField(_("fired at"))
    notified = models.BooleanField(_("somebody was told"))
    tier_before = models.PositiveSmallIntegerField(_("tier before"))
    tier_after = models.PositiveSmallIntegerField(_("tier after"))
    holder_before = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("holder before"),
        db_index=False,
    )
    holder_after = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("holder after"),
        db_index=False,
    )
    effects = models.JSONField(_("effects"), default=dict)

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        verbose_name = _("step that fired")
        verbose_name_plural = _("steps that fired")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "cycle", "step", "repeat"], name="escalation_step_fires_once"),
            models.CheckConstraint(
                condition=models.Q(tier_after__gte=models.F("tier_before")), name="escalation_ladder_leads_up"
            ),
            models.CheckConstraint(
                condition=models.Q(fired_at__gte=models.F("due_at")), name="escalation_step_not_before_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id}.{self.cycle} {self.step}.{self.repeat}"


class Heartbeat(models.Model):
    """When a sweep last looked; the only row. `/healthz/deadlines` turns red when it grows old."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    swept_at = models.DateTimeField(_("last sweep at"))

    class Meta:
        verbose_name = _("heartbeat of the sweeps")
        verbose_name_plural = _("heartbeats of the sweeps")
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="escalation_one_heartbeat")]

    def __str__(self) -> str:
        return self.swept_at.isoformat()
