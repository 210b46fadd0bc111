"""A held complaint changes hands by itself: opened again, transferred after it has climbed, or taken further."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from complaints import circles, conflicts, events, selectors, succession
from complaints.conflicts import Concerned
from complaints.lifecycle import Verb
from complaints.models import CirclePlace, Complaint, Subject
from complaints.selectors.upgrades import going_further
from complaints.succession import Successor
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
        leave_circle(complaint, concerned)
        complaint.holder_id = successor.holder_id or _of_the_circle(complaint, before) or successor.last_resort
    return _told(complaint, before, successor)


def hand_up(complaint: Complaint, concerned: Concerned) -> dict[str, Any]:
    """The same for what was taken further: where nobody of any tier is left the administrator takes it who takes what
    must not be in nobody's hands. The event says so, which is an alarm.
    """
    if complaint.restriction:
        return hand_on(complaint, concerned)
    before, successor = complaint.holder_id, succession.next_holder(complaint, concerned)
    complaint.holder_id = successor.holder_id or successor.last_resort
    return _told(complaint, before, successor)


def _told(complaint: Complaint, before: int | None, successor: Successor) -> dict[str, Any]:
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


def take_along(complaint: Complaint, into: Complaint) -> None:
    """Of two held complaints that become one: the people of the staff whom the first is about the second is about as
    well, because a conflict of interest must not get lost. Where that concerns whoever holds it, or an upgrade of
    it, that changes hands.
    """
    about = complaint.subjects.exclude(user=None).exclude(user__in=into.subjects.exclude(user=None).values("user"))
    Subject.objects.bulk_create(
        Subject(complaint=into, kind=each.kind, name=each.name, reference=each.reference, user_id=each.user_id)
        for each in about
    )
    leave_all_to_others(into)


def leave_all_to_others(complaint: Complaint) -> None:
    """Let a held complaint, and the upgrades of it, change hands where they concern whoever holds them now."""
    for one in (complaint, *selectors.locked_all(going_further(complaint))):
        concerned = conflicts.concerned(one)
        if one.holder_id in concerned:
            record(one, hand_on(one, concerned), at=timezone.now())
        elif one.restriction:
            leave_circle(one, [person for person, concern in concerned.items() if concern in conflicts.RESPONDENTS])


def record(complaint: Complaint, handed: Mapping[str, Any], *, at: datetime) -> None:
    """Keep whose hands a held complaint came into by itself, and write the event of it; nothing where none changed."""
    if handed["holder"] == handed["holder_before"]:
        return
    complaint.save(update_fields=["holder"])
    status = str(complaint.status)
    events.record(complaint, kind=Verb.ASSIGN, by=None, at=at, before=status, after=status, **handed)


def leave_circle(complaint: Complaint, concerned: Collection[int]) -> None:
    """End the places of those whom a held complaint concerns in its circle, if it has one."""
    places = CirclePlace.objects.filter(complaint=complaint, user__in=list(concerned), left_at=None)
    places.update(left_at=timezone.now())


def _of_the_circle(complaint: Complaint, before: int | None) -> int | None:
    """Whoever held it, or has been in its circle for longest."""
    inside = circles.members(complaint)
    return before if before in inside else next(iter(inside), None)
