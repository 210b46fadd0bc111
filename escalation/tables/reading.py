"""Reading a table from CSV text. Whatever is wrong is refused with its line. Pure."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from escalation.calendars import FIRST_YEAR, LAST_YEAR
from escalation.errors import BadTable
from escalation.tables.table import Row, Table

MOST_ROWS = 100_000
LONGEST_NAME = 200
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
