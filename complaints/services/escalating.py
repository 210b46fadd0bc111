"""The facts that deadlines put on complaints. Only the escalation app calls these; it decides, this writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from complaints.models import Complaint


@dataclass(frozen=True)
class Placement:
    """Where a held complaint stands from now on: its tier, who holds it, its priority, when it is due next."""

    complaint: Complaint
    tier: int
    holder_id: int | None
    priority: str
    due_at: datetime | None


def place(placements: Sequence[Placement]) -> None:
    """Write the facts of many held complaints with one statement, and onto the objects in hand."""
    changed = [p for p in placements if _differs(p)]
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_complaint AS c"
            " SET tier = p.tier, holder_id = p.holder_id, priority = p.priority, due_at = p.due_at"
            " FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::text[], %s::timestamptz[])"
            " AS p (id, tier, holder_id, priority, due_at) WHERE c.id = p.id",
            [
                [p.complaint.pk for p in changed],
                [p.tier for p in changed],
                [p.holder_id for p in changed],
                [str(p.priority) for p in changed],
                [p.due_at for p in changed],
            ],
        )
    for p in changed:
        p.complaint.tier, p.complaint.holder_id = p.tier, p.holder_id
        p.complaint.priority, p.complaint.due_at = p.priority, p.due_at


def _differs(p: Placement) -> bool:
    c = p.complaint
    return (c.tier, c.holder_id, c.priority, c.due_at) != (p.tier, p.holder_id, p.priority, p.due_at)
