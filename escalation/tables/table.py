"""A table of days off, and which years it knows whole. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from escalation.calendars import FIRST_YEAR, LAST_YEAR
from escalation.errors import BadTable

SATURDAY = 5


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
