"""Tables of days off, as governments and packages publish them, laid onto a calendar. Pure.

A table is CSV text whose first line names its columns. Two forms are known by that line: one row for each day that
differs (a date, what it is, its name; without a column for what it is every row is a day off), or one row for every
day of the year (a date, and whether it is off). A column of countries makes several tables of one.

Laid onto a calendar, a day off closes its date, and a make-up working day gets the hours of an ordinary working day.
What the table says nothing special about stays as the calendar has it: an office keeps its own half days.

- `table.py`: a table, and which years it knows whole
- `reading.py`: reading one from CSV text
- `laying.py`: laying it onto a calendar, and what changes thereby
"""

from escalation.tables.laying import Change, Laid, Listed, Own, changes, lay
from escalation.tables.reading import looks_like_table, read
from escalation.tables.table import Row, Table, year_list

__all__ = [
    "Change",
    "Laid",
    "Listed",
    "Own",
    "Row",
    "Table",
    "changes",
    "lay",
    "looks_like_table",
    "read",
    "year_list",
]
