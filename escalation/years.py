"""A calendar's year as a wall calendar shows it: what each day is, and why it differs from its weekday. Pure."""

import calendar as gregorian
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from escalation.calendars import Calendar, Span

HALF = 2 / 3
"""A day with less than this part of the usual working time is called half a day."""


class DayKind(TextChoices):
    """What a date is in a calendar."""

    WORKING = "working", _("Work")
    HALF = "half", _("Half day")
    MAKE_UP = "make_up", _("Make-up")
    CLOSED = "closed", _("Off")


@dataclass(frozen=True)
class Day:
    """A local date. `listed` is whether the calendar names it; `guessed` whether it lies past the listed days."""

    on: date
    kind: DayKind
    spans: Sequence[Span]
    note: str
    listed: bool
    guessed: bool

    @property
    def hours(self) -> str:
        """The working spans: "09:00–12:00, 13:00–18:00"."""
        return ", ".join("–".join(f"{at // 60:02}:{at % 60:02}" for at in span) for span in self.spans)


@dataclass(frozen=True)
class Month:
    """The weeks of a month, Monday first; None stands for days of the months beside it."""

    first: date
    weeks: Sequence[Sequence[Day | None]]

    @property
    def listed(self) -> list[Day]:
        """The days that the calendar names, which differ from their weekday or have a reason."""
        return [day for week in self.weeks for day in week if day and day.listed]


def year_of(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year."""
    return [_month(calendar, date(year, month, 1)) for month in range(1, 13)]


def _month(calendar: Calendar, first: date) -> Month:
    blank, length = gregorian.monthrange(first.year, first.month)
    days = [_day(calendar, first + timedelta(days=number)) for number in range(length)]
    cells: list[Day | None] = [*[None] * blank, *days, *[None] * (-(blank + length) % 7)]
    return Month(first, [cells[start : start + 7] for start in range(0, len(cells), 7)])


def _day(calendar: Calendar, on: date) -> Day:
    spans = calendar.spans_on(on)
    return Day(
        on=on,
        kind=_kind(calendar, on, spans),
        spans=spans,
        note=calendar.notes.get(on, ""),
        listed=on in calendar.days,
        guessed=calendar.covers_until is not None and on > calendar.covers_until,
    )


def _kind(calendar: Calendar, on: date, spans: Sequence[Span]) -> DayKind:
    if not spans:
        return DayKind.CLOSED
    if not calendar.week[on.weekday()]:
        return DayKind.MAKE_UP
    seconds = sum(end - start for start, end in spans) * 60
    return DayKind.HALF if seconds < calendar.usual_day_seconds * HALF else DayKind.WORKING
