"""Reading CSV files of strangers: what is wrong with one is said in a sentence, before anything is taken over."""

import csv
from collections.abc import Iterator
from pathlib import Path

from complaints.imports.cfpb import Cfpb
from complaints.imports.citizen_zh import CitizenZh
from complaints.imports.rows import Map, Row

MAPS: dict[str, Map] = {"cfpb": Cfpb(), "citizen_zh": CitizenZh()}
_MAX_CELL = 1_000_000  # characters


class BadFile(Exception):
    """The file as a whole cannot be read; the sentence says why and what to do."""


def read(path: Path, using: Map) -> list[tuple[int, Row]]:
    """The rows of a UTF-8 CSV file, each with the number of the line it ends on.

    Raises BadFile when the file cannot be opened, is not UTF-8, or lacks columns the map needs.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{path} is not UTF-8 (byte {error.start} does not fit). Save it as CSV in UTF-8 and import it again."
        ) from error
    csv.field_size_limit(_MAX_CELL)
    reader = csv.DictReader(text.splitlines(keepends=True), restkey="")
    try:
        missing = using.columns - set(reader.fieldnames or [])
        if missing:
            raise BadFile(
                f"{path} lacks these columns: {', '.join(sorted(missing))}. Is it the right file for this map?"
            )
        return list(_numbered(reader))
    except csv.Error as error:
        raise BadFile(f"{path}, line {reader.line_num}: {error}. Nothing was imported.") from error


def _numbered(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Row]]:
    for row in reader:
        yield reader.line_num, {column: value or "" for column, value in row.items() if column}
