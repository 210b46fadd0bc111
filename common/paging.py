"""Pages of long lists by the place in their order, not by counting rows.

`OFFSET` reads and throws away everything before the page, and shows a row twice when another is added meanwhile.
A cursor names the last row seen instead: every page costs the same, and new rows move nothing.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)

COUNTED_EXACTLY = 1_000
"""Up to this many rows the total is counted; beyond it the database's own estimate is told as such."""


@dataclass(frozen=True)
class Order:
    """By which moment a list is ordered; rows of the same moment by their id, in the same direction.

    With `nullable`, rows without that moment come last (ascending order only).
    """

    field: str
    descending: bool = False
    nullable: bool = False

    def terms(self, *, backwards: bool) -> list[Any]:
        """What `order_by` takes, or the reverse of it."""
        down = self.descending != backwards
        column = F(self.field)
        if not self.nullable:
            return [column.desc() if down else column.asc(), "-id" if down else "id"]
        return [
            column.desc(nulls_first=True) if down else column.asc(nulls_last=True),
            "-id" if down else "id",
        ]

    def beyond(self, at: datetime | None, row_id: int, *, backwards: bool) -> Q:
        """The rows after that place, or before it. Says the range of the column first: that is what an index uses."""
        down = self.descending != backwards
        if at is None:
            same = Q(**{f"{self.field}__isnull": True, f"id__{'lt' if down else 'gt'}": row_id})
            return same | Q(**{f"{self.field}__isnull": False}) if backwards else same
        operator = "lt" if down else "gt"
        place = Q(**{f"{self.field}__{operator}e": at}) & (
            Q(**{f"{self.field}__{operator}": at}) | Q(**{f"id__{operator}": row_id})
        )
        return place | Q(**{f"{self.field}__isnull": True}) if self.nullable and not backwards else place


@dataclass(frozen=True)
class Total:
    """How many rows there are in all; `estimated` when nobody counted to the end."""

    rows: int
    estimated: bool


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages on either side (empty where there is none)."""

    rows: list[Row]
    previous: str
    next: str


def page(rows: QuerySet[Row], *, order: Order, cursor: str = "", size: int = 50) -> Page[Row]:
    """The page that the cursor names. A cursor that cannot be read shows the first page: it is only a place."""
    place = _read(cursor)
    if place is None:
        return _first(rows, order, size)
    backwards, at, row_id = place
    found = list(
        rows.filter(order.beyond(at, row_id, backwards=backwards)).order_by(*order.terms(backwards=backwards))[
            : size + 1
        ]
    )
    more, found = len(found) > size, found[:size]
    if backwards:
        if not more:  # the beginning: show it whole, with what has come in since
            return _first(rows, order, size)
        found.reverse()
        return Page(found, _cursor(order, found[0], backwards=True), _cursor(order, found[-1], backwards=False))
    if not found:
        return _first(rows, order, size)
    return Page(
        found,
        _cursor(order, found[0], backwards=True),
        _cursor(order, found[-1], backwards=False) if more else "",
    )


def total(rows: QuerySet[Any]) -> Total:
    """Count up to `COUNTED_EXACTLY`; beyond it ask the planner, which knows without looking at every row."""
    counted = rows.order_by()[: COUNTED_EXACTLY + 1].count()
    if counted <= COUNTED_EXACTLY:
        return Total(counted, estimated=False)
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    guess = int(plan[0]["Plan"]["Plan Rows"])
    return Total(max(_two_digits(guess), COUNTED_EXACTLY), estimated=True)


def _first(rows: QuerySet[Row], order: Order, size: int) -> Page[Row]:
    found = list(rows.order_by(*order.terms(backwards=False))[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(found, "", _cursor(order, found[-1], backwards=False) if more else "")


def _two_digits(number: int) -> int:
    """An estimate must not look exact: 104,382 is told as 100,000."""
    unit = 10 ** max(len(str(number)) - 2, 0)
    return int(round(number / unit) * unit)


def _cursor(order: Order, row: Model, *, backwards: bool) -> str:
    at = getattr(row, order.field)
    place = [backwards, at.isoformat() if at else None, row.pk]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[bool, datetime | None, int] | None:
    try:
        backwards, at, row_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at) if at else None
        row_id = int(row_id)
        if not 0 < row_id < 2**63 or (moment is not None and moment.tzinfo is None):
            return None
        return bool(backwards), moment.astimezone(UTC) if moment else None, row_id
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return None
