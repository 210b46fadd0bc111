"""A calendar worked out for whole local years: sorted spans with the working time before each. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from escalation.errors import OutOfReach
from escalation.instants import DAY, EPOCH_ORDINAL, MINUTE, SECOND, from_micros, to_micros

FIRST_YEAR = 1900
LAST_YEAR = 2399
"""Calendars answer for local dates of these years; the search for a deadline ends here and says so."""

Span = tuple[int, int]
"""Start and end of a span of working time, in minutes since local midnight; the end is not part of it."""

Week = tuple[tuple[Span, ...], ...]
"""The spans of each weekday, Monday first."""


@dataclass(frozen=True, slots=True)
class Timeline:
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


def compiled(
    zone: ZoneInfo, week: Week, days: Mapping[date, tuple[Span, ...]], first_year: int, last_year: int
) -> Timeline:
    """Work out every span and every day of whole local years."""
    lower, upper = _new_year(first_year, zone), _new_year(last_year + 1, zone)
    first_ordinal = date(first_year, 1, 1).toordinal()
    count = date(last_year + 1, 1, 1).toordinal() - first_ordinal
    listed = {day.toordinal(): spans for day, spans in days.items()}
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
            for opens, closes in week[(ordinal + 6) % 7] if spans is None else spans:
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
    return Timeline(
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


def joined(early: Timeline, late: Timeline) -> Timeline:
    """Two timelines of neighbouring years as one."""
    starts, ends = early.starts + late.starts, early.ends + late.ends
    return Timeline(
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


def out_of_reach() -> OutOfReach:
    """What is raised for a moment outside the years that are worked out."""
    return OutOfReach(
        _(
            "This lies outside the years %(first)d to %(last)d for which deadlines are computed; check the "
            "date and target."
        )
        % {"first": FIRST_YEAR, "last": LAST_YEAR}
    )
