"""Referring a complaint to an external body: the system prepares the letter, a person sends it. (Design section 4.)"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events
from complaints.errors import invalid
from complaints.lifecycle import Verb
from complaints.limits import check_text
from complaints.models import Complaint
from complaints.services.acting import held_for
from escalation import selectors
from escalation.errors import NoReferral, ReferralSettled
from escalation.models import ExternalBody, Referral

State = Referral.State


def prepare_many(complaints: Sequence[Complaint], *, at: datetime) -> list[Referral]:
    """Prepare the referrals of these held complaints that have none in their present cycle; each names the external
    body that serves it, or nobody where none does. Writes no events. (Design section 4, "Ladder": the last step.)
    """
    if not complaints:
        return []
    cycles = {complaint.pk: complaint.cycle for complaint in complaints}
    for pk, cycle in Referral.objects.filter(complaint_id__in=list(cycles)).values_list("complaint_id", "cycle"):
        if cycles.get(pk) == cycle:
            del cycles[pk]
    bodies = selectors.bodies_for(sorted(cycles))
    return Referral.objects.bulk_create(
        [Referral(complaint_id=pk, cycle=cycles[pk], body=bodies[pk], prepared_at=at) for pk in sorted(cycles)]
    )


@transaction.atomic
def prepare(*, complaint_id: int, by: User, body: ExternalBody | None = None) -> Referral:
    """Prepare the referral by hand, choose another body for one that was not sent yet, or take one up again that
    seemed not to be needed. Without `body` it is the one that serves the complaint. What is prepared for that body
    already stays as it is, without another event.

    Raises Invalid for a body that is not in use, or where none serves it; ReferralSettled when it was sent,
    NotAllowed, IllegalMove.
    """
    complaint = held_for(complaint_id, by, Verb.REFER)
    body = body or selectors.bodies_for([complaint.pk])[complaint.pk]
    if body is None:
        raise invalid("body", _("No external body serves this complaint. Choose one."))
    if not body.is_active:
        raise invalid("body", _("This body is not in use any more. Choose another one."))
    now = timezone.now()
    referral = selectors.referral_of(complaint)
    if referral is not None and referral.state == State.SENT:
        raise ReferralSettled(_("The referral of this complaint was sent already."))
    if referral is not None and (referral.state, referral.body_id) == (State.PREPARED, body.pk):
        return referral
    if referral is None:
        referral = Referral(complaint=complaint, cycle=complaint.cycle, prepared_by=by)
    referral.body, referral.state, referral.prepared_at = body, State.PREPARED, now
    referral.settled_by, referral.settled_at, referral.note = None, None, ""
    referral.save()
    return _recorded(referral, complaint, by, now)


@transaction.atomic
def mark_sent(*, complaint_id: int, by: User, note: str = "") -> Referral:
    """State that the letter was sent. Raises NoReferral, ReferralSettled, Invalid where it names no body."""
    complaint = held_for(complaint_id, by, Verb.REFER)
    referral = _prepared(complaint)
    if referral.body is None:
        raise invalid("body", _("The letter names no external body yet. Choose one first."))
    return _settled(referral, complaint, State.SENT, by, note.strip())


@transaction.atomic
def drop(*, complaint_id: int, by: User, note: str) -> Referral:
    """State why the letter is not needed. Raises NoReferral, ReferralSettled, Invalid without a reason."""
    complaint = held_for(complaint_id, by, Verb.REFER)
    return _settled(_prepared(complaint), complaint, State.NOT_NEEDED, by, check_text("note", note))


def refer(
    *, complaint_id: int, by: User, state: Referral.State, body: ExternalBody | None = None, note: str = ""
) -> Referral:
    """Prepare the referral to an external body (the one that serves the complaint, unless another is named), state
    that its letter was sent, or why it is not needed. The system prints the letter; a person sends it.

    Raises Invalid, NoReferral, ReferralSettled, NotAllowed, IllegalMove.
    """
    if state == State.SENT:
        return mark_sent(complaint_id=complaint_id, by=by, note=note)
    if state == State.NOT_NEEDED:
        return drop(complaint_id=complaint_id, by=by, note=note)
    return prepare(complaint_id=complaint_id, by=by, body=body)


def _prepared(complaint: Complaint) -> Referral:
    referral = selectors.referral_of(complaint)
    if referral is None:
        raise NoReferral(_("No referral was prepared for this complaint. Prepare one first."))
    if referral.state != State.PREPARED:
        raise ReferralSettled(
            _("Somebody has settled this referral already: %(state)s.") % {"state": State(referral.state).label}
        )
    return referral


def _settled(referral: Referral, complaint: Complaint, state: State, by: User, note: str) -> Referral:
    now = timezone.now()
    referral.state, referral.note = state, check_text("note", note) if note else ""
    referral.settled_by, referral.settled_at = by, now
    referral.save(update_fields=["state", "note", "settled_by", "settled_at"])
    return _recorded(referral, complaint, by, now)


def _recorded(referral: Referral, complaint: Complaint, by: User, at: datetime) -> Referral:
    events.record(
        complaint,
        kind=Verb.REFER,
        by=by,
        at=at,
        referral=referral.pk,
        cycle=referral.cycle,
        body=referral.body_id,
        state=str(referral.state),
    )
    return referral
