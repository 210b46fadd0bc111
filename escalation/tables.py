"""Tables of days off, as governments and packages publish them, laid onto a calendar. Pure.

A table is CSV text whose first line names its columns. Two forms are known by that line: one row for each day that
differs (a date, what it is, its name; without a column for what it is every row is a day off), or one row for every
day of the year (a date, and whether it is off). A column of countries makes several tables of one.

Laid onto a calendar, a day off closes its date, and a make-up working day gets the hours of an ordinary working day.
What the table says nothing special about stays as the calendar has it: an office keeps its own half days.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.calendars import FIRST_YEAR, LAST_YEAR, WEEKDAYS, Calendar, Span
from escalation.errors import BadTable

MOST_ROWS = 100_000
LONGEST_NAME = 200
SATURDAY = 5
JOINT = " / "

DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|([0-9]{2})([0-9]{2}))", re.ASCII
)

COLUMNS: Mapping[str, Collection[str]] = {
    role: names.split()
    for role, names in {
        "date": "date day 日期 西元日期 西元",
        "kind": "kind type 類型 类型 類別 类别",
        "is_off": "is_off is_holiday isholiday off 是否放假 是否休假",
        "name": "name holiday note reason description 名稱 名称 備註 备注 說明 说明 節日 节日",
        "country": "country country_code region 國家 国家 地區 地区",
    }.items()
}
"""The columns that are understood, and the names they go by. Others are passed over."""

OFF_KINDS = frozenset(("holiday", "public_holiday", "off", "day_off", "closed", "假日", "放假", "休假", "休"))
WORK_KINDS = frozenset(
    ("makeup_workday", "make_up", "makeup", "workday", "working_day", "work", "補班", "补班", "上班")
)
OFF_FLAGS = frozenset(("2", "1", "true", "yes", "y", "是"))
"""The office calendar of Taiwan writes 2 for a day off and 0 for a working day."""
WORK_FLAGS = frozenset(("0", "false", "no", "n", "否"))


@dataclass(frozen=True, slots=True)
class Row:
    """A date of a table: off, or worked. `line` is where it stands in the file."""

    line: int
    on: date
    is_off: bool
    name: str = ""
    country: str = ""


@dataclass(frozen=True)
class Table:
    """The dates of one country in order, each once."""

    rows: Sequence[Row]
    country: str = ""

    @property
    def years(self) -> list[int]:
        """The years of which the table names any day."""
        return sorted({row.on.year for row in self.rows})

    @property
    def names_every_day(self) -> bool:
        """Whether ordinary days are among its rows: then most of them say no more than that the week goes on."""
        return _has_ordinary_days(self.rows)

    @property
    def complete_years(self) -> list[int]:
        """The years that the table knows whole: it names every day, or days off before July and after June.

        A list of days off cannot say that nothing is missing; one that breaks off in spring has not been finished.
        """
        return [year for year in self.years if _is_complete([row for row in self.rows if row.on.year == year])]

    def of_years(self, first: int | None, last: int | None) -> "Table":
        """The same table cut to these years, both included; None leaves that side open. Raises BadTable if nothing
        is left.
        """
        rows = [row for row in self.rows if (first or FIRST_YEAR) <= row.on.year <= (last or LAST_YEAR)]
        if not rows:
            raise BadTable(
                _("years"),
                _("The table has no day of these years; it has: %(years)s.") % {"years": year_list(self.years)},
            )
        return replace(self, rows=rows)


def _is_complete(rows: Sequence[Row]) -> bool:
    year = rows[0].on.year
    if _has_ordinary_days(rows):
        return len(rows) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    months = {row.on.month for row in rows if row.is_off}
    return min(months, default=12) <= 6 < max(months, default=1)


def _has_ordinary_days(rows: Iterable[Row]) -> bool:
    return any(not row.is_off and row.on.weekday() < SATURDAY for row in rows)


def year_list(years: Sequence[int]) -> str:
    """Years in words, those that follow one another as one stretch: "2019–2020, 2022"."""
    stretches: list[list[int]] = []
    for year in years:
        if stretches and stretches[-1][-1] == year - 1:
            stretches[-1].append(year)
        else:
            stretches.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in stretches)


# --- reading ------------------------------------------------------------------------------------------------


def looks_like_table(text: str) -> bool:
    """Whether the first line names the columns of a table."""
    return _columns(text) is not None


def read(text: str, *, country: str = "") -> Table:
    """Read a table; of several countries the one named. Raises BadTable, which names the line and what to do."""
    rows = list(_rows(text))
    if not rows:
        raise BadTable(_("line %(line)d") % {"line": 1}, _("Below this line there are no days; add a line for each."))
    return Table(_each_date_once(_of_country(rows, country)), country.strip().upper())


def _columns(text: str) -> tuple[str, dict[str, int]] | None:
    """The delimiter and the place of each column that is understood; None when there is no date, or nothing beside."""
    first = io.StringIO(text.lstrip("\ufeff"), newline="").readline()
    for delimiter in (",", ";", "\t"):
        titles = [title.strip().strip('"').strip().casefold() for title in first.split(delimiter)]
        found = {
            role: place
            for role, names in COLUMNS.items()
            for place, title in reversed(list(enumerate(titles)))
            if title in names
        }
        if "date" in found and len(found) > 1:
            return delimiter, found
    return None


def _rows(text: str) -> Iterator[Row]:
    known = _columns(text)
    if known is None:
        raise BadTable(
            _("line %(line)d") % {"line": 1},
            _(
                "This must be a line of column names: “date”, and “kind” (holiday or makeup_workday), “是否放假” or "
                "“name”; with “country” if there are several. Separate them by commas."
            ),
        )
    delimiter, columns = known
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:
            place = _("line %(line)d") % {"line": lines.line_num}
            raise BadTable(place, _("A quotation mark is not closed, or stands amid a text; put it right.")) from None
        if lines.line_num == 1 or not any(cell.strip() for cell in cells):
            continue
        if lines.line_num > MOST_ROWS:
            raise BadTable(
                _("line %(line)d") % {"line": lines.line_num},
                _("The table is too long; cut it to the years you need."),
            )
        yield _row(lines.line_num, cells, columns)


def _row(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> Row:
    place = _("line %(line)d") % {"line": line}
    said = {role: cells[at].strip() if at < len(cells) else "" for role, at in columns.items()}
    name = said.get("name", "")
    if "\x00" in name or len(name) > LONGEST_NAME:
        raise BadTable(
            place, _("The name is no text of at most %(most)d characters; shorten it.") % {"most": LONGEST_NAME}
        )
    if "country" in columns and not said["country"]:
        raise BadTable(place, _("The country is missing; write its code."))
    return Row(line, _date(said["date"], place), _is_off(said, place), name, said.get("country", "").upper())


def _date(written: str, place: str) -> date:
    found = DATE.fullmatch(written)
    try:
        if not found:
            raise ValueError
        on = date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:
        raise BadTable(
            place,
            _("“%(text)s” is not a date; write year, month and day, for example 2026-02-14 or 20260214.")
            % {"text": written[:40]},
        ) from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise BadTable(
            place, _("Calendars cover the years %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return on


def _is_off(said: Mapping[str, str], place: str) -> bool:
    for role, off, work in (("kind", OFF_KINDS, WORK_KINDS), ("is_off", OFF_FLAGS, WORK_FLAGS)):
        if role not in said:
            continue
        word = said[role].casefold().replace(" ", "_").replace("-", "_")
        if word in off:
            return True
        if word in work:
            return False
        choices = ("holiday", "makeup_workday") if role == "kind" else ("2", "0")
        raise BadTable(
            place,
            _("“%(text)s” says neither off nor worked; write %(off)s for a day off, %(work)s for a working day.")
            % {"text": said[role][:40], "off": choices[0], "work": choices[1]},
        )
    return True


def _of_country(rows: Sequence[Row], country: str) -> list[Row]:
    countries = sorted({row.country for row in rows})
    wanted = country.strip().upper()
    if not wanted:
        if len(countries) > 1:
            raise BadTable(
                _("country"),
                _("The table has several; choose one of: %(countries)s.") % {"countries": ", ".join(countries)},
            )
        return list(rows)
    if countries == [""]:
        raise BadTable(_("country"), _("The table has no column “country”; leave the choice of a country out."))
    if wanted not in countries:
        raise BadTable(
            _("country"),
            _("The table has no “%(country)s”; choose one of: %(countries)s.")
            % {"country": wanted, "countries": ", ".join(countries)},
        )
    return [row for row in rows if row.country == wanted]


def _each_date_once(rows: Iterable[Row]) -> list[Row]:
    """The rows in order of date. Two names of one day off are joined; off and worked at once is refused."""
    found: dict[date, Row] = {}
    for row in rows:
        before = found.get(row.on)
        if before is not None and before.is_off != row.is_off:
            raise BadTable(
                _("line %(line)d") % {"line": row.line},
                _("%(day)s is a day off and a working day at once, see line %(other)d; take one of them out.")
                % {"day": row.on.isoformat(), "other": before.line},
            )
        names = before.name.split(JOINT) if before and before.name else []
        if row.name and row.name not in names:
            names.append(row.name)
        found[row.on] = replace(before or row, name=JOINT.join(names))
    return [found[on] for on in sorted(found)]


# --- laying it onto a calendar ------------------------------------------------------------------------------


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
