"""The facts that deadlines put on complaints. Only the escalation app calls these; it decides, this writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from common.rows import table
from complaints import events
from complaints.models import Complaint


class Placement(NamedTuple):
    """Where a held complaint stands from now on: its tier, who holds it, its priority, when it is due next."""

    complaint: Complaint
    tier: int
    holder_id: int | None
    priority: str
    due_at: datetime | None


def place(placements: Sequence[Placement]) -> None:
    """Write the facts of many held complaints with one statement, and onto the objects in hand."""
    _write([placement for placement in placements if _differs(placement)])


def place_and_record(placements: Sequence[Placement], acts: Sequence[events.Act]) -> list[events.Occurrence]:
    """Write the facts of many held complaints and the events that say why. Each row is written once, not twice."""
    occurrences = events.chained(acts)
    heard_of = {act.complaint.id for act in acts}
    _write([placement for placement in placements if placement.complaint.id in heard_of or _differs(placement)])
    return events.publish(occurrences)


_COLUMNS = {
    "id": "bigint",
    "tier": "int",
    "holder_id": "bigint",
    "priority": "text",
    "due_at": "timestamptz",
    "event_count": "int",
    "event_head": "text",
}


def _write(placements: Sequence[Placement]) -> None:
    """Write facts and the tips of the chains of events as they are on the objects in hand."""
    if not placements:
        return
    given, rows = table(
        _COLUMNS,
        [
            (
                p.complaint.id,
                p.tier,
                p.holder_id,
                p.priority,
                p.due_at,
                p.complaint.event_count,
                p.complaint.event_head,
            )
            for p in placements
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_complaint AS c"  # noqa: S608 - only the names above
            " SET tier = p.tier, holder_id = p.holder_id, priority = p.priority, due_at = p.due_at,"
            f" event_count = p.event_count, event_head = p.event_head FROM {given} AS p WHERE c.id = p.id",
            [rows],
        )
    for p in placements:
        p.complaint.tier, p.complaint.holder_id = p.tier, p.holder_id
        p.complaint.priority, p.complaint.due_at = p.priority, p.due_at


def _differs(p: Placement) -> bool:
    c = p.complaint
    return (c.tier, c.holder_id, c.priority, c.due_at) != (p.tier, p.holder_id, p.priority, p.due_at)
