"""Closing by silence, for many complaints at once. The app that keeps deadlines decides which; this writes."""

from collections.abc import Sequence
from datetime import datetime

from complaints import events, lifecycle
from complaints.aftercare import CloseReason
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint


def state_last_date(complaint: Complaint, until: datetime) -> None:
    """The complainant of a held, answered complaint is told until when they can object."""
    complaint.objection_until = until
    complaint.save(update_fields=["objection_until"])


def close_silent(complaints: Sequence[Complaint], *, at: datetime) -> None:
    """Close held complaints whose stated date has passed without an objection: one statement, one event each.

    The caller holds every row and has judged it at that moment; here nothing is closed before its date.
    """
    acts = []
    for complaint in complaints:
        if complaint.objection_until is None or complaint.objection_until > at:
            raise ValueError(f"{complaint.reference} can still be objected to.")
        before = Status(complaint.status)
        complaint.status = lifecycle.after(before, Verb.CLOSE)
        complaint.closed_at, complaint.closed_because = at, CloseReason.SILENT
        data = {
            "before": str(before),
            "after": str(complaint.status),
            "reason": CloseReason.SILENT.value,
            "until": complaint.objection_until.isoformat(),
        }
        acts.append(events.Act(complaint, Verb.CLOSE, None, at, data))
    Complaint.objects.filter(pk__in=[complaint.pk for complaint in complaints]).update(
        status=Status.CLOSED, closed_at=at, closed_because=CloseReason.SILENT
    )
    events.record_many(acts)
