"""Laying a table onto a calendar, and what the calendar will then say differently. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.calendars import WEEKDAYS, Calendar, Span
from escalation.errors import BadTable
from escalation.tables.table import SATURDAY, Row, Table


class Own(TextChoices):
    """What becomes of the days that the calendar lists in the table's years and the table says nothing special of."""

    KEEP = "keep", gettext_lazy("Keep them")
    DROP = "drop", gettext_lazy("Drop them: these years go by the table alone")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a calendar says of a date: its working spans, and its reason if it has one."""

    spans: tuple[Span, ...]
    note: str = ""

    @property
    def hours(self) -> str:
        """The spans as people write them: "09:00–12:00, 13:00–18:00"; empty when closed."""
        return ", ".join("–".join(f"{at // 60:02}:{at % 60:02}" for at in span) for span in self.spans)


@dataclass(frozen=True, slots=True)
class Change:
    """A date of which the calendar will say something else."""

    on: date
    before: Listed
    after: Listed

    @property
    def opens(self) -> bool:
        """Whether a closed date becomes a working day."""
        return not self.before.spans and bool(self.after.spans)

    @property
    def closes(self) -> bool:
        """Whether a working day is closed."""
        return bool(self.before.spans) and not self.after.spans


@dataclass(frozen=True)
class Laid:
    """A calendar with a table laid onto it.

    `own` are the calendar's own days in these years that were kept. `missing` are the years that the table leaves
    out between years it has.
    """

    calendar: Calendar
    changes: Sequence[Change]
    own: Mapping[date, Listed]
    years: Sequence[int]
    missing: Sequence[int] = field(default_factory=list)


def lay(
    table: Table,
    calendar: Calendar,
    *,
    today: date,
    own: Own = Own.KEEP,
    make_up: str = "",
    covers_until: date | None = None,
) -> Laid:
    """The calendar with the days of the table.

    `make_up` is the weekday (`mon` to `sun`) whose hours a make-up working day has; without it the usual working
    day's. `covers_until` moves to the last day of the last year in a row that the table knows whole, counted from
    the first year not covered yet, or this one; or to the date given. Raises BadTable for a weekday without hours.
    """
    hours = _make_up_hours(calendar, make_up)
    years = set(table.years)
    days, notes = dict(calendar.days), dict(calendar.notes)
    every_day = table.names_every_day
    rows = [row for row in table.rows if not (every_day and _is_ordinary(row))]
    mentioned = {row.on: listed for row in rows if (listed := _special(row, calendar, hours)) is not None}
    kept = {
        on: Listed(spans, notes.get(on, ""))
        for on, spans in sorted(days.items())
        if on.year in years and on not in mentioned and own is Own.KEEP
    }
    for on in [on for on in days if on.year in years and on not in kept]:
        before = days.pop(on)
        notes.pop(on, None)
        if own is Own.KEEP and before and on in mentioned and mentioned[on].spans:
            mentioned[on] = replace(mentioned[on], spans=before)  # the office's own hours of a make-up day
    for on, listed in mentioned.items():
        days[on] = listed.spans
        if listed.note:
            notes[on] = listed.note
    until = covers_until or _reach(table.complete_years, calendar.covers_until, today)
    laid = replace(calendar, days=dict(sorted(days.items())), notes=dict(sorted(notes.items())), covers_until=until)
    return Laid(
        calendar=laid,
        changes=changes(calendar, laid),
        own=kept,
        years=sorted(years),
        missing=[year for year in range(min(years), max(years)) if year not in years],
    )


def changes(before: Calendar, after: Calendar) -> list[Change]:
    """The dates of which two versions of a calendar list something different, in order."""
    found = []
    for on in sorted({*before.days, *after.days}):
        old, new = (Listed(one.spans_on(on), one.notes.get(on, "")) for one in (before, after))
        if old != new:
            found.append(Change(on, old, new))
    return found


def _is_ordinary(row: Row) -> bool:
    """Whether a day is worked, or off without a name, as any week from Monday to Friday has it. An office that opens
    on Saturdays or closes on Mondays does so all the same.
    """
    weekend = row.on.weekday() >= SATURDAY
    return row.is_off == weekend and not (row.is_off and row.name)


def _special(row: Row, calendar: Calendar, hours: tuple[Span, ...]) -> Listed | None:
    """What the row says beyond the usual week; None if nothing. The name of an ordinary working day is none of a
    calendar's business, that of a day off is its reason.
    """
    usual = calendar.week[row.on.weekday()]
    if row.is_off:
        return Listed((), row.name) if usual or row.name else None
    return None if usual else Listed(hours, row.name)


def _make_up_hours(calendar: Calendar, weekday: str) -> tuple[Span, ...]:
    if weekday:
        spans = calendar.week[WEEKDAYS.index(weekday)]
        if not spans:
            raise BadTable(
                _("make-up working days"),
                _("The calendar does not work on that weekday; choose one on which it does."),
            )
        return spans
    most_common: tuple[Span, ...] = Counter(spans for spans in calendar.week if spans).most_common(1)[0][0]
    return most_common


def _reach(complete: Sequence[int], until: date | None, today: date) -> date | None:
    """How far the listed days reach now. A year that is missing from this one on stops it; the past is past."""
    if not complete:
        return until
    year = max(today.year, (until + timedelta(days=1)).year) if until else today.year
    reached = until or date(min(complete[-1], today.year - 1), 12, 31)
    while year in complete:
        reached = date(year, 12, 31)
        year += 1
    return reached
