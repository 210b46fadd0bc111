"""When each rung is to fire: on the way to the deadline, at it, and after it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from escalation import targets
from escalation.calendars import Calendar
from escalation.ladder.steps import Step
from escalation.targets import Pause, Target

Key = tuple[int, int]
"""(step, repeat): what must fire once in a cycle of a clock."""


class Moment(NamedTuple):
    """When one step, or one of its repetitions, is to fire (UTC). They sort by their moments."""

    at: datetime
    step: int
    repeat: int

    @property
    def key(self) -> Key:
        """What the uniqueness of firings is about."""
        return self.step, self.repeat


def firing_times(
    steps: Sequence[Step],
    *,
    calendar: Calendar,
    target: Target,
    started_at: datetime,
    pauses: Sequence[Pause],
    due_at: datetime | None,
    paused_at: datetime | None = None,
    stops: Sequence[Pause] = (),
    holds: Sequence[Pause] = (),
    climbs_from: datetime | None = None,
) -> list[Moment]:
    """When each step and repetition is to fire, in order. `stops` are the times in which the clock had ended, `holds`
    those for which somebody had taken the complaint over. Steps on the way up to `climbs_from` have been passed.

    With `due_at` None (a pause is open since `paused_at`) only the steps before the pause have a moment.
    """
    before = [step for step in steps if step.on_the_way]
    on_the_way = targets.points(calendar, target, started_at, pauses, [step.at for step in before]) if before else []
    moments = [
        Moment(at=_rested(at, holds), step=step.number, repeat=0)
        for step, at in zip(before, on_the_way, strict=True)
        if due_at is not None or paused_at is None or at <= paused_at
    ]
    if climbs_from is not None:
        moments = [moment for moment in moments if moment.at > climbs_from]
    if due_at is not None:
        for step in steps:
            if not step.on_the_way:
                moments.extend(_from_deadline(step, calendar, due_at, stops, holds))
    return sorted(moments)


def _rested(at: datetime, holds: Sequence[Pause]) -> datetime:
    """The moment, or the end of the hold it falls into."""
    for taken, until in holds:
        if taken <= at < until:
            at = until
    return at


def _from_deadline(
    step: Step, calendar: Calendar, due_at: datetime, stops: Sequence[Pause], holds: Sequence[Pause]
) -> Iterator[Moment]:
    every, times = (step.repeat.every_working_hours, step.repeat.times) if step.repeat else (0, 0)
    for repeat in range(times + 1):
        seconds = (step.after_working_hours + repeat * every) * 3600
        at = targets.after(calendar, due_at, seconds)
        for ended, reopened in stops:
            if due_at <= ended < at:
                at = calendar.advance(reopened, calendar.measure(ended, at))
        rested_until = due_at
        for taken, until in holds:
            begin = max(taken, rested_until)
            if begin < until and (begin < at or taken <= at < until):
                at = calendar.advance(until, calendar.measure(begin, at))
                rested_until = until
        yield Moment(at=at, step=step.number, repeat=repeat)
