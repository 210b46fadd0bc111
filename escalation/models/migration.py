"""Open clocks on their way to another version of their policy: previews, moves, and undoing them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from escalation.models.calendar import CalendarVersion
from escalation.models.clock import Clock
from escalation.models.policy import Policy, PolicyVersion


class PolicyMigration(models.Model):
    """What another version of a policy, or its end, means for the clocks that run by it.

    It begins as a preview of a document, published or not. Once that document is the newest version, an administrator
    may have the clocks moved, and undo that. Where it is stands in the rows, so that work goes on after a crash.
    """

    class Kind(models.TextChoices):
        """What is done to the clocks."""

        MIGRATE = "migrate", _("Moving open clocks to another version")
        RETIRE = "retire", _("Retiring a policy")

    class State(models.TextChoices):
        """How far it is."""

        PREVIEWING = "previewing", _("The preview is being made")
        READY = "ready", _("Ready")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Stopped by an error")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MIGRATE)
    code = models.SlugField(_("code of the policy"), max_length=60)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="migrations", verbose_name=_("policy"))
    document = models.JSONField(_("document"), null=True)
    position = models.IntegerField(_("position"), null=True)
    to_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("to version")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PREVIEWING)
    stopped_in = models.CharField(_("stopped while"), max_length=12, choices=State, blank=True)
    last_error = models.TextField(_("last failure"), blank=True)
    total = models.PositiveIntegerField(_("clocks"), null=True)
    done = models.PositiveIntegerField(_("clocks done"), default=0)
    reached = models.BigIntegerField(_("complaints compared, up to this id"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("carried out by")
    )
    run_at = models.DateTimeField(_("carried out at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = _("move of open clocks")
        verbose_name_plural = _("moves of open clocks")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["migrate", "retire"]), name="escalation_migration_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["previewing", "ready", "running", "done", "undoing", "undone", "failed"]),
                name="escalation_migration_state",
            ),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(state__in=["running", "undoing"]),
                name="escalation_migration_one_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="escalation_migration_work",
                condition=Q(state__in=["previewing", "running", "undoing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"

    @property
    def is_at_work(self) -> bool:
        """Whether the workers have still something to do."""
        return self.state in AT_WORK

    @property
    def percent(self) -> int:
        """How much of the present work is done, from 0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


AT_WORK = (PolicyMigration.State.PREVIEWING, PolicyMigration.State.RUNNING, PolicyMigration.State.UNDOING)


class MigratedClock(models.Model):
    """One open clock: what the preview says of it, and what was done."""

    class Verdict(models.TextChoices):
        """What the new rules mean for a clock, or why they leave it as it is."""

        UNKNOWN = "unknown", _("Not looked at yet")
        EARLIER = "earlier", _("Due earlier")
        LATER = "later", _("Due later")
        SAME = "same", _("Due as before")
        BROKEN = "broken", _("Broken already: stays")
        PAST = "past", _("The new date would have passed: stays")
        UNMATCHED = "unmatched", _("The new version does not apply to the complaint: stays")
        UNPROMISED = "unpromised", _("The new version does not promise this: stays")
        AGREED = "agreed", _("A moment that people agreed on: stays")
        ENDED = "ended", _("Ended meanwhile")
        ELSEWHERE = "elsewhere", _("Counted by other rules meanwhile")
        CHANGED = "changed", _("Changed meanwhile: stays")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed: stays")

    class Stage(models.TextChoices):
        """What has been done with it."""

        WAITING = "waiting", _("Waiting")
        SEEN = "seen", _("Previewed")
        MOVED = "moved", _("Moved")
        LEFT = "left", _("Left as it was")
        UNDONE = "undone", _("Put back")
        KEPT = "kept", _("Not put back")

    migration = models.ForeignKey(
        PolicyMigration, models.CASCADE, related_name="clocks", verbose_name=_("move"), db_index=False
    )  # the unique key begins with it
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="+", verbose_name=_("clock"))
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="+", verbose_name=_("complaint"), db_index=False
    )
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.WAITING)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict, default=Verdict.UNKNOWN)
    changed = models.BooleanField(
        _("changed"), default=False, help_text=_("Between the preview and the move, or the move and undoing it.")
    )
    paused = models.BooleanField(_("paused"), default=False)
    version_before = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("version before"), db_index=False
    )
    calendar_before = models.ForeignKey(
        CalendarVersion, models.PROTECT, related_name="+", verbose_name=_("calendar before"), db_index=False
    )
    due_before = models.DateTimeField(
        _("due before"), null=True, help_text=_("For a paused clock: if it went on at that moment.")
    )
    due_after = models.DateTimeField(_("due after"), null=True)
    sequence_before = models.PositiveIntegerField(_("last entry before"), default=0)
    sequence_after = models.PositiveIntegerField(_("last entry after"), default=0)

    class Meta:
        ordering: ClassVar = ["migration_id", "id"]
        verbose_name = _("clock of a move")
        verbose_name_plural = _("clocks of a move")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["migration", "clock"], name="escalation_migrated_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["migration", "stage", "complaint"], name="escalation_migrated_stage"),
            models.Index(fields=["migration", "verdict", "due_before", "id"], name="escalation_migrated_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.migration_id} {self.clock_id}"
