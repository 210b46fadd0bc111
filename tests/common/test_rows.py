"""Rows handed to PostgreSQL come out as they went in."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection

from accounts.models import Department
from common.rows import copy, fetch, instance, numbers, select, table
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


@pytest.mark.django_db
def test_rows_are_copied_into_a_table_unchanged():
    moment = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE copied ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        copy(
            "copied",
            COLUMNS,
            [
                (2**40, "退款 \\N “\t'\r\n\\. %s", moment, 0.1, True, '{"a": ["\\\\", null]}'),
                (1, Status.CLOSED, None, None, False, "{}"),
            ],
        )
        cursor.execute("SELECT id, word, at, left_over, yes, data->'a' FROM copied ORDER BY id DESC")
        found = cursor.fetchall()
    assert found[0] == (2**40, "退款 \\N “\t'\r\n\\. %s", moment, 0.1, True, '["\\\\", null]')
    assert found[1] == (1, "closed", None, None, False, None)


@pytest.mark.django_db
def test_a_text_that_postgresql_cannot_hold_is_refused_before_it_shifts_the_others():
    with pytest.raises(ValueError, match="NUL"):
        copy("copied", {"word": "text", "id": "bigint"}, [("a\0b", 1), ("c", 2)])


@pytest.mark.django_db
def test_numbers_are_looked_for_and_moments_come_back_in_utc():
    moment = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
    asked = "SELECT id, %s::timestamptz FROM generate_series(1, 9) AS id WHERE id = ANY(%s::bigint[])"
    assert fetch(asked, [moment, numbers({3, 2**40})]) == [(3, moment)]
    ((_id, read),) = fetch(asked, [moment, numbers([3])])
    assert read.tzinfo is UTC
    assert fetch(asked, [moment, numbers([])]) == []


@pytest.mark.django_db
def test_a_copy_that_breaks_a_rule_of_the_table_raises_what_an_insert_would():
    with pytest.raises(IntegrityError):
        copy("complaints_externalnumber", {"complaint_id": "bigint", "system": "text"}, [(1, "crm")])


def test_an_object_made_by_hand_is_a_stored_row_whose_other_fields_are_read_when_asked_for(head_office):
    made = instance(Department, {"id": head_office.pk, "code": "changed in hand"})
    assert made == head_office
    assert not made._state.adding
    assert made.get_deferred_fields() >= {"name", "parent_id"}
    assert made.name == "Head office"
    (read,) = select(Department, ("id", "code"), "code = ANY(%s)", [["head-office"]])
    assert (read.pk, read.code) == (head_office.pk, "head-office")
