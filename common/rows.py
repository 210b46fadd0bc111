"""Many rows at once: into a statement, into a table, and out of an answer, as fast as Python can hand them over.

The driver writes arrays out element by element, and Django's ORM makes its objects field by field: for the thousands
of rows of a sweep that alone took half of its time. A statement takes its rows as one JSON text, spelt in C on the one
side and read in C on the other; a table that only grows takes them by COPY.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timezone
from typing import Any, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState

from common.iso import iso

M = TypeVar("M", bound=models.Model)

NULL = "\\N"
NOWHERE = "\0"
"""The one character that stands in no text of PostgreSQL."""


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
        _ENCODER.encode(list(rows)).decode(),
    )


def copy(into: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Add these rows to a table by COPY, in their order. Values are as for `table`, but `jsonb` is given as its text.

    Constraints and triggers of the table apply as they do to INSERT, and errors are raised as the same exceptions.
    """
    if not rows:
        return
    written = [_written(kind, values) for kind, values in zip(columns.values(), zip(*rows, strict=True), strict=True)]
    text = "".join([f"{line}\n" for line in map("\t".join, zip(*written, strict=True))])
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {into} ({', '.join(columns)}) FROM STDIN", io.BytesIO(text.encode()))


def fetch(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a hand-written statement. Numbers to look for are handed over as `numbers`."""
    with connection.cursor() as cursor:
        cursor.cursor.tzinfo_factory = timezone  # in C: Django's asks Python for each moment whether it is in UTC
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def numbers(given: Iterable[int]) -> str:
    """Whole numbers as one text for `ANY(%s::bigint[])`: the driver would write out each by itself."""
    return f"{{{','.join(map(str, given))}}}"


def select(model: type[M], attributes: Sequence[str], where: str, values: Sequence[Any]) -> list[M]:
    """Rows as objects that know these attributes, by hand-written conditions: for reading rows by the hundred."""
    names = ", ".join(attributes)  # of a field that points elsewhere the attribute has the column's name, too
    rows = fetch(f"SELECT {names} FROM {model._meta.db_table} WHERE {where}", values)  # noqa: S608 - ours
    return [instance(model, zip(attributes, row, strict=True)) for row in rows]


def instance(model: type[M], values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> M:
    """A row as an object of its model, as `Model.from_db` makes it, in a fifth of the time: by attribute name.

    Fields that are left out are read when they are asked for. No signal is sent; our models listen to none.
    """
    made = model.__new__(model)
    made.__dict__.update(values)
    state = made._state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return made


def _written(kind: str, values: Sequence[Any]) -> list[str]:
    """A column's values in the text form of COPY."""
    if kind == "timestamptz":
        return [NULL if value is None else iso(value) for value in values]
    if kind in {"text", "jsonb"}:
        spelt = iter(_escaped([value for value in values if value is not None]))
        return [NULL if value is None else next(spelt) for value in values]
    return [NULL if value is None else str(value) for value in values]


def _escaped(values: Sequence[str]) -> list[str]:
    """Texts as COPY reads them: all of them as one, which is many times as fast as each by itself."""
    whole = NOWHERE.join(values).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    escaped = whole.split(NOWHERE)
    if len(escaped) > len(values) > 0:
        raise ValueError("A text with the character NUL cannot stand in a row.")
    return escaped


def _unknown(value: Any) -> Any:
    raise TypeError(f"{value!r} cannot stand in a row.")


_ENCODER = msgspec.json.Encoder(enc_hook=_unknown)
