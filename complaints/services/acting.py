"""What the acts share: a complaint held for an act, and taking it where the act leads."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint


def held_for(complaint_id: int, by: User, verb: Verb) -> Complaint:
    """Hold the complaint, always first, and ask both questions: may this person, and is it possible now?

    Raises NotAllowed, IllegalMove.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check(by, verb, complaint)
    lifecycle.after(Status(complaint.status), verb)
    return complaint


def move(
    complaint: Complaint,
    verb: Verb,
    by: events.Actor,
    *,
    fields: Sequence[str] = (),
    owing: bool = False,
    **data: Any,
) -> Complaint:
    """Take the held complaint where the verb leads, and write the one event of the act."""
    before = Status(complaint.status)
    complaint.status = lifecycle.after(before, verb, owing=owing)
    complaint.save(update_fields=["status", *fields])
    events.record(
        complaint, kind=verb, by=by, at=timezone.now(), before=str(before), after=str(complaint.status), **data
    )
    return complaint
