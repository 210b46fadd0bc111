"""What a promise would come to if it began at some moment: no complaint is asked, none is touched. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from escalation import explanation, targets
from escalation.calendars import Calendar
from escalation.targets import Pause, Target

MOST_LINES = 500
"""Stretches told one by one: a target of ten years has thousands, which nobody reads."""


@dataclass(frozen=True)
class Point:
    """A moment on the way to the deadline: by `at` (UTC) that part of the unpaused time has passed."""

    fraction: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """A deadline (UTC), the moments on the way to it, and every stretch that counted or did not."""

    due_at: datetime
    points: Sequence[Point]
    provisional: bool
    stretches: Sequence[explanation.Stretch]

    @property
    def lines(self) -> list[explanation.Line]:
        """The first stretches, in the reader's words."""
        return explanation.lines(self.stretches[:MOST_LINES])

    @property
    def untold(self) -> int:
        """How many stretches are left out of `lines`."""
        return max(0, len(self.stretches) - MOST_LINES)


def answer(calendar: Calendar, target: Target, start: datetime, pauses: Sequence[Pause]) -> Answer:
    """The deadline of a target that starts then and pauses so. Raises OutOfReach when the calendar never has so much
    working time.
    """
    due_at = targets.due(calendar, target, start, pauses)
    on_the_way = {name: part for name, part in targets.CASE_FRACTIONS.items() if part < 1}
    moments = targets.points(calendar, target, start, pauses, on_the_way.values())
    return Answer(
        due_at=due_at,
        points=[Point(name, at) for name, at in zip(on_the_way, moments, strict=True)],
        provisional=targets.is_provisional(calendar, target, due_at),
        stretches=explanation.explain(calendar, target, start, pauses, due_at),
    )
