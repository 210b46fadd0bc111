"""Looking again at a grave class: renewed with new reasons by two people, ended by one, or lapsed on its date.

(Mission M04: it lapses if it is not renewed.)
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import events, malice, permissions
from complaints.classes import ComplaintClass
from complaints.errors import IllegalMove
from complaints.lifecycle import Verb
from complaints.limits import check_text
from complaints.malice import ObjectionState
from complaints.models import Complaint, Decision, Message, Objection
from complaints.selectors import objecting
from complaints.services import acting, messages


@transaction.atomic
def renew_class(*, complaint_id: int, by: User, reasons: str, told: str) -> Decision:
    """Propose that a grave class stands on, for new reasons; `told` are those meant for the complainant. A second,
    senior person confirms it like the first time. The evidence stays what it was.

    Raises Invalid, ConflictOfInterest, IllegalMove while an objection or another decision waits, and after the review
    date.
    """
    complaint = acting.held_for(complaint_id, by, Verb.RENEW_CLASS)
    permissions.check_not_about(by, complaint)
    standing = _standing(complaint)
    now = timezone.now()
    malice.check_stands(standing.review_at, now)
    check_no_objection(complaint)
    if complaint.decisions.filter(state=Decision.State.PROPOSED, decided_by__isnull=False).exists():
        raise IllegalMove(_("A decision about the class already waits for a second person. Let it be settled first."))
    complaint.decisions.filter(state=Decision.State.PROPOSED).update(state=Decision.State.SUPERSEDED)
    renewal = Decision.objects.create(
        complaint=complaint,
        state=Decision.State.PROPOSED,
        complaint_class=standing.complaint_class,
        class_kind=standing.class_kind,
        reasons=check_text("reasons", reasons),
        evidence=standing.evidence,
        told=malice.check_told(ComplaintClass(standing.complaint_class), told),
        renews=standing,
        decided_by=by,
        decided_at=now,
        cycle=complaint.cycle,
    )
    events.record(
        complaint,
        kind=Verb.RENEW_CLASS,
        by=by,
        at=now,
        decision=renewal.pk,
        state=str(renewal.state),
        complaint_class=str(renewal.complaint_class),
        class_kind=str(renewal.class_kind),
    )
    return renewal


@transaction.atomic
def lapse_class(*, complaint_id: int, by: User, reasons: str) -> Decision:
    """Let a grave class end before its date, because there is no reason for it any more. The complainant is told."""
    complaint = acting.held_for(complaint_id, by, Verb.LAPSE_CLASS)
    permissions.check_not_about(by, complaint)
    standing = _standing(complaint)
    now = timezone.now()
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons), at=now)
    _end([standing], Decision.State.LAPSED, now)
    events.record_many([_lapsed(complaint, standing, by=by, at=now, message=note.pk)])
    return standing


def lapse_due(complaint_ids: Collection[int], *, now: datetime) -> list[Decision]:
    """Let the grave classes of these held complaints lapse whose review date has come: the class goes back to
    unclassified, what waited with it is over, and one event each says so, dated at that date. A handful of statements
    for all; whatever has ended already is left alone, so that a class lapses once.
    """
    due = list(
        Decision.objects.filter(
            complaint_id__in=complaint_ids,
            state=Decision.State.IN_FORCE,
            complaint_class__in=objecting.GRAVE,
            review_at__lte=now,
        ).select_related("complaint")
    )
    if due:
        _end(due, Decision.State.LAPSED, now)
        events.record_many([_lapsed(each.complaint, each, by=None, at=each.review_at or now) for each in due])
    return due


def lift(complaint: Complaint, standing: Decision, *, at: datetime) -> None:
    """End a grave class because a third person upheld the objection. No act of its own."""
    _end([standing], Decision.State.LIFTED, at)
    complaint.complaint_class, complaint.class_kind = ComplaintClass.UNCLASSIFIED, ""


def replace(complaint: Complaint, *, at: datetime) -> bool:
    """Another class takes the place of what is in force: whether a grave one ends with that. What the complainant
    said against it need not be decided any more, nor a conversion that was proposed.
    """
    in_force = complaint.decisions.filter(state=Decision.State.IN_FORCE)
    ended = in_force.filter(complaint_class__in=objecting.GRAVE).exists()
    in_force.update(state=Decision.State.SUPERSEDED, ended_at=at)
    converting = complaint.decisions.filter(state=Decision.State.PROPOSED).exclude(conversion="")
    converting.update(state=Decision.State.SUPERSEDED, ended_at=at)
    if ended:
        _overtake([complaint.pk])
    return ended


def state_review(complaint: Complaint, review_at: datetime) -> None:
    """Say until when the grave class of a held complaint stands: the app that keeps deadlines knows."""
    complaint.decisions.filter(state=Decision.State.IN_FORCE, complaint_class__in=objecting.GRAVE).update(
        review_at=review_at
    )


def check_no_objection(complaint: Complaint) -> None:
    """A grave class is not decided anew over the head of somebody who objects. Raises IllegalMove."""
    if objecting.open_objection(complaint) is not None:
        raise IllegalMove(_("The complainant has objected. A third person must decide about that first."))


def _standing(complaint: Complaint) -> Decision:
    standing = objecting.grave_in_force(complaint)
    if standing is None:
        raise IllegalMove(_("No grave class is in force here."))
    return standing


def _end(standing: Sequence[Decision], state: Decision.State, at: datetime) -> None:
    """End grave classes of held complaints, and what waits for them: renewals, and objections nobody has decided."""
    ids = [each.complaint_id for each in standing]
    Decision.objects.filter(pk__in=[each.pk for each in standing]).update(state=state, ended_at=at)
    Decision.objects.filter(renews__in=standing, state=Decision.State.PROPOSED).update(state=state, ended_at=at)
    Complaint.objects.filter(pk__in=ids).update(complaint_class=ComplaintClass.UNCLASSIFIED, class_kind="")
    _overtake(ids)
    for each in standing:
        each.state, each.ended_at = state, at


def _overtake(complaint_ids: Sequence[int]) -> None:
    waiting = Objection.objects.filter(complaint_id__in=complaint_ids, state=ObjectionState.OPEN)
    waiting.update(state=ObjectionState.OVERTAKEN)


def _lapsed(complaint: Complaint, standing: Decision, *, by: User | None, at: datetime, **told: int) -> events.Act:
    class_before, kind_before = complaint.complaint_class, complaint.class_kind
    complaint.complaint_class, complaint.class_kind = ComplaintClass.UNCLASSIFIED, ""
    data = {
        "decision": standing.pk,
        "complaint_class": ComplaintClass.UNCLASSIFIED.value,
        "class_before": str(class_before),
        "kind_before": str(kind_before),
        **told,
    }
    return events.Act(complaint, Verb.LAPSE_CLASS, by, at, data)
