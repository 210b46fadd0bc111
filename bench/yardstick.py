"""The yardstick of the engine: everything that a sweep writes, written by one plain SQL statement.

Nothing is decided here. Which rows are due, what fires, who holds the complaint next and what the letters say is taken
from what a real sweep has just done to a few hundred complaints of the same kind; the statement then writes the same
rows for all others: firings, clocks, complaints, events with the hashes of their chains, and digests. What it writes
passes `verify_events`.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.db import connection, models, transaction

from bench import filling, office
from complaints import verification
from complaints.events import spelt
from complaints.models import Event
from escalation.models import Clock, Firing
from escalation.services import sweep
from notifications.models import OutboxMessage

SAMPLE = 500
_OF_FIRINGS = {"clock_id": "clock", "due_at": "due_at", "fired_at": "%(now)s"}
_OF_DIGESTS = {"key": "'bench:' || min(clock)", "items": "jsonb_agg(jsonb_build_object('reference', reference))"}


def seconds_for(due: int) -> float:
    """Write the effects of so many due steps with one statement, on fresh rows, and say how long it took.

    Raises RuntimeError when it has written something else than a sweep writes.
    """
    office.clear()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_outboxmessage CASCADE")
    filling.add_overdue(SAMPLE)
    sweep.sweep()
    statement, constants = _statement()
    filling.add_overdue(due)
    office.settle()
    before = Firing.objects.count()
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        constants["now"] = cursor.fetchone()[0]
        cursor.execute(statement, constants)
    seconds = time.perf_counter() - began
    steps = Firing.objects.count() - before
    if steps != due:
        raise RuntimeError(f"The yardstick wrote {steps} firings where {due} were due.")
    if due <= 20_000 and (broken := next(verification.broken_chains(), None)):
        raise RuntimeError(f"The yardstick does not write what a sweep writes: {broken}")
    return seconds


def _statement() -> tuple[str, dict[str, Any]]:
    """The statement, made after the rows that a sweep wrote for one complaint of the sample."""
    constants: dict[str, Any] = {}
    firing = Firing.objects.latest("pk")
    clock = Clock.objects.get(pk=firing.clock_id)
    assert clock.wake_at is not None
    assert clock.due_at is not None
    breached, climbed = Event.objects.filter(complaint_id=clock.complaint_id, sequence__gte=2).order_by("sequence")
    told = OutboxMessage.objects.exclude(items=[]).latest("pk")
    constants |= {
        "apart": clock.wake_at - clock.due_at,
        "holder": firing.holder_after_id,
        "tier": firing.tier_after,
        "state": clock.state,
        "per_letter": len(told.items),
    }
    hash_of = "encode(sha256(convert_to({}, 'UTF8')), 'hex')"
    statement = f"""
    WITH due AS MATERIALIZED (
        SELECT k.id AS clock, k.complaint_id, k.due_at, c.reference, c.event_head, c.event_count,
            {_moment("k.due_at")} AS said_due, {_moment("%(now)s::timestamptz")} AS said_now,
            round(extract(epoch FROM %(now)s::timestamptz - k.due_at))::int AS late
        FROM escalation_clock AS k JOIN complaints_complaint AS c ON c.id = k.complaint_id
        WHERE k.wake_at <= %(now)s ORDER BY k.wake_at FOR NO KEY UPDATE OF c SKIP LOCKED
    ), breach AS MATERIALIZED (
        SELECT due.*, {_spelt(breached.data, "breach", constants)} AS breach FROM due
    ), breach_hash AS MATERIALIZED (
        SELECT breach.*, {hash_of.format(_content(breached, 1, "said_due", "breach", "event_head", constants))}
            AS breach_hash FROM breach
    ), climb AS MATERIALIZED (
        SELECT breach_hash.*, {_spelt(climbed.data, "climb", constants)} AS climb FROM breach_hash
    ), climb_hash AS MATERIALIZED (
        SELECT climb.*, {hash_of.format(_content(climbed, 2, "said_now", "climb", "breach_hash", constants))}
            AS climb_hash FROM climb
    ), ringing AS (
        UPDATE escalation_clock AS k SET state = %(state)s, breached_at = k.due_at, wake_at = k.due_at + %(apart)s,
            failures = 0, last_error = '' FROM due WHERE k.id = due.clock
    ), placed AS (
        UPDATE complaints_complaint AS c SET tier = %(tier)s, holder_id = %(holder)s, due_at = a.due_at,
            event_count = a.event_count + 2, event_head = a.climb_hash
        FROM climb_hash AS a WHERE c.id = a.complaint_id
    ), fired AS (
        {_insert(firing, _OF_FIRINGS, constants)} FROM due
    ), told AS (
        {_insert(told, _OF_DIGESTS, constants)}
        FROM (SELECT due.*, row_number() OVER (ORDER BY due_at) - 1 AS place FROM due) AS listed
        GROUP BY place / %(per_letter)s
    )
    INSERT INTO complaints_event (complaint_id, sequence, kind, actor_kind, occurred_at, recorded_at, data,
        previous_hash, hash)
    SELECT complaint_id, event_count + 1, 'breached', 'system', due_at, %(now)s::timestamptz, breach::jsonb,
        event_head, breach_hash FROM climb_hash
    UNION ALL
    SELECT complaint_id, event_count + 2, 'escalated', 'system', %(now)s::timestamptz, %(now)s::timestamptz,
        climb::jsonb, breach_hash, climb_hash FROM climb_hash
    """  # noqa: S608 - the names come from our own models, the values are parameters
    return statement, constants


def _moment(column: str) -> str:
    """A moment as Python writes it in ISO 8601, unless it lies on a whole second."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""


def _spelt(data: Mapping[str, Any], name: str, constants: dict[str, Any]) -> str:
    """An expression for the text of an event's data: what differs from clock to clock is put in, the rest is given."""
    varying = {"clock": "clock", "due_at": "'\"' || said_due || '\"'", "late": "late"}
    text = spelt({key: f"\0{key}\0" if key in varying else value for key, value in data.items()})
    parts = []
    for place, piece in enumerate(text.replace('"\\u0000', "\0").replace('\\u0000"', "\0").split("\0")):
        if place % 2:
            parts.append(varying[piece])
        else:
            constants[f"{name}_{place}"] = piece
            parts.append(f"%({name}_{place})s")
    return " || ".join(parts)


def _content(event: Event, place: int, at: str, data: str, before: str, constants: dict[str, Any]) -> str:
    """An expression for what an event's hash is made from (`complaints.events.content_hash`)."""
    constants[f"kind_{place}"] = f',"{event.kind}","{event.actor_kind}",null,"'
    return (
        f"'[\"' || reference || '\",' || event_count + {place} || %(kind_{place})s || {at} || '\",\"' || said_now"
        f" || '\",' || {data} || ',\"' || {before} || '\"]'"
    )


def _insert(row: models.Model, varying: Mapping[str, str], constants: dict[str, Any]) -> str:
    """INSERT … SELECT of a row like this one, with these columns computed."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    columns, values = [], []
    for field in fields:
        column = str(field.column)
        name = f"{row._meta.model_name}_{column}"
        columns.append(column)
        if column in varying:
            values.append(varying[column])
        else:
            constants[name] = field.get_db_prep_save(getattr(row, field.attname), connection)
            values.append(f"%({name})s")
    return f"INSERT INTO {row._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)}"
