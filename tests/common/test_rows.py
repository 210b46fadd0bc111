"""Rows handed to PostgreSQL as one JSON text come out as they went in."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from common.rows import table
from complaints.lifecycle import Status

COLUMNS = {
    "id": "bigint",
    "word": "text",
    "at": "timestamptz",
    "left_over": "float8",
    "yes": "boolean",
    "data": "jsonb",
}


@pytest.mark.django_db
def test_rows_come_out_in_their_order_and_unchanged():
    moment = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
    rows = [
        (2**40, "退款 “'\\ %s", moment, 0.1, True, {"a": [1, None]}),
        (1, Status.CLOSED, None, None, False, {}),
    ]
    given, text = table(COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, word, at, left_over, yes, data->'a' FROM {given} AS g", [text])
        found = cursor.fetchall()
    assert found[0][:5] == rows[0][:5]
    assert found[0][5] == "[1, null]"
    assert found[1] == (1, "closed", None, None, False, None)


def test_what_json_does_not_know_is_refused():
    with pytest.raises(TypeError, match="cannot stand in a row"):
        table({"id": "bigint"}, [(object(),)])
