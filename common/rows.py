"""Many rows in one statement: handed to PostgreSQL as one JSON text, which it takes apart by itself.

The driver writes arrays out element by element; for the thousands of rows of a sweep that alone took a third of its
time. JSON is spelt in C on the one side and read in C on the other.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any


def table(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> tuple[str, str]:
    """A table of these rows, in their order, to stand after FROM, and the one parameter that it takes.

    `columns` gives the PostgreSQL type of each value of a row. Values are what JSON knows, aware moments, and for
    `jsonb` columns anything made of these.
    """
    picked = ", ".join(
        f"r -> {place} AS {name}" if kind == "jsonb" else f"(r ->> {place})::{kind} AS {name}"
        for place, (name, kind) in enumerate(columns.items())
    )
    return (
        f"(SELECT {picked} FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS given (r, place)"  # noqa: S608 - ours
        " ORDER BY place)",
        _ENCODER.encode(list(rows)),
    )


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot stand in a row.")


# rows are flat: nothing in them can contain itself
_ENCODER = json.JSONEncoder(default=_plain, separators=(",", ":"), check_circular=False)
