"""Every counted and skipped stretch between the start of a clock and its deadline. Pure.

The stretches follow one another without gaps. What they count adds up to the target: the seconds of an hour
target, the days of a day target.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from escalation.calendars import Calendar
from escalation.instants import SECOND, from_micros, to_micros
from escalation.replay import ClockState
from escalation.targets import CountFrom, Pause, Target, Unit, progress, stops


class Kind(TextChoices):
    """Why a stretch of time counts, or why it does not."""

    WORKING = "working", gettext_lazy("Working time")
    MAKE_UP = "make_up", gettext_lazy("Make-up working day")
    SPECIAL = "special", gettext_lazy("Special working hours")
    ELAPSED = "elapsed", gettext_lazy("Counts around the clock")
    CALENDAR_DAYS = "calendar_days", gettext_lazy("Calendar days")
    RECEIPT = "receipt", gettext_lazy("Day of receipt")
    OUTSIDE = "outside", gettext_lazy("Outside working hours")
    DAY_OFF = "day_off", gettext_lazy("Day off")
    HOLIDAY = "holiday", gettext_lazy("Holiday")
    ROLLED = "rolled", gettext_lazy("Moved on to a working day")
    PAUSED = "paused", gettext_lazy("Paused")
    ENDED = "ended", gettext_lazy("Ended and taken up again")


MERGED = frozenset(
    {Kind.ELAPSED, Kind.CALENDAR_DAYS, Kind.OUTSIDE, Kind.DAY_OFF, Kind.HOLIDAY, Kind.ROLLED, Kind.PAUSED}
)
"""Neighbours of these kinds are told as one stretch; working time is told day by day."""

NOTED = frozenset({Kind.MAKE_UP, Kind.SPECIAL, Kind.HOLIDAY})
"""Stretches of these kinds name the reason why their day is listed, where there is one."""

SKIPPED = frozenset({Kind.RECEIPT, Kind.OUTSIDE, Kind.DAY_OFF, Kind.HOLIDAY, Kind.ROLLED, Kind.PAUSED, Kind.ENDED})
"""Stretches of these kinds bring no day or hour of the target nearer in the words of the law, even where the time in
them is part of the unpaused time by which fractions are reckoned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch `[start, end)` of the time to a deadline (UTC); `end` is None for a pause that is still open.

    `counted_seconds` is the progress made in it: working seconds in the working units. `counted_days` is how
    many days of a day target became complete in it. `note` names the reason of a listed day. `timezone` is
    the calendar's.
    """

    start: datetime
    end: datetime | None
    kind: Kind
    counted_seconds: float
    counted_days: int
    note: str
    timezone: str


def explain(
    calendar: Calendar,
    target: Target,
    start: datetime,
    pauses: Sequence[Pause],
    due_at: datetime | None,
    *,
    paused_at: datetime | None = None,
) -> list[Stretch]:
    """The stretches from `start` to `due_at`, or, while a pause is open, to its begin `paused_at` and the
    pause."""
    return _merged(_stretches(calendar, target, start, pauses, due_at, paused_at))


def explain_clock(state: ClockState) -> list[Stretch]:
    """The stretches of a clock as its ledger stands. Time in which it had ended, before it was taken up again, is told
    apart from time in which it waited.
    """
    stretches = explain(
        state.calendar, state.target, state.started_at, state.pauses, state.due_at, paused_at=state.paused_at
    )
    ended = {begin for begin, _end in state.stops}
    return [
        replace(stretch, kind=Kind.ENDED) if stretch.kind is Kind.PAUSED and stretch.start in ended else stretch
        for stretch in stretches
    ]


def _stretches(
    calendar: Calendar,
    target: Target,
    start: datetime,
    pauses: Sequence[Pause],
    due_at: datetime | None,
    paused_at: datetime | None,
) -> Iterator[Stretch]:
    known_until = due_at or paused_at or start
    end = to_micros(known_until)
    at = to_micros(start)
    plan = _Plan.of(calendar, target, at)
    for begin, resume in stops(at, pauses):
        if begin >= end:
            break
        yield from plan.pieces(at, begin)
        yield _paused(from_micros(begin), from_micros(resume), calendar)
        at = resume
    yield from plan.pieces(at, end)
    if due_at is None:
        yield _paused(known_until, None, calendar)


def _paused(begin: datetime, end: datetime | None, calendar: Calendar) -> Stretch:
    return Stretch(
        start=begin,
        end=end,
        kind=Kind.PAUSED,
        counted_seconds=0,
        counted_days=0,
        note="",
        timezone=calendar.timezone,
    )


@dataclass(slots=True)
class _Plan:
    """How a target counts when nothing pauses it, and how much has been counted so far."""

    calendar: Calendar
    target: Target
    receipt: int
    """The local date of the start, as an ordinal."""
    complete: list[int]
    """The progress, in microseconds, by which each day of a day target is complete."""
    receipt_counts: bool
    counted: int = 0

    @classmethod
    def of(cls, calendar: Calendar, target: Target, at: int) -> "_Plan":
        receipt = calendar.ordinal_micros(at)
        amount = int(target.amount)
        match target.unit:
            case Unit.WORKING_DAYS:
                same_day = target.count_from is CountFrom.SAME_DAY and calendar.is_open_day_micros(at)
                first = 0 if same_day else 1
                ends = [calendar.working_day_end_micros(receipt, day) for day in range(first, first + amount)]
                counts = same_day or target.count_from is CountFrom.SAME_DAY
            case Unit.CALENDAR_DAYS:
                ends = [calendar.day_end_micros(receipt + day) for day in range(1, amount + 1)]
                counts = False
            case _:
                ends, counts = [], True
        return cls(calendar, target, receipt, [progress(calendar, target, at, end) for end in ends], counts)

    def pieces(self, at: int, end: int) -> Iterator[Stretch]:
        """What happens in `[at, end)`, in which nothing pauses: one stretch for each local day."""
        while at < end:
            ordinal = self.calendar.ordinal_micros(at)
            until = min(end, self.calendar.day_end_micros(ordinal))
            amount = progress(self.calendar, self.target, at, until)
            complete_before = bisect_right(self.complete, self.counted)
            self.counted += amount
            day = date.fromordinal(ordinal)
            kind = self._kind(day, amount, complete_before)
            yield Stretch(
                start=from_micros(at),
                end=from_micros(until),
                kind=kind,
                counted_seconds=amount / SECOND,
                counted_days=bisect_right(self.complete, self.counted) - complete_before,
                note=self.calendar.notes.get(day, "") if kind in NOTED else "",
                timezone=self.calendar.timezone,
            )
            at = until

    def _kind(self, day: date, amount: int, complete_before: int) -> Kind:
        if self.target.unit is Unit.HOURS:
            return Kind.ELAPSED
        if not self.receipt_counts and day.toordinal() == self.receipt:
            return Kind.RECEIPT
        if self.target.unit is Unit.CALENDAR_DAYS:
            return Kind.ROLLED if complete_before == len(self.complete) else Kind.CALENDAR_DAYS
        listed = day in self.calendar.days
        if not amount:
            if self.calendar.is_working_day(day):
                return Kind.OUTSIDE
            return Kind.HOLIDAY if listed else Kind.DAY_OFF
        if not listed:
            return Kind.WORKING
        usual = self.calendar.week[day.weekday()]
        if not usual:
            return Kind.MAKE_UP
        return Kind.WORKING if self.calendar.spans_on(day) == usual else Kind.SPECIAL


def _merged(stretches: Iterator[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for stretch in stretches:
        last = merged[-1] if merged else None
        if last and stretch.kind in MERGED and (last.kind, last.note) == (stretch.kind, stretch.note):
            merged[-1] = replace(
                last,
                end=stretch.end,
                counted_seconds=last.counted_seconds + stretch.counted_seconds,
                counted_days=last.counted_days + stretch.counted_days,
            )
        else:
            merged.append(stretch)
    return merged
