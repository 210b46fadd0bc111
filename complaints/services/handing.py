"""A held complaint changes hands by itself: opened again, transferred after it has climbed, or taken further."""

from typing import Any

from django.utils import timezone

from complaints import circles, succession
from complaints.conflicts import Concerned
from complaints.models import CirclePlace, Complaint
from complaints.transferring import OPEN, TransferState


def hand_on(complaint: Complaint, concerned: Concerned) -> dict[str, Any]:
    """Put it into the hands of whoever takes it now, other than those whom it concerns; says what the event tells of
    it. The caller holds the complaint, and saves it.

    Those concerned leave the circle of a restricted one, and where only an administrator is left somebody of the
    circle takes it: it is never in nobody's hands, for nobody else would see it.
    """
    before, successor = complaint.holder_id, succession.next_holder(complaint, concerned)
    complaint.holder_id = successor.holder_id
    if complaint.restriction:
        _leave(complaint, concerned)
        complaint.holder_id = successor.holder_id or _of_the_circle(complaint, before) or successor.last_resort
    return {
        "holder_before": before,
        "holder": complaint.holder_id,
        "passed_over": list(successor.passed_over),
        "unmanned": successor.unmanned,
    }


def put_down(complaint: Complaint) -> dict[str, Any]:
    """Leave it to whoever takes it; says what the event tells of it. The caller holds the complaint, and saves it."""
    before, complaint.holder = complaint.holder_id, None
    return {"holder_before": before, "holder": None}


def call_off_transfer(complaint: Complaint) -> dict[str, Any]:
    """Call the open transfer of a held complaint off, which ends or is restricted; what the event tells of it."""
    waiting = complaint.transfers.filter(state__in=sorted(OPEN)).first()
    if waiting is None:
        return {}
    waiting.state = TransferState.CALLED_OFF
    waiting.save(update_fields=["state"])
    return {"transfer_called_off": waiting.number}


def _leave(complaint: Complaint, concerned: Concerned) -> None:
    places = CirclePlace.objects.filter(complaint=complaint, user__in=list(concerned), left_at=None)
    places.update(left_at=timezone.now())


def _of_the_circle(complaint: Complaint, before: int | None) -> int | None:
    """Whoever held it, or has been in its circle for longest."""
    inside = circles.members(complaint)
    return before if before in inside else next(iter(inside), None)
