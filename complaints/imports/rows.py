"""What a map makes of one row of a file. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from complaints.services.intake import Registration
from complaints.vocabulary import Outcome

Row = dict[str, str]


class BadRow(Exception):
    """This row cannot be taken over; the sentence says why."""


@dataclass(frozen=True)
class PastAnswer:
    """An answer that was given before the complaint was taken over. `told_at` is aware."""

    told_at: datetime
    outcome: Outcome
    reasons: str
    message: str


@dataclass(frozen=True)
class PastComplaint:
    """A complaint of another system; `number` is what that system calls it."""

    number: str
    registration: Registration
    answer: PastAnswer | None


class Map(Protocol):
    """How one kind of file is to be read."""

    system: str
    """The name under which the other system's numbers are kept."""

    columns: frozenset[str]
    """The columns without which the file is not of this kind."""

    def read(self, row: Row) -> PastComplaint:
        """What the row says. Raises BadRow."""
        ...


def required(row: Row, column: str) -> str:
    """The cell, which may not be empty. Raises BadRow."""
    value = (row.get(column) or "").strip()
    if not value:
        raise BadRow(f"{column} is empty")
    return value


def shortened(text: str, length: int) -> str:
    """The text, cut with an ellipsis when it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
