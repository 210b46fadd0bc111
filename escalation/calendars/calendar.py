"""The working calendar: a value that answers about moments and dates. Pure."""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from escalation.calendars import form
from escalation.calendars.timeline import (
    FIRST_YEAR,
    LAST_YEAR,
    Span,
    Timeline,
    Week,
    compiled,
    joined,
    out_of_reach,
)
from escalation.documents import Fields, loads
from escalation.errors import BadCalendar
from escalation.instants import DAY, EPOCH_ORDINAL, SECOND, from_micros, micros, to_micros

_growth = threading.Lock()


@dataclass(frozen=True)
class Calendar:
    """A time zone, the working spans of each weekday, and the dates that differ from their weekday.

    `notes` name the reason of such a date ("Spring Festival"), for the explanation of a deadline.
    `covers_until` is the last local date for which the listed days are known to be complete; after it the
    weekly pattern is a guess.
    """

    name: str
    timezone: str
    week: Week
    days: Mapping[date, tuple[Span, ...]] = field(hash=False)
    notes: Mapping[date, str] = field(default_factory=dict, hash=False)
    covers_until: date | None = None
    _timeline: Timeline | None = field(default=None, init=False, repr=False, compare=False)

    # --- the JSON form --------------------------------------------------------------------------------------

    @classmethod
    def from_text(cls, text: str) -> "Calendar":
        """Read the JSON text of one calendar. Raises BadCalendar, which names the field and what to write."""
        return cls.from_json(loads(text, refuse=BadCalendar))

    @classmethod
    def from_json(cls, document: Any, *, path: str = "") -> "Calendar":
        """Read the JSON form of one calendar, lying at `path` of a larger document.

        Raises BadCalendar, which names the field and what to write instead.
        """
        fields = Fields(document, path, BadCalendar)
        name = fields.text("name")
        zone = form.zone_name(fields.text("timezone"), fields.field("timezone"))
        week = form.week_of(fields.required("week"), fields.field("week"))
        days = form.days_of(fields.get("days", {}), fields.field("days"))
        notes = form.notes_of(fields.get("notes", {}), fields.field("notes"), days)
        until = fields.get("covers_until")
        covers_until = None if until is None else form.date_of(until, fields.field("covers_until"))
        fields.finish()
        if not any(week):
            raise BadCalendar(
                fields.field("week"),
                _("No weekday has any working time, so no deadline could ever be reached; give at least one span."),
            )
        return cls(name, zone, week, days, notes, covers_until)

    def to_json(self) -> dict[str, Any]:
        """The JSON form, which `from_json` reads back to an equal calendar."""
        document: dict[str, Any] = {
            "name": self.name,
            "timezone": self.timezone,
            "week": {day: form.spans_to_json(self.week[number]) for number, day in enumerate(form.WEEKDAYS)},
            "days": {day.isoformat(): form.spans_to_json(spans) for day, spans in sorted(self.days.items())},
        }
        if self.notes:
            document["notes"] = {day.isoformat(): note for day, note in sorted(self.notes.items())}
        if self.covers_until is not None:
            document["covers_until"] = self.covers_until.isoformat()
        return document

    # --- moments --------------------------------------------------------------------------------------------

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the spans and dates are meant."""
        return ZoneInfo(self.timezone)

    def advance(self, moment: datetime, seconds: float) -> datetime:
        """The earliest moment (UTC) by which so many working seconds have gone by since `moment`.

        A full day's worth therefore ends at closing time, not the next morning. Raises OutOfReach,
        NaiveMoment.
        """
        return from_micros(self.advance_micros(to_micros(moment), micros(seconds)))

    def measure(self, begin: datetime, end: datetime) -> float:
        """The working seconds between two moments; nothing if the end is not after the begin."""
        return self.measure_micros(to_micros(begin), to_micros(end)) / SECOND

    def is_working(self, moment: datetime) -> bool:
        """Whether working time passes at that moment. The end of a span is no longer part of it."""
        at = to_micros(moment)
        line = self._line_over(at)
        span = bisect_right(line.starts, at) - 1
        return span >= 0 and at < line.ends[span]

    def next_working(self, moment: datetime) -> datetime:
        """The first moment (UTC), from `moment` on, at which working time passes."""
        at = to_micros(moment)
        line = self._line_over(at)
        while (span := bisect_right(line.ends, at)) == len(line.ends):
            line = self._later(line)
        return from_micros(max(at, line.starts[span]))

    def next_change(self, moment: datetime) -> datetime:
        """The first moment (UTC) after `moment` at which working time begins to pass, or stops passing."""
        if not self.is_working(moment):
            return self.next_working(moment)
        line = self._line_over(to_micros(moment))
        span = bisect_right(line.starts, to_micros(moment)) - 1
        while span + 1 < len(line.starts) and line.starts[span + 1] == line.ends[span]:
            span += 1
        return from_micros(line.ends[span])

    @property
    def usual_day_seconds(self) -> int:
        """The working seconds of the longest ordinary weekday: what people here call a day."""
        return max(sum(end - start for start, end in spans) for spans in self.week) * 60

    # --- dates ----------------------------------------------------------------------------------------------

    def local_date(self, moment: datetime) -> date:
        """The date on this calendar's clock at that moment."""
        return date.fromordinal(self.ordinal_micros(to_micros(moment)))

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The working spans of a local date, in minutes since midnight: its own if it is listed, else its
        weekday's.
        """
        spans = self.days.get(day)
        return self.week[day.weekday()] if spans is None else spans

    def is_working_day(self, day: date) -> bool:
        """Whether the date has working time."""
        return bool(self.spans_on(day))

    def working_days(self, first: date, last: date) -> list[date]:
        """The dates with working time from `first` to `last`, both included."""
        every = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        return [day for day in every if self.is_working_day(day)]

    def end_of_day(self, day: date) -> datetime:
        """24:00 of a local date, as a UTC moment."""
        return from_micros(self.day_end_micros(day.toordinal()))

    def closing_of(self, day: date) -> datetime:
        """The end of the last span of a working day (UTC)."""
        return from_micros(self.working_day_end_micros(day.toordinal(), 0))

    def covers(self, moment: datetime) -> bool:
        """Whether a deadline at that moment rests on listed days, not on the weekly pattern alone.

        24:00 of the last covered date is still covered.
        """
        return self.covers_micros(to_micros(moment))

    # --- the same in microseconds since the epoch, for the arithmetic of targets ----------------------------

    def advance_micros(self, at: int, amount: int) -> int:
        """`advance` on microseconds."""
        if amount <= 0:
            return at
        line = self._line_over(at)
        while True:
            span = bisect_right(line.ends, at)
            if span < len(line.ends):
                start = line.starts[span]
                goal = line.before[span] + amount
                if at > start:
                    goal += at - start
                if goal <= line.before[-1]:
                    last = bisect_left(line.before, goal, span + 1) - 1
                    return line.starts[last] + goal - line.before[last]
            line = self._later(line)

    def measure_micros(self, begin: int, end: int) -> int:
        """`measure` on microseconds."""
        if end <= begin:
            return 0
        line = self._line_over(begin)
        while end >= line.upper:
            line = self._later(line)
        return line.worked(end) - line.worked(begin)

    def ordinal_micros(self, at: int) -> int:
        """The local date at that moment, as a proleptic ordinal (`date.toordinal`)."""
        line = self._line_over(at)
        return (at + line.offsets[bisect_right(line.offsets_from, at) - 1]) // DAY + EPOCH_ORDINAL

    def day_end_micros(self, ordinal: int) -> int:
        """24:00 of a local date given as ordinal; the later of the two where the clock repeats midnight."""
        line = self._line_on(ordinal)
        return line.day_ends[ordinal - line.first_ordinal]

    def is_open_day_micros(self, at: int) -> bool:
        """Whether the local date at that moment has working time of which some is still to come."""
        ordinal = self.ordinal_micros(at)
        line = self._line_on(ordinal)
        place = bisect_left(line.working_ordinals, ordinal)
        return (
            place < len(line.working_ordinals)
            and line.working_ordinals[place] == ordinal
            and line.working_ends[place] > at
        )

    def working_day_end_micros(self, ordinal: int, count: int) -> int:
        """The end of the last span of the count-th working day after a local date; 0 means that date
        itself.
        """
        line = self._line_on(ordinal)
        while (place := bisect_right(line.working_ordinals, ordinal) - 1 + count) >= len(line.working_ends):
            line = self._later(line)
        return line.working_ends[place]

    def working_ordinal(self, ordinal: int) -> int:
        """The date itself if it is a working day, else the next one that is."""
        line = self._line_on(ordinal)
        while (place := bisect_left(line.working_ordinals, ordinal)) >= len(line.working_ordinals):
            line = self._later(line)
        return line.working_ordinals[place]

    def covers_micros(self, at: int) -> bool:
        """`covers` on microseconds."""
        return self.covers_until is None or self.ordinal_micros(at - 1) <= self.covers_until.toordinal()

    # --- compiling ------------------------------------------------------------------------------------------

    def _line_over(self, at: int) -> Timeline:
        """The compiled timeline, made to contain that moment."""
        line = self._timeline
        if line is not None and line.lower <= at < line.upper:
            return line
        year = from_micros(at).year
        line = self._grown(year - 1, year + 1)
        if not line.lower <= at < line.upper:
            raise out_of_reach()
        return line

    def _line_on(self, ordinal: int) -> Timeline:
        """The compiled timeline, made to contain that local date."""
        line = self._timeline
        if line is not None and 0 <= ordinal - line.first_ordinal < len(line.day_ends):
            return line
        if not 1 <= ordinal <= date.max.toordinal():
            raise out_of_reach()
        year = date.fromordinal(ordinal).year
        return self._grown(year, year)

    def _later(self, line: Timeline) -> Timeline:
        """The compiled timeline, made to reach further than `line` does. Raises OutOfReach after the last
        year.
        """
        if line.last_year >= LAST_YEAR:
            raise out_of_reach()
        more = max(2, line.last_year - line.first_year)
        return self._grown(line.first_year, min(line.last_year + more, LAST_YEAR))

    def _grown(self, first_year: int, last_year: int) -> Timeline:
        """Compile the years that are missing. A finished timeline replaces the old one whole, so readers need
        no lock.
        """
        if last_year < FIRST_YEAR or first_year > LAST_YEAR:
            raise out_of_reach()
        first_year, last_year = max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR)
        with _growth:
            line = self._timeline
            if line is None:
                line = self._compiled(first_year, last_year)
            if first_year < line.first_year:
                line = joined(self._compiled(first_year, line.first_year - 1), line)
            if last_year > line.last_year:
                line = joined(line, self._compiled(line.last_year + 1, last_year))
            object.__setattr__(self, "_timeline", line)
            return line

    def _compiled(self, first_year: int, last_year: int) -> Timeline:
        return compiled(self.zone, self.week, self.days, first_year, last_year)
