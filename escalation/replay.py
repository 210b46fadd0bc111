"""The ledger of a clock, and what it says: a pure function of its events. Pure. (Design section 4, "Ledger".)

Targets and calendars ride in the events, pinned to the version that was in force, so that replaying old
events years later gives the same deadline. A database column that repeats an answer is a cache.

What decides the hard cases:
- A breach is a fact of time: `breached_at` is `due_at`, whenever somebody notices. At `due_at` itself it is
  too late.
- A broken promise stays broken: a pause, or a change of target, from the deadline on moves nothing.
- A change of target carries over the time that has passed and the pauses: the new target counts from the old
  start. It may thereby turn out to have been missed already.
- A statutory target, or a clock that may not pause, ignores its pauses, but keeps them: they count again when
  a later target may pause.
- While a pause is open nobody can say when the deadline will be: `due_at` is None and `remaining` says what
  is left.
- Meeting or cancelling a clock ends an open pause. Reopening a clock that has ended counts the time
  in between as a pause, whatever the target.
- A pause with a budget ends by itself when that is used up, whether or not anybody writes it down.
- An extension adds units to the target. It stays with the clock when the target changes to another of the same unit.
- That somebody has taken the complaint over (`Held`) stops the climb for a time, never the deadline.
- A newer version of the calendar counts for the whole of the clock, from its start.
- A clock that was moved to another version of its policy together with many others climbs that version's ladder from
  there on (`climbs_from`), unless it comes back to a version it had before: then it takes up the climb where it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation import targets
from escalation.calendars import Calendar
from escalation.errors import BadLedger
from escalation.targets import Pause, Target, Unit


class State(TextChoices):
    """What a clock is doing at a given moment."""

    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    MET = "met", gettext_lazy("Kept")
    BREACHED_OPEN = "breached_open", gettext_lazy("Overdue")
    MET_LATE = "met_late", gettext_lazy("Kept late")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


OPEN_STATES: frozenset[State] = frozenset({State.RUNNING, State.PAUSED, State.BREACHED_OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The clock begins to count, from `at`."""

    kind: ClassVar[str] = "started"
    sequence: int
    at: datetime
    target: Target
    calendar: Calendar
    pausable: bool = True
    rules: int = 0
    """Which published rules set the target: a label that tells ladders apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """No time counts from `at` on; `reason` is a code. `until` is when the pause ends by itself, if ever."""

    kind: ClassVar[str] = "paused"
    sequence: int
    at: datetime
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Time counts again from `at` on."""

    kind: ClassVar[str] = "resumed"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The promise was kept at `at`, in time or late."""

    kind: ClassVar[str] = "met"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The promise no longer applies from `at` on."""

    kind: ClassVar[str] = "cancelled"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A clock that was met or cancelled goes on from `at`, with what was left when it ended."""

    kind: ClassVar[str] = "reopened"
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retargeted:
    """Another target applies, counted from the same start."""

    kind: ClassVar[str] = "retargeted"
    sequence: int
    at: datetime
    target: Target
    calendar: Calendar
    pausable: bool = True
    rules: int = 0
    from_here: bool = False
    """Whether the ladder of these rules is climbed from here on: steps on the way that lie before count as passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalendared:
    """The same target, by a newer version of the calendar."""

    kind: ClassVar[str] = "recalendared"
    sequence: int
    at: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """So many more units of the target were granted."""

    kind: ClassVar[str] = "extended"
    sequence: int
    at: datetime
    amount: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Somebody has taken the complaint over: the climb rests from `at` to `until`."""

    kind: ClassVar[str] = "held"
    sequence: int
    at: datetime
    until: datetime


Event = Started | Paused | Resumed | Met | Cancelled | Reopened | Retargeted | Recalendared | Extended | Held


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
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


@dataclass(slots=True)
class _Clock:
    """A clock while its ledger is being read."""

    started_at: datetime
    target: Target
    calendar: Calendar
    pausable: bool
    pauses: list[Pause]
    stops: list[Pause]
    """The times between being met or cancelled and being reopened, which count for no target."""
    open_since: datetime | None = None
    open_until: datetime | None = None
    was_spent: bool = False
    """Whether the last pause ended by itself and nobody has noted it."""
    met_at: datetime | None = None
    cancelled_at: datetime | None = None
    extensions: list[tuple[Unit, int | float]] = field(default_factory=list)
    holds: list[Pause] = field(default_factory=list)
    rules: int = 0
    climbs_from: dict[int, datetime] = field(default_factory=dict)
    """For the rules whose ladder is climbed from a moment on: that moment."""

    @property
    def extended_by(self) -> int | float:
        return sum(amount for unit, amount in self.extensions if unit == self.target.unit)

    @property
    def whole_target(self) -> Target:
        return self.target.longer(self.extended_by)

    @property
    def may_pause(self) -> bool:
        return self.pausable and not self.target.statutory

    def counted_pauses(self) -> list[Pause]:
        return sorted([*self.pauses, *self.stops]) if self.may_pause else self.stops

    def due_at(self) -> datetime:
        """The deadline by the pauses that have ended."""
        return targets.due(self.calendar, self.whole_target, self.started_at, self.counted_pauses())

    def end_pause(self, at: datetime) -> None:
        if self.open_since is not None:
            self.pauses.append((self.open_since, at))
            self.open_since = self.open_until = None

    def settle(self, at: datetime) -> None:
        """End a pause whose budget was used up by that moment."""
        if self.open_until is not None and self.open_until <= at:
            self.end_pause(self.open_until)
            self.was_spent = True

    def is_broken(self, at: datetime) -> bool:
        """Whether the deadline had passed by that moment; it cannot pass within an open pause."""
        latest = self.open_since if self.open_since is not None and self.may_pause else at
        return self.due_at() <= latest


def replay(events: Iterable[Event], *, now: datetime) -> ClockState:
    """Read a ledger and say how the clock stands at `now`.

    Events are taken in the order of their sequence. One dated before the event it follows (the clocks of two
    machines differ, or an act is recorded afterwards) counts from the moment of that event, so that time
    never runs backwards; only taking over, which moves no deadline, does not stand in the way. Raises BadLedger for events that cannot follow one another.
    """
    ordered = sorted(events, key=lambda event: event.sequence)
    if not ordered or not isinstance(ordered[0], Started):
        raise BadLedger(_("The ledger of this clock does not begin with its start."))
    first = ordered[0]
    clock = _Clock(first.at, first.target, first.calendar, first.pausable, [], [], rules=first.rules)
    before: Event = first
    at = first.at
    for event in ordered[1:]:
        if event.sequence == before.sequence:
            raise BadLedger(_("Two events of this clock have the number %(number)d.") % {"number": event.sequence})
        moment = max(at, event.at)
        _apply(clock, event, moment, before)
        if not isinstance(event, Held):
            at = moment
        before = event
    return _state_of(clock, now)


def _apply(clock: _Clock, event: Event, at: datetime, before: Event) -> None:
    ended = clock.met_at is not None or clock.cancelled_at is not None
    clock.settle(at)
    match event:
        case Paused() if not ended and clock.open_since is None:
            clock.open_since, clock.open_until, clock.was_spent = at, event.until, False
        case Resumed() if not ended and (clock.open_since is not None or clock.was_spent):
            clock.end_pause(at)
            clock.was_spent = False
        case Met() if not ended:
            clock.end_pause(at)
            clock.met_at = at
        case Cancelled() if not ended:
            clock.end_pause(at)
            clock.cancelled_at = at
        case Reopened() if (ended_at := clock.met_at or clock.cancelled_at) is not None:
            clock.stops.append((ended_at, at))
            clock.met_at = clock.cancelled_at = None
        case Retargeted() if not ended:
            if not clock.is_broken(at):
                clock.target, clock.calendar, clock.pausable = event.target, event.calendar, event.pausable
                clock.rules = event.rules
                if event.from_here:
                    clock.climbs_from[event.rules] = at
        case Recalendared() if not ended:
            if not clock.is_broken(at):
                clock.calendar = event.calendar
        case Extended() if not ended:
            if not clock.is_broken(at):
                clock.extensions.append((clock.target.unit, event.amount))
        case Held() if not ended:
            clock.holds.append((at, event.until))
        case _:
            raise BadLedger(
                _("Event %(number)d of this clock, “%(kind)s”, cannot follow “%(before)s”.")
                % {"number": event.sequence, "kind": event.kind, "before": before.kind}
            )


def _state_of(clock: _Clock, now: datetime) -> ClockState:
    clock.settle(now)
    target = clock.whole_target
    due_at: datetime | None = clock.due_at()
    paused_at = None
    remaining = None
    if clock.open_since is not None and clock.may_pause and due_at is not None and clock.open_since < due_at:
        paused_at = clock.open_since
        remaining = targets.remaining(clock.calendar, target, paused_at, due_at)
        due_at = None
    ended_at = clock.met_at or clock.cancelled_at
    late = due_at is not None and due_at <= (ended_at or now)
    if clock.cancelled_at is not None:
        state = State.CANCELLED
    elif clock.met_at is not None:
        state = State.MET_LATE if late else State.MET
    elif paused_at is not None:
        state = State.PAUSED
    else:
        state = State.BREACHED_OPEN if late else State.RUNNING
    return ClockState(
        state=state,
        started_at=clock.started_at,
        due_at=due_at,
        breached_at=due_at if late else None,
        met_at=clock.met_at,
        cancelled_at=clock.cancelled_at,
        paused_at=paused_at,
        pauses=tuple(clock.counted_pauses()),
        provisional=due_at is not None and targets.is_provisional(clock.calendar, target, due_at),
        target=target,
        calendar=clock.calendar,
        remaining=remaining,
        stops=tuple(clock.stops),
        pause_ends_at=clock.open_until if paused_at is not None else None,
        holds=tuple(clock.holds),
        extended_by=clock.extended_by,
        climbs_from=clock.climbs_from.get(clock.rules),
    )


def paused_for(events: Iterable[Event], reason: str, *, now: datetime) -> list[Pause]:
    """The times a clock has been paused for this reason so far, those that ended by themselves included."""
    pauses: list[Pause] = []
    begun: Paused | None = None
    for event in sorted(events, key=lambda event: event.sequence):
        match event:
            case Paused():
                begun = event if event.reason == reason else None
            case Resumed() | Met() | Cancelled() if begun is not None:
                pauses.append((begun.at, min(event.at, begun.until or event.at)))
                begun = None
    if begun is not None:
        pauses.append((begun.at, min(now, begun.until or now)))
    return pauses


def spent_on(events: Iterable[Event], reason: str, *, calendar: Calendar, now: datetime) -> float:
    """The working seconds for which a clock has been paused for this reason so far: what its budget has lost."""
    return sum(calendar.measure(*pause) for pause in paused_for(events, reason, now=now))
