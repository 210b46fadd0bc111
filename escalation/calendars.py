"""Working calendars: when does working time pass, and which days count? Pure. (Design section 4.)

A `Calendar` is read from its JSON form and never changes. It is compiled, a stretch of years at a time and
only when somebody asks about those years, into sorted lists of span starts and ends with the working time
before each, so that `advance` and `measure` are a binary search: microseconds, however far away the answer
lies.

Time is real elapsed time. Spans are half-open, `[start, end)`, on the local clock: where the clock skips an
hour the skipped hour counts nothing, where it repeats an hour the hour counts twice.
"""

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from escalation.documents import Fields, below, loads
from escalation.errors import BadCalendar, OutOfReach
from escalation.instants import DAY, EPOCH_ORDINAL, MINUTE, SECOND, from_micros, micros, to_micros

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

FIRST_YEAR = 1900
LAST_YEAR = 2399
"""Calendars answer for local dates of these years; the search for a deadline ends here and says so."""

TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Span = tuple[int, int]
"""Start and end of a span of working time, in minutes since local midnight; the end is not part of it."""

_growth = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A calendar worked out for whole local years. All moments are microseconds since the epoch."""

    first_year: int
    last_year: int
    lower: int
    upper: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    """Working time from `lower` to the start of each span; one entry more than there are spans: the total."""
    first_ordinal: int
    day_ends: list[int]
    """24:00 of each local date, from `first_ordinal` on."""
    working_ordinals: list[int]
    working_ends: list[int]
    """The dates that have working time, and the end of the last span of each."""
    offsets_from: list[int]
    offsets: list[int]
    """From when on the local clock is how far ahead of UTC."""

    def worked(self, at: int) -> int:
        """Working time from `lower` to a moment."""
        span = bisect_right(self.starts, at) - 1
        if span < 0:
            return 0
        end = self.ends[span]
        return self.before[span + 1] - end + at if at < end else self.before[span + 1]


@dataclass(frozen=True)
class Calendar:
    """A time zone, the working spans of each weekday, and the dates that differ from their weekday.

    `notes` name the reason of such a date ("Spring Festival"), for the explanation of a deadline.
    `covers_until` is the last local date for which the listed days are known to be complete; after it the
    weekly pattern is a guess.
    """

    name: str
    timezone: str
    week: tuple[tuple[Span, ...], ...]
    days: Mapping[date, tuple[Span, ...]] = field(hash=False)
    notes: Mapping[date, str] = field(default_factory=dict, hash=False)
    covers_until: date | None = None
    _timeline: _Timeline | None = field(default=None, init=False, repr=False, compare=False)

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
        zone = _zone_name(fields.text("timezone"), fields.field("timezone"))
        week = _week(fields.required("week"), fields.field("week"))
        days = _days(fields.get("days", {}), fields.field("days"))
        notes = _notes(fields.get("notes", {}), fields.field("notes"), days)
        until = fields.get("covers_until")
        covers_until = None if until is None else _date(until, fields.field("covers_until"))
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
            "week": {day: _spans_to_json(self.week[number]) for number, day in enumerate(WEEKDAYS)},
            "days": {day.isoformat(): _spans_to_json(spans) for day, spans in sorted(self.days.items())},
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

    def _line_over(self, at: int) -> _Timeline:
        """The compiled timeline, made to contain that moment."""
        line = self._timeline
        if line is not None and line.lower <= at < line.upper:
            return line
        year = from_micros(at).year
        line = self._grown(year - 1, year + 1)
        if not line.lower <= at < line.upper:
            raise _out_of_reach()
        return line

    def _line_on(self, ordinal: int) -> _Timeline:
        """The compiled timeline, made to contain that local date."""
        line = self._timeline
        if line is not None and 0 <= ordinal - line.first_ordinal < len(line.day_ends):
            return line
        if not 1 <= ordinal <= date.max.toordinal():
            raise _out_of_reach()
        year = date.fromordinal(ordinal).year
        return self._grown(year, year)

    def _later(self, line: _Timeline) -> _Timeline:
        """The compiled timeline, made to reach further than `line` does. Raises OutOfReach after the last
        year.
        """
        if line.last_year >= LAST_YEAR:
            raise _out_of_reach()
        more = max(2, line.last_year - line.first_year)
        return self._grown(line.first_year, min(line.last_year + more, LAST_YEAR))

    def _grown(self, first_year: int, last_year: int) -> _Timeline:
        """Compile the years that are missing. A finished timeline replaces the old one whole, so readers need
        no lock.
        """
        if last_year < FIRST_YEAR or first_year > LAST_YEAR:
            raise _out_of_reach()
        first_year, last_year = max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR)
        with _growth:
            line = self._timeline
            if line is None:
                line = _compile(self, first_year, last_year)
            if first_year < line.first_year:
                line = _joined(_compile(self, first_year, line.first_year - 1), line)
            if last_year > line.last_year:
                line = _joined(line, _compile(self, line.last_year + 1, last_year))
            object.__setattr__(self, "_timeline", line)
            return line


def _compile(calendar: Calendar, first_year: int, last_year: int) -> _Timeline:
    """Work out every span and every day of whole local years."""
    zone = calendar.zone
    lower, upper = _new_year(first_year, zone), _new_year(last_year + 1, zone)
    first_ordinal = date(first_year, 1, 1).toordinal()
    count = date(last_year + 1, 1, 1).toordinal() - first_ordinal
    listed = {day.toordinal(): spans for day, spans in calendar.days.items()}
    starts: list[int] = []
    ends: list[int] = []
    day_ends: list[int] = [0] * count
    working: dict[int, int] = {}
    offsets = list(_offsets(lower, upper, zone))
    for number, (since, offset) in enumerate(offsets):
        until = offsets[number + 1][0] if number + 1 < len(offsets) else upper
        first, last = (since + offset) // DAY, (until - 1 + offset) // DAY
        for epoch_day in range(first, last + 1):
            midnight = epoch_day * DAY - offset
            ordinal = epoch_day + EPOCH_ORDINAL
            if 0 <= ordinal - first_ordinal < count:
                day_ends[ordinal - first_ordinal] = min(midnight + DAY, until)
            spans = listed.get(ordinal)
            for opens, closes in calendar.week[(ordinal + 6) % 7] if spans is None else spans:
                start = max(midnight + opens * MINUTE, since)
                end = min(midnight + closes * MINUTE, until)
                if start < end:
                    starts.append(start)
                    ends.append(end)
                    working[ordinal] = end
    previous = lower
    for place, end in enumerate(day_ends):
        day_ends[place] = previous = max(end, previous)  # a date the clock skips altogether ends as it begins
    ordinals = sorted(working)
    return _Timeline(
        first_year=first_year,
        last_year=last_year,
        lower=lower,
        upper=upper,
        starts=starts,
        ends=ends,
        before=_working_time_before(starts, ends),
        first_ordinal=first_ordinal,
        day_ends=day_ends,
        working_ordinals=ordinals,
        working_ends=[working[ordinal] for ordinal in ordinals],
        offsets_from=[since for since, _offset in offsets],
        offsets=[offset for _since, offset in offsets],
    )


def _joined(early: _Timeline, late: _Timeline) -> _Timeline:
    """Two timelines of neighbouring years as one."""
    starts, ends = early.starts + late.starts, early.ends + late.ends
    return _Timeline(
        first_year=early.first_year,
        last_year=late.last_year,
        lower=early.lower,
        upper=late.upper,
        starts=starts,
        ends=ends,
        before=_working_time_before(starts, ends),
        first_ordinal=early.first_ordinal,
        day_ends=early.day_ends + late.day_ends,
        working_ordinals=early.working_ordinals + late.working_ordinals,
        working_ends=early.working_ends + late.working_ends,
        offsets_from=early.offsets_from + late.offsets_from,
        offsets=early.offsets + late.offsets,
    )


def _working_time_before(starts: list[int], ends: list[int]) -> list[int]:
    return list(accumulate((end - start for start, end in zip(starts, ends, strict=True)), initial=0))


def _new_year(year: int, zone: ZoneInfo) -> int:
    """The moment at which the local clock begins a year."""
    return to_micros(datetime(year, 1, 1, tzinfo=zone).astimezone(UTC))


def _offsets(lower: int, upper: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """From when on the local clock is how far ahead of UTC. A change is looked for day by day, found to the
    second.
    """
    at, offset = lower, _offset(lower, zone)
    yield at, offset
    while at < upper:
        later = min(at + DAY, upper)
        if (changed := _offset(later, zone)) != offset:
            low, high = at, later
            while high - low > SECOND:
                middle = (low + high) // 2 // SECOND * SECOND
                low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
            if high < upper:
                yield high, changed
            offset = changed
        at = later


def _offset(at: int, zone: ZoneInfo) -> int:
    ahead = from_micros(at).astimezone(zone).utcoffset() or timedelta()
    return (ahead.days * 86_400 + ahead.seconds) * SECOND


def _out_of_reach() -> OutOfReach:
    return OutOfReach(
        _(
            "This lies outside the years %(first)d to %(last)d for which deadlines are computed; check the "
            "date and target."
        )
        % {"first": FIRST_YEAR, "last": LAST_YEAR}
    )


# --- reading the JSON form ----------------------------------------------------------------------------------


def _zone_name(name: str, path: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # unknown names, names that are paths, names that are folders
        raise BadCalendar(
            path,
            _("No time zone is called “%(name)s”; write a name such as Asia/Taipei or Europe/London.")
            % {"name": name},
        ) from None
    return name


def _week(document: Any, path: str) -> tuple[tuple[Span, ...], ...]:
    if not isinstance(document, Mapping):
        raise BadCalendar(path, _("This must be an object with the weekdays mon to sun."))
    for name in document:
        if name not in WEEKDAYS:
            raise BadCalendar(
                below(path, str(name)),
                _("There is no such weekday; write one of: %(names)s.") % {"names": ", ".join(WEEKDAYS)},
            )
    return tuple(_spans(document.get(name, []), below(path, name)) for name in WEEKDAYS)


def _days(document: Any, path: str) -> dict[date, tuple[Span, ...]]:
    if not isinstance(document, Mapping):
        raise BadCalendar(
            path, _("This must be an object with one field for each date that differs from its weekday.")
        )
    return {_date(name, below(path, str(name))): _spans(spans, below(path, name)) for name, spans in document.items()}


def _notes(document: Any, path: str, days: Mapping[date, Any]) -> dict[date, str]:
    if not isinstance(document, Mapping):
        raise BadCalendar(path, _("This must be an object with one text for each date."))
    notes: dict[date, str] = {}
    for name, note in document.items():
        day = _date(name, below(path, str(name)))
        if day not in days:
            raise BadCalendar(below(path, name), _("This date is not listed in “days”, so there is nothing to note."))
        if not isinstance(note, str) or not note.strip():
            raise BadCalendar(below(path, name), _("This must be a text that is not empty."))
        notes[day] = note.strip()
    return notes


def _date(value: Any, path: str) -> date:
    try:
        if not isinstance(value, str) or not DATE.fullmatch(value):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise BadCalendar(path, _("This is not a date; write year-month-day, for example 2026-02-14.")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCalendar(
            path,
            _("Calendars cover the years %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return day


def _spans(document: Any, path: str) -> tuple[Span, ...]:
    if not isinstance(document, list | tuple):
        raise BadCalendar(path, _('This must be a list of spans such as [["09:00", "17:30"]], or [] when closed.'))
    spans: list[Span] = []
    for number, pair in enumerate(document):
        place = f"{path}[{number}]"
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise BadCalendar(place, _('A span is a start and an end, for example ["09:00", "17:30"].'))
        opens, closes = _minutes(pair[0], place), _minutes(pair[1], place)
        if opens >= closes:
            raise BadCalendar(
                place,
                _("The span must end after it starts; write a night as two spans, one of them ending at 24:00."),
            )
        if spans and opens < spans[-1][1]:
            raise BadCalendar(place, _("The span begins before the one above it has ended; put them in order."))
        spans.append((opens, closes))
    return tuple(spans)


def _minutes(value: Any, path: str) -> int:
    found = TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else 24 * 60 + 1
    if minutes > 24 * 60:
        raise BadCalendar(path, _("A time of day is written HH:MM, from 00:00 to 24:00."))
    return minutes


def _spans_to_json(spans: tuple[Span, ...]) -> list[list[str]]:
    return [[f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span] for span in spans]
