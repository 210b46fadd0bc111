"""Clocks and their ledgers."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from escalation.models.calendar import CalendarVersion
from escalation.models.policy import PolicyVersion
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, State

ENDED_VALUES = sorted({State.MET, State.MET_LATE, State.CANCELLED})
OPEN_VALUES = sorted(OPEN_STATES)


class Clock(models.Model):
    """One promise to one complainant.

    Everything below `number` repeats what the ledger says (`replay/`), but for `wake_at`, when a sweep must look
    again, and what a sweep noted of its failures. `breached_at` is null until the breach has been written down as an
    event; it then equals `due_at`, however late that was. The complaint's row guards its clocks: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="clocks", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    kind = models.CharField(_("kind"), max_length=20, choices=ClockKind)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    number = models.PositiveSmallIntegerField(
        _("number"),
        default=1,
        help_text=_("Which one of its kind in the cycle: the second promise, or the third."),
    )
    about = models.CharField(
        _("about"),
        max_length=20,
        blank=True,
        help_text=_("What the promise is about where that is not the whole complaint: “task:2”."),
    )
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("version of the policy"), db_index=False
    )
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, related_name="+", verbose_name=_("version of the calendar"), db_index=False
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True, help_text=_("Empty while paused."))
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    breached_at = models.DateTimeField(_("broken at"), null=True, blank=True)
    remaining = models.FloatField(
        _("seconds left"),
        null=True,
        blank=True,
        help_text=_("While paused: working seconds in the working units."),
    )
    provisional = models.BooleanField(
        _("provisional"), default=False, help_text=_("Rests on days that are not listed in the calendar yet.")
    )
    wake_at = models.DateTimeField(_("look again at"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    last_error = models.TextField(_("last failure"), blank=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "cycle", "id"]
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "kind", "cycle", "number"], name="escalation_clock_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="escalation_clock_state"),
            models.CheckConstraint(condition=Q(kind__in=ClockKind.values), name="escalation_clock_kind"),
            models.CheckConstraint(
                condition=Q(breached_at__isnull=True) | Q(breached_at=F("due_at")),
                name="escalation_clock_broken_when_due",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PAUSED, due_at__isnull=True, remaining__isnull=False)
                | (~Q(state=State.PAUSED) & Q(due_at__isnull=False, remaining__isnull=True)),
                name="escalation_clock_due_unless_paused",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.MET, State.MET_LATE], met_at__isnull=False)
                | (~Q(state__in=[State.MET, State.MET_LATE]) & Q(met_at__isnull=True)),
                name="escalation_clock_met_when",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=State.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="escalation_clock_cancelled_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.BREACHED_OPEN, State.MET_LATE]) | Q(breached_at__isnull=False),
                name="escalation_clock_late_is_broken",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RUNNING, State.PAUSED, State.MET]) | Q(breached_at__isnull=True),
                name="escalation_clock_in_time_is_not_broken",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED_VALUES) | Q(wake_at__isnull=True),
                name="escalation_clock_ended_sleeps",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True) | Q(wake_at__isnull=True, failures__gt=0),
                name="escalation_clock_set_aside_sleeps",
            ),
        ]
        indexes: ClassVar = [
            # all that a sweep reads when nothing is due; its cost follows the due rows, not the open complaints
            models.Index(fields=["wake_at"], name="escalation_clock_wake", condition=Q(wake_at__isnull=False)),
            models.Index(fields=["set_aside_at"], name="escalation_clock_failed", condition=Q(failures__gt=0)),
            # the follow-ups that wait for a head or a quality reviewer, whoever holds the complaint
            models.Index(
                fields=["due_at", "id"],
                name="escalation_follow_up_due",
                condition=Q(kind=ClockKind.FOLLOW_UP, state__in=OPEN_VALUES),
            ),
            # the transfers that silence accepts: all that the worker reads
            models.Index(
                fields=["due_at", "id"],
                name="escalation_transfer_due",
                condition=Q(kind=ClockKind.TRANSFER, state__in=OPEN_VALUES),
            ),
            # the deadlines that wait for next year's days: few, or there is an alarm
            models.Index(
                fields=["calendar_version", "due_at"],
                name="escalation_clock_provisional",
                condition=Q(provisional=True, met_at=None, cancelled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind} {self.cycle}"

    @property
    def shown_number(self) -> str:
        """The number people know it by: that of the task it is about, or which one of several of its kind it is."""
        if self.about:
            return self.about.partition(":")[2]
        return str(self.number) if self.number > 1 else ""


class EventKind(models.TextChoices):
    """What can happen to a clock; the words are those of `replay/entries.py`."""

    STARTED = "started", _("Started")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Went on")
    MET = "met", _("Kept")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Opened again")
    RETARGETED = "retargeted", _("Counted by another target")
    RECALENDARED = "recalendared", _("Counted by a newer calendar")
    EXTENDED = "extended", _("Given more time")
    HELD = "held", _("Taken over")


class ClockEvent(models.Model):
    """One entry of a clock's ledger, from which its due date can be computed again. A database trigger refuses UPDATE
    and DELETE. The entries that set a target pin the versions of policy and calendar it came from.
    """

    clock = models.ForeignKey(
        Clock, models.PROTECT, related_name="ledger", verbose_name=_("clock"), db_index=False
    )  # the unique key begins with it
    sequence = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind)
    at = models.DateTimeField(_("at"))
    policy_version = models.ForeignKey(
        PolicyVersion,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("version of the policy"),
        db_index=False,
    )
    calendar_version = models.ForeignKey(
        CalendarVersion,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("version of the calendar"),
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    until = models.DateTimeField(
        _("until"),
        null=True,
        help_text=_("The agreed moment, the end of a pause that ends by itself, or of the time of taking over."),
    )
    amount = models.FloatField(_("more units of the target"), null=True)

    class Meta:
        ordering: ClassVar = ["clock_id", "sequence"]
        verbose_name = _("entry of a clock's ledger")
        verbose_name_plural = _("entries of clocks' ledgers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "sequence"], name="escalation_clock_event_once"),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="escalation_clock_event_kind"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[EventKind.STARTED, EventKind.RETARGETED],
                    policy_version__isnull=False,
                    calendar_version__isnull=False,
                )
                | Q(kind=EventKind.RECALENDARED, policy_version__isnull=True, calendar_version__isnull=False)
                | (
                    ~Q(kind__in=[EventKind.STARTED, EventKind.RETARGETED, EventKind.RECALENDARED])
                    & Q(policy_version__isnull=True, calendar_version__isnull=True)
                ),
                name="escalation_clock_event_pins",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.EXTENDED, amount__gt=0) | (~Q(kind=EventKind.EXTENDED) & Q(amount=None)),
                name="escalation_clock_event_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.HELD, until__gt=F("at"))
                | Q(kind__in=[EventKind.STARTED, EventKind.PAUSED])
                | Q(until=None),
                name="escalation_clock_event_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id}.{self.sequence} {self.kind}"
