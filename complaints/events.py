"""Writing down what happened: one act, one event, chained by hashes; then the handlers hear of it."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from common.rows import table
from complaints.models import ActorKind, Complainant, Complaint, Event

Actor = User | Complainant | None
"""Who acts: a member of the staff, the complainant, or the system (None)."""


@dataclass(frozen=True)
class Act:
    """What is to be written down. `data` holds ids, codes and ISO moments only, never personal data."""

    complaint: Complaint
    kind: str
    by: Actor
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Occurrence:
    """What handlers are told: the held complaint and the event just written."""

    complaint: Complaint
    event: Event


# one spelling for all time: the hashes of old events are checked against it
_SPELLING = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)

Handler = Callable[[Sequence[Occurrence]], None]


def record(complaint: Complaint, *, kind: str, by: Actor, at: datetime, **data: Any) -> Event:
    """Write one event of a complaint whose row is held, and call the handlers in the same transaction.

    `at` is when it became true (aware). A handler that raises undoes the act.
    """
    return record_many([Act(complaint, kind, by, at, data)])[0].event


def record_many(acts: Sequence[Act]) -> list[Occurrence]:
    """Write the events of many held complaints with two statements, then call the handlers once with all.

    Several acts of one complaint must share one Complaint object: the chain's tip lives on it.
    """
    occurrences = chained(acts)
    _save_tips({act.complaint.pk: act.complaint for act in acts}.values())
    return publish(occurrences)


def chained(acts: Sequence[Act]) -> list[Occurrence]:
    """The events of these acts, chained onto their complaints' tips: on the objects in hand, nothing is written yet.

    For whoever writes the tips together with other columns; `publish` must follow in the same transaction.
    """
    recorded_at = timezone.now()
    return [Occurrence(act.complaint, _next_event(act, recorded_at)) for act in acts]


def publish(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Write the events with one statement, then tell the handlers. The tips must have been written."""
    _insert([occurrence.event for occurrence in occurrences])
    for handler in _handlers():
        handler(occurrences)
    return list(occurrences)


def content_hash(event: Event, reference: str) -> str:
    """The hash over everything the event says, and over the hash before it."""
    content = [
        reference,
        event.sequence,
        str(event.kind),
        str(event.actor_kind),
        event.actor_id,
        event.occurred_at.astimezone(UTC).isoformat(),
        event.recorded_at.astimezone(UTC).isoformat(),
        event.data,
        event.previous_hash,
    ]
    return hashlib.sha256(_SPELLING.encode(content).encode()).hexdigest()


def _next_event(act: Act, recorded_at: datetime) -> Event:
    complaint = act.complaint
    complaint.event_count += 1
    actor = act.by if isinstance(act.by, User) else None
    values = {
        "id": None,
        "complaint_id": complaint.pk,
        "sequence": complaint.event_count,
        "kind": str(act.kind),
        "actor_kind": _actor_kind(act.by).value,
        "actor_id": actor.pk if actor else None,
        "occurred_at": act.at,
        "recorded_at": recorded_at,
        "data": dict(act.data),
        "previous_hash": complaint.event_head,
        "hash": "",
    }
    # made as rows are when they are read: Django's ordinary way takes three times as long, and a sweep makes thousands
    event = Event.from_db(connection.alias, _FIELDS, [values[name] for name in _FIELDS])
    event.hash = complaint.event_head = content_hash(event, complaint.reference)
    return event


def _actor_kind(by: Actor) -> ActorKind:
    if isinstance(by, User):
        return ActorKind.STAFF
    return ActorKind.COMPLAINANT if isinstance(by, Complainant) else ActorKind.SYSTEM


_FIELDS = [field.attname for field in Event._meta.concrete_fields]

_COLUMNS = {
    "complaint_id": "bigint",
    "sequence": "int",
    "kind": "text",
    "actor_kind": "text",
    "actor_id": "bigint",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "data": "jsonb",
    "previous_hash": "text",
    "hash": "text",
}


def _insert(events: Sequence[Event]) -> None:
    """Write the events in their order. By hand: a sweep writes thousands, and the ORM would take most of its time."""
    names = ", ".join(_COLUMNS)
    values = attrgetter(*_COLUMNS)
    given, rows = table(_COLUMNS, [values(event) for event in events])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO complaints_event ({names}) SELECT {names} FROM {given} AS e RETURNING id",  # noqa: S608 - ours
            [rows],
        )
        for event, (pk,) in zip(events, cursor.fetchall(), strict=True):
            event.pk = pk


def _save_tips(complaints: Collection[Complaint]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_complaint AS c SET event_count = tip.event_count, event_head = tip.event_head"
            " FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS tip (id, event_count, event_head)"
            " WHERE c.id = tip.id",
            [
                [complaint.pk for complaint in complaints],
                [complaint.event_count for complaint in complaints],
                [complaint.event_head for complaint in complaints],
            ],
        )


@cache
def _handler(path: str) -> Handler:
    handler: Handler = import_string(path)
    return handler


def _handlers() -> list[Handler]:
    return [_handler(path) for path in settings.COMPLAINT_EVENT_HANDLERS]
