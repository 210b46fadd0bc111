"""What a ledger says of its clock at a moment. Pure."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from escalation.calendars import Calendar
from escalation.targets import Pause, Target


class State(TextChoices):
    """What a clock is doing at a given moment."""

    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    MET = "met", gettext_lazy("Kept")
    BREACHED_OPEN = "breached_open", gettext_lazy("Overdue")
    MET_LATE = "met_late", gettext_lazy("Kept late")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


OPEN_STATES: frozenset[State] = frozenset({State.RUNNING, State.PAUSED, State.BREACHED_OPEN})


class ClockState(NamedTuple):
    """What a ledger says at a moment (UTC); `pauses` are the ones that count for the present target.

    `due_at` is None exactly while a pause is open that began before the deadline; `paused_at` is then its
    begin, and `remaining` the seconds that are left (working seconds in the working units).
    """

    state: State
    started_at: datetime
    due_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None
    cancelled_at: datetime | None
    paused_at: datetime | None
    pauses: tuple[Pause, ...]
    provisional: bool
    target: Target
    calendar: Calendar
    remaining: float | None = None
    stops: tuple[Pause, ...] = ()
    """The times between being met or cancelled and being reopened."""
    pause_ends_at: datetime | None = None
    """When the open pause ends by itself (UTC)."""
    holds: tuple[Pause, ...] = ()
    """The times for which somebody had taken the complaint over."""
    extended_by: int | float = 0
    """The units of the target that were granted later; `target` holds them already."""
    climbs_from: datetime | None = None
    """The moment up to which the steps on the way to the deadline count as passed, if any do."""
