"""Reading a ledger, entry by entry. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from escalation import targets
from escalation.calendars import Calendar
from escalation.errors import BadLedger
from escalation.replay.entries import (
    Cancelled,
    Event,
    Extended,
    Held,
    Met,
    Paused,
    Recalendared,
    Reopened,
    Resumed,
    Retargeted,
    Started,
)
from escalation.replay.states import ClockState, State
from escalation.targets import Pause, Target, Unit


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
        if not self.extensions:  # nearly always
            return 0
        return sum(amount for unit, amount in self.extensions if unit == self.target.unit)

    @property
    def whole_target(self) -> Target:
        return self.target.longer(self.extended_by) if self.extensions else self.target

    @property
    def may_pause(self) -> bool:
        return self.pausable and not self.target.statutory

    def counted_pauses(self) -> list[Pause]:
        return sorted([*self.pauses, *self.stops]) if self.pauses and self.may_pause else self.stops

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
    never runs backwards; only taking over, which moves no deadline, does not stand in its way. Raises
    BadLedger for events that cannot follow one another.
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
