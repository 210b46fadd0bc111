"""Writing down what happened: one act, one event, chained by hashes; then the handlers hear of it."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from common.iso import iso
from common.rows import copy, instance
from complaints.models import ActorKind, Complainant, Complaint, Event

Actor = User | Complainant | None
"""Who acts: a member of the staff, the complainant, or the system (None)."""


class Act(NamedTuple):
    """What is to be written down. `data` holds ids, codes and ISO moments only, never personal data."""

    complaint: Complaint
    kind: str
    by: Actor
    at: datetime
    data: Mapping[str, Any] = MappingProxyType({})


class Occurrence(NamedTuple):
    """What handlers are told: the held complaint and the event just written."""

    complaint: Complaint
    event: Event
    spelling: str = ""
    """The event's data as its hash was made from it; it is not spelt a second time to be written."""


_SPELLING = msgspec.json.Encoder(order="deterministic")


def spelt(data: Mapping[str, Any]) -> str:
    """The data of an event as JSON: keys in order, no spaces, in the characters themselves. One spelling for all time:
    the hashes of old events are checked against it.
    """
    return _SPELLING.encode(data).decode()


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
    return [_occurrence(act, recorded_at) for act in acts]


def publish(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Write the events, then tell the handlers. The tips must have been written."""
    _insert(occurrences)
    for handler in _handlers():
        handler(occurrences)
    return list(occurrences)


def content_hash(event: Event, reference: str) -> str:
    """The hash over everything the event says, and over the hash before it."""
    return _hash(event, reference, spelt(event.data))


def _hash(event: Event, reference: str, spelling: str) -> str:
    """The hash over a JSON list: what stands in the columns, then `spelling` of the data, then the hash before.

    References, kinds and moments hold nothing that JSON would spell otherwise, so the list is put together by hand.
    """
    actor = "null" if event.actor_id is None else event.actor_id
    content = (
        f'["{reference}",{event.sequence},"{event.kind}","{event.actor_kind}",{actor},"{iso(event.occurred_at)}",'
        f'"{iso(event.recorded_at)}",{spelling},"{event.previous_hash}"]'
    )
    return hashlib.sha256(content.encode()).hexdigest()


def _occurrence(act: Act, recorded_at: datetime) -> Occurrence:
    complaint = act.complaint
    complaint.event_count += 1
    data = dict(act.data)
    event = instance(
        Event,
        {
            "id": None,
            "complaint_id": complaint.id,
            "sequence": complaint.event_count,
            "kind": str(act.kind),
            "actor_kind": _actor_kind(act.by).value,
            "actor_id": act.by.pk if isinstance(act.by, User) else None,
            "occurred_at": act.at,
            "recorded_at": recorded_at,
            "data": data,
            "previous_hash": complaint.event_head,
        },
    )
    spelling = spelt(data)
    event.hash = complaint.event_head = _hash(event, complaint.reference, spelling)
    return Occurrence(complaint, event, spelling)


def _actor_kind(by: Actor) -> ActorKind:
    if isinstance(by, User):
        return ActorKind.STAFF
    return ActorKind.COMPLAINANT if isinstance(by, Complainant) else ActorKind.SYSTEM


_COLUMNS = {
    "id": "bigint",
    "complaint_id": "bigint",
    "sequence": "int",
    "kind": "text",
    "actor_kind": "text",
    "actor_id": "bigint",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "previous_hash": "text",
    "hash": "text",
}


def _insert(occurrences: Sequence[Occurrence]) -> None:
    """Write the events in their order. By COPY: a sweep writes thousands, and the ORM would take most of its time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('complaints_event_id_seq') FROM generate_series(1, %s)", [len(occurrences)])
        for occurrence, (pk,) in zip(occurrences, cursor.fetchall(), strict=True):
            occurrence.event.id = pk
    values = itemgetter(*_COLUMNS)
    copy(
        "complaints_event",
        {**_COLUMNS, "data": "jsonb"},
        [(*values(vars(occurrence.event)), occurrence.spelling) for occurrence in occurrences],
    )


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
