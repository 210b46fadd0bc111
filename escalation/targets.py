"""Targets: how much time a promise allows, and the moment it runs out. Pure. (Design section 4.)

Four units. `hours` are elapsed hours, `working_hours` hours of the calendar. `working_days` n is the end of
the last span of the n-th working day after the day of receipt, or counting that day itself while some of its
working time is still to come (`count_from: same_day`). `calendar_days` n is 24:00 local of the n-th day
after, with `roll` 24:00 of the next working day when that day is none. (The day of receipt is not counted and
a last day off rolls: PRC Civil Code 201 and 203, Taiwan Civil Code 120 and 122; hours run at once: Taiwan
Civil Code 120.)

A pause `[p, r)` that begins before the deadline puts it off: in the working units to `advance(r, measure(p,
due))`, in the others by `r − p`. In other words what was left at p is left at r.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from escalation.calendars import Calendar
from escalation.documents import Fields, below
from escalation.errors import BadCases, BadDocument, BadTarget, EscalationError
from escalation.instants import HOUR, SECOND, from_micros, to_micros

Pause = tuple[datetime, datetime]
"""`[begin, end)`: while waiting for the complainant no time counts."""

MOST_HOURS = 24 * 3_653
MOST_DAYS = 3_653
"""Ten years: the longest time a promise may take."""


class Unit(StrEnum):
    """What a target counts."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class CountFrom(StrEnum):
    """Where working days begin to count."""

    NEXT_DAY = "next_day"
    SAME_DAY = "same_day"


WORKING_UNITS: Collection[Unit] = frozenset({Unit.WORKING_HOURS, Unit.WORKING_DAYS})
DAY_UNITS: Collection[Unit] = frozenset({Unit.WORKING_DAYS, Unit.CALENDAR_DAYS})


@dataclass(frozen=True, slots=True)
class Target:
    """How much time a promise allows.

    Hours may be fractions (0.05 is three minutes), days are whole. `count_from` is for working days, `roll`
    for calendar days. A statutory target cannot pause.
    """

    unit: Unit
    amount: int | float | Fraction
    count_from: CountFrom = CountFrom.NEXT_DAY
    roll: bool = False
    statutory: bool = False
    counts_working_time: bool = field(init=False, repr=False, compare=False)
    """Whether its time passes only while the calendar works."""
    amount_micros: int = field(init=False, repr=False, compare=False)
    """The amount of an hour unit in microseconds; 0 for days."""

    def __post_init__(self) -> None:
        hours = 0 if self.unit in DAY_UNITS else self.amount
        object.__setattr__(self, "counts_working_time", self.unit in WORKING_UNITS)
        object.__setattr__(self, "amount_micros", round(hours * HOUR))

    @classmethod
    def from_json(cls, document: Any, *, path: str = "") -> "Target":
        """Read the JSON form, lying at `path` of a larger document. Raises BadTarget, which names the
        field.
        """
        fields = Fields(document, path, BadTarget)
        unit = Unit(fields.one_of("unit", tuple(Unit)))
        amount: int | float
        if unit is Unit.WORKING_DAYS:
            amount = fields.whole("amount", least=1, most=MOST_DAYS)
        elif unit is Unit.CALENDAR_DAYS:
            amount = fields.whole("amount", least=0, most=MOST_DAYS)
        else:
            amount = fields.number("amount", above=0, most=MOST_HOURS)
            if round(amount * HOUR) == 0:
                raise BadTarget(fields.field("amount"), _("This is less than a microsecond; give a longer time."))
        count_from = CountFrom.NEXT_DAY
        if unit is Unit.WORKING_DAYS:
            count_from = CountFrom(fields.one_of("count_from", tuple(CountFrom), default=CountFrom.NEXT_DAY))
        roll = unit is Unit.CALENDAR_DAYS and fields.boolean("roll", default=False)
        statutory = fields.boolean("statutory", default=False)
        fields.finish()
        return cls(unit, amount, count_from, roll, statutory)

    @classmethod
    def agreed(cls, start: datetime, until: datetime) -> "Target":
        """A moment that people have agreed on, as the elapsed time from `start` up to it, to the microsecond.

        Raises BadTarget for a moment that is not after the start, or lies more than ten years ahead.
        """
        micros = to_micros(until) - to_micros(start)
        if not 0 < micros <= MOST_HOURS * HOUR:
            raise BadTarget("until", _("The agreed moment must lie ahead, and within ten years."))
        return cls(Unit.HOURS, Fraction(micros, HOUR))

    def longer(self, amount: int | float) -> "Target":
        """The same target with so many more of its units. The longest time a promise may take stays the limit."""
        most = MOST_DAYS if self.unit in DAY_UNITS else MOST_HOURS
        return replace(self, amount=min(self.amount + amount, most)) if amount else self

    def to_json(self) -> dict[str, Any]:
        """The JSON form, with only the fields that say something for this unit."""
        document: dict[str, Any] = {"unit": str(self.unit), "amount": self.amount}
        if self.unit is Unit.WORKING_DAYS:
            document["count_from"] = str(self.count_from)
        if self.unit is Unit.CALENDAR_DAYS:
            document["roll"] = self.roll
        if self.statutory:
            document["statutory"] = True
        return document


def due(calendar: Calendar, target: Target, start: datetime, pauses: Sequence[Pause] = ()) -> datetime:
    """The deadline (UTC): the first moment at which the promise is broken if it has not been kept.

    A pause that begins before the start counts from the start; pauses that overlap count once. Raises
    OutOfReach when the calendar never has so much working time, NaiveMoment for a moment without a time zone.
    """
    at = to_micros(start)
    if not pauses:
        return from_micros(due_micros(calendar, target, at))
    return from_micros(_moment_of(calendar, target, at, stops(at, pauses), whole(calendar, target, at)))


def points(
    calendar: Calendar,
    target: Target,
    start: datetime,
    pauses: Sequence[Pause],
    fractions: Iterable[Fraction],
) -> list[datetime]:
    """For each fraction (0 to 1) the moment (UTC) by which that part of the unpaused time to the deadline has
    passed.
    """
    at = to_micros(start)
    halts = stops(at, pauses)
    all_of_it = whole(calendar, target, at)
    parts = [math.ceil(all_of_it * fraction) for fraction in fractions]
    return [from_micros(_moment_of(calendar, target, at, halts, part)) for part in parts]


def after(calendar: Calendar, due_at: datetime, working_seconds: float) -> datetime:
    """The moment (UTC) by which so many working seconds have passed since the deadline."""
    return calendar.advance(due_at, working_seconds)


def remaining(calendar: Calendar, target: Target, moment: datetime, due_at: datetime) -> float:
    """The seconds that still count between a moment and the deadline: working seconds in the working
    units.
    """
    return progress(calendar, target, to_micros(moment), to_micros(due_at)) / SECOND


def is_provisional(calendar: Calendar, target: Target, due_at: datetime) -> bool:
    """Whether the deadline rests on days that are not listed yet, beyond the calendar's `covers_until`.

    Elapsed hours, and calendar days that do not roll, rest on no listed days.
    """
    by_calendar = target.counts_working_time or target.roll
    return by_calendar and not calendar.covers(due_at)


# --- in microseconds since the epoch ------------------------------------------------------------------------


def due_micros(calendar: Calendar, target: Target, at: int) -> int:
    """The deadline of a target that starts at `at` and never pauses."""
    if target.amount_micros:
        if target.counts_working_time:
            return calendar.advance_micros(at, target.amount_micros)
        return at + target.amount_micros
    ordinal = calendar.ordinal_micros(at)
    count = int(target.amount)
    if target.counts_working_time:
        if target.count_from is CountFrom.SAME_DAY and calendar.is_open_day_micros(at):
            count -= 1
        return calendar.working_day_end_micros(ordinal, count)
    last = ordinal + count
    return calendar.day_end_micros(calendar.working_ordinal(last) if target.roll else last)


def whole(calendar: Calendar, target: Target, at: int) -> int:
    """The unpaused time from the start `at` to the deadline, which no pause changes: what is left at p is
    left at r.
    """
    return target.amount_micros or progress(calendar, target, at, due_micros(calendar, target, at))


def progress(calendar: Calendar, target: Target, begin: int, end: int) -> int:
    """The time that counts for this target between two moments, pauses aside."""
    if target.counts_working_time:
        return calendar.measure_micros(begin, end)
    return max(0, end - begin)


def stops(at: int, pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    """The pauses after the start `at`, in order of time, each cut to what the ones before it left over."""
    halts = [(to_micros(begin), to_micros(resume)) for begin, resume in pauses]
    halts.sort()
    cut: list[tuple[int, int]] = []
    for begin, resume in halts:
        if resume > at:
            cut.append((max(at, begin), resume))
            at = resume
    return cut


def _moment_of(calendar: Calendar, target: Target, at: int, halts: list[tuple[int, int]], amount: int) -> int:
    """The first moment by which `amount` of unpaused time has passed since `at`."""
    for begin, resume in halts:
        passed = progress(calendar, target, at, begin)
        if amount <= passed:
            break
        amount -= passed
        at = resume
    return calendar.advance_micros(at, amount) if target.counts_working_time else at + amount


# --- files of cases -----------------------------------------------------------------------------------------

CASE_FRACTIONS: Mapping[str, Fraction] = {name: Fraction(name) for name in ("1/2", "4/5", "1/1")}
CASE_AFTER = "after_4_working_hours"


def evaluate_cases(document: Any) -> list[dict[str, Any]]:
    """Compute every case of a document `{calendars: {name: calendar}, cases: [...]}`.

    Each case names its calendar, start, target and pauses; answers it may carry already are ignored. What
    comes back has the same keys and all answers: `due`, `points` at 1/2, 4/5 and 1/1 of the unpaused time,
    and `after_4_working_hours`, as ISO 8601 in UTC. Raises EscalationError, which names the field.
    """
    fields = Fields(document, "", BadCases)
    calendars = {
        name: Calendar.from_json(form, path=below("calendars", name))
        for name, form in Fields(fields.required("calendars"), "calendars", BadCases).value.items()
    }
    cases = fields.required("cases")
    fields.finish()
    if not isinstance(cases, list):
        raise BadCases("cases", _("This must be a list of cases."))
    return [_evaluated(case, f"cases[{number}]", calendars) for number, case in enumerate(cases)]


def _evaluated(document: Any, path: str, calendars: Mapping[str, Calendar]) -> dict[str, Any]:
    fields = Fields(document, path, BadCases)
    name = fields.one_of("calendar", tuple(calendars))
    calendar = calendars[name]
    target = Target.from_json(fields.required("target"), path=fields.field("target"))
    start = _moment(fields.required("start"), fields.field("start"))
    pauses = list(_pauses(fields.get("pauses", []), fields.field("pauses")))
    for answer in ("due", "points", CASE_AFTER):
        fields.get(answer)
    fields.finish()
    try:
        end = due(calendar, target, start, pauses)
        on_the_way = points(calendar, target, start, pauses, CASE_FRACTIONS.values())
        later = after(calendar, end, 4 * 3600)
    except BadDocument:
        raise
    except EscalationError as error:
        raise BadCases(path, error.sentence) from None
    return {
        "calendar": name,
        "start": fields.value["start"],
        "target": fields.value["target"],
        "pauses": fields.value.get("pauses", []),
        "due": end.isoformat(),
        "points": {name: at.isoformat() for name, at in zip(CASE_FRACTIONS, on_the_way, strict=True)},
        CASE_AFTER: later.isoformat(),
    }


def _moment(value: Any, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadCases(path, _("This is not a moment; write for example 2026-02-13T09:00:00+08:00.")) from None
    if moment.tzinfo is None:
        raise BadCases(path, _("This moment has no time zone; add its offset, for example +08:00."))
    return moment


def _pauses(document: Any, path: str) -> Iterator[Pause]:
    if not isinstance(document, list):
        raise BadCases(path, _("This must be a list of pauses, each a begin and an end."))
    for number, pair in enumerate(document):
        place = f"{path}[{number}]"
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadCases(place, _("A pause is a begin and an end."))
        begin, end = _moment(pair[0], f"{place}[0]"), _moment(pair[1], f"{place}[1]")
        if end < begin:
            raise BadCases(place, _("The pause ends before it begins."))
        yield begin, end
