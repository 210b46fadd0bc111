"""Transfers: asking another department to take a complaint, and what it answers. (Mission M11; S3-07, S3-29, S3-53.)

Until another department has accepted, the one that sends the complaint stays responsible; its deadlines run on.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.roles import FIRST_TIER
from complaints import arbiters, conflicts, events, lifecycle, permissions, selectors, transferring
from complaints.errors import IllegalMove, Invalid, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import MAX_TEXT, check_text, too_long
from complaints.models import Complaint, Message, Transfer
from complaints.selectors import transfers
from complaints.services import acting, handing, messages, restriction
from complaints.transferring import HandoverNote, TransferState


@transaction.atomic
def transfer(
    *,
    complaint_id: int,
    by: User,
    to: Department,
    reasons: str,
    spoken: str = "",
    promised: str = "",
    knows: str = "",
    consent: bool = False,
) -> Complaint:
    """Ask another department to take the complaint, and hand over what was `spoken` and `promised` to the complainant
    and whom they know here. Until it accepts, the complaint stays where it is and its deadlines run on.

    Whoever may transfer complaints of both departments asks nobody: the complaint moves at once. So does a restricted
    one, because nobody there sees it to answer; one that is confidential by what it is, or about somebody of the
    staff, goes to others only with the complainant's `consent` (mission M37). One that has bounced too often is moved
    by arbitration alone.
    Raises Invalid, and IllegalMove while another transfer waits.
    """
    complaint = acting.held_for(complaint_id, by, Verb.TRANSFER)
    restriction.check_consent_to_leave(complaint, consent)
    note = HandoverNote(spoken, promised, knows)
    return hand_over(complaint, by=by, to=to, reasons=check_text("reasons", reasons), note=note, consent=consent)


def hand_over(
    complaint: Complaint,
    *,
    by: User,
    to: Department,
    reasons: str,
    note: HandoverNote | None = None,
    consent: bool = False,
    by_category: bool = False,
) -> Complaint:
    """Move a held complaint, or ask for it, and write the one event of it. The caller has asked whether they may."""
    _check_receiver(complaint, to)
    parts = _checked(note or HandoverNote())
    now = timezone.now()
    asked = Transfer(
        complaint=complaint,
        number=1 + complaint.transfers.count(),
        state=_state_of_new(complaint, by, to),
        sender=complaint.department,
        receiver=to,
        reasons=reasons,
        by_category=by_category,
        asked_by=by,
        asked_at=now,
        **parts,
    )
    kept = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=reasons)
    told: dict[str, Any] = {"message": kept.pk, "state": str(asked.state)}
    if complaint.restriction:
        told["consent"] = consent
    if asked.state == TransferState.DIRECT:
        told |= _move(asked, to, now)
    asked.save()
    _count(complaint)
    if asked.state == TransferState.ARBITRATION:
        told |= _call_arbiters(asked)
    return _record(asked, Verb.TRANSFER, by, now, department=to.pk, **told)


@transaction.atomic
def accept(*, complaint_id: int, by: User) -> Complaint:
    """Take the complaint on for the department that is asked: it is responsible from now on, and its deadlines run on.

    On the first tier nobody holds it there until somebody takes it. One that has climbed goes to whoever holds its
    tier for that department. Raises NotAllowed, ConflictOfInterest, IllegalMove.
    """
    asked = _held_for_answering(complaint_id, by, Verb.ACCEPT_TRANSFER)
    asked.accepted_by = by
    return _accept(asked, by, timezone.now(), silent=False)


def accept_by_silence(complaint: Complaint, *, at: datetime) -> Complaint:
    """The department that is asked has not answered in time: it has accepted. The caller holds the complaint, and has
    judged its clock at that moment. Raises IllegalMove when nothing waits for an answer.
    """
    return _accept(transfers.open_of(complaint, TransferState.ASKED), None, at, silent=True)


@transaction.atomic
def object_to(*, complaint_id: int, by: User, reasons: str, proposed: Department | None = None) -> Complaint:
    """Say why the complaint does not belong here, and if possible where it does: now somebody above both decides.

    Raises NotAllowed, ConflictOfInterest, IllegalMove, and Invalid for a department that is no other one.
    """
    asked = _held_for_answering(complaint_id, by, Verb.OBJECT_TO_TRANSFER)
    asked.objection = check_text("reasons", reasons)
    if proposed is not None and proposed.pk in (asked.sender_id, asked.receiver_id):
        raise invalid("proposed", _("Propose another department than these two, or leave it empty."))
    if proposed is not None and not proposed.is_active:
        raise invalid("proposed", _("This department is no longer active."))
    now = timezone.now()
    asked.state, asked.proposed = TransferState.ARBITRATION, proposed
    asked.objected_by, asked.objected_at = by, now
    asked.save(update_fields=["state", "proposed", "objection", "objected_by", "objected_at"])
    _count(asked.complaint)
    kept = messages.write(asked.complaint, kind=Message.Kind.NOTE, author=by, body=asked.objection)
    return _record(
        asked,
        Verb.OBJECT_TO_TRANSFER,
        by,
        now,
        department=asked.receiver_id,
        department_proposed=proposed.pk if proposed else None,
        message=kept.pk,
        **_call_arbiters(asked),
    )


@transaction.atomic
def arbitrate(*, complaint_id: int, by: User, to: Department, reasons: str) -> Complaint:
    """Decide between two departments where the complaint belongs: one of the two, or another one below the arbiter.
    There is no objection to it.

    Raises NotAllowed, SecondPersonNeeded for those who asked or objected, ConflictOfInterest, IllegalMove, Invalid.
    """
    complaint = selectors.locked(complaint_id)
    asked = transfers.open_of(complaint, TransferState.ARBITRATION)
    permissions.check_arbiter(by, asked)
    lifecycle.after(Status(complaint.status), Verb.ARBITRATE)
    asked.decision = check_text("reasons", reasons)
    if not to.is_active:
        raise invalid("to", _("This department is no longer active."))
    if not permissions.may_lead(by, to.pk):
        raise invalid("to", _("You do not lead above this department. Choose one that you do."))
    now = timezone.now()
    asked.state, asked.decided_by, asked.decided_at, asked.placed_in = TransferState.DECIDED, by, now, to
    kept = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=asked.decision)
    moved = _move(asked, to, now) if to.pk != complaint.department_id else {"department_before": to.pk}
    asked.save()
    parties = {"asked_by": asked.asked_by_id, "objected_by": asked.objected_by_id}
    return _record(asked, Verb.ARBITRATE, by, now, department=to.pk, message=kept.pk, **parties, **moved)


@transaction.atomic
def take_back(*, complaint_id: int, by: User, reasons: str) -> Complaint:
    """Let the complaint stay where it is after all: nobody needs to answer or decide any more. What was objected to
    before stays counted. Raises IllegalMove when nothing waits, ConflictOfInterest for whom it is about.
    """
    complaint = acting.held_for(complaint_id, by, Verb.TAKE_BACK_TRANSFER)
    permissions.check_not_about(by, complaint)
    asked = transfers.waiting_of(complaint)
    kept = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    asked.state = TransferState.CALLED_OFF
    asked.save(update_fields=["state"])
    return _record(asked, Verb.TAKE_BACK_TRANSFER, by, timezone.now(), department=asked.receiver_id, message=kept.pk)


@transaction.atomic
def introduce(*, complaint_id: int, by: User, words: str = "") -> Complaint:
    """Note that the complainant was told who deals with their complaint now, or was introduced to them; `words` say
    how. Raises IllegalMove when they know already.
    """
    complaint = acting.held_for(complaint_id, by, Verb.INTRODUCE)
    now = timezone.now()
    told: dict[str, Any] = {}
    if words.strip():
        body = check_text("words", words)
        told["message"] = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=body).pk
    if not messages.note_told(complaint, by=by, at=now):
        raise IllegalMove(_("The complainant knows who deals with their complaint."))
    events.record(complaint, kind=Verb.INTRODUCE, by=by, at=now, department=complaint.department_id, **told)
    return complaint


# --- what they share ----------------------------------------------------------------------------------------


def _held_for_answering(complaint_id: int, by: User, verb: Verb) -> Transfer:
    complaint = selectors.locked(complaint_id)
    asked = transfers.open_of(complaint, TransferState.ASKED)
    permissions.check_answering(by, verb, asked)
    lifecycle.after(Status(complaint.status), verb)
    return asked


def _check_receiver(complaint: Complaint, to: Department) -> None:
    if complaint.department_id == to.pk:
        raise invalid("to", _("The complaint is with this department already."))
    if not to.is_active:
        raise invalid("to", _("This department is no longer active."))
    if transfers.is_open(complaint):
        raise IllegalMove(_("A transfer of this complaint waits to be answered or decided. Let it be settled first."))


def _checked(note: HandoverNote) -> dict[str, str]:
    parts = note.parts()
    if errors := too_long({name: (text, MAX_TEXT) for name, text in parts.items()}):
        raise Invalid(_("The hand-over note is too long."), errors=errors)
    return parts


def _state_of_new(complaint: Complaint, by: User, to: Department) -> TransferState:
    """Whether it moves at once, has to be asked for, or is for an arbiter from the beginning."""
    if complaint.restriction:
        return TransferState.DIRECT
    if transferring.only_arbitration(complaint.bounces, settings.TRANSFER_BOUNCES):
        decides = permissions.leads_above(by, complaint.department_id, to.pk)
        return TransferState.DIRECT if decides else TransferState.ARBITRATION
    return TransferState.DIRECT if permissions.may_in(by, Verb.TRANSFER, to.pk) else TransferState.ASKED


def _accept(asked: Transfer, by: User | None, at: datetime, *, silent: bool) -> Complaint:
    asked.state = TransferState.ACCEPTED
    moved = _move(asked, asked.receiver, at)
    asked.save()
    _count(asked.complaint)
    return _record(
        asked,
        Verb.ACCEPT_TRANSFER,
        by,
        at,
        department=asked.receiver_id,
        silent=silent,
        asked_by=asked.asked_by_id,
        **moved,
    )


def _move(asked: Transfer, to: Department, at: datetime) -> dict[str, Any]:
    """Make the department responsible; what the event tells of it. Whoever first received the complaint, or else who
    sends it, tells the complainant; of a restricted one who sends it, because they are in the circle.
    """
    complaint = asked.complaint
    before, complaint.department = complaint.department_id, to
    goes_to_somebody = complaint.tier > FIRST_TIER or complaint.restriction
    handed = (
        handing.hand_on(complaint, conflicts.concerned(complaint)) if goes_to_somebody else handing.put_down(complaint)
    )
    complaint.save(update_fields=["department", "holder"])
    first = complaint.registered_by
    asked.moved_at = at
    received_it = first is not None and first.is_active and not complaint.restriction
    asked.teller = first if received_it else asked.asked_by
    return {"department_before": before, **handed}


def _count(complaint: Complaint) -> None:
    complaint.bounces = transfers.count_bounces(complaint)
    complaint.save(update_fields=["bounces"])


def _call_arbiters(asked: Transfer) -> dict[str, Any]:
    """Who is asked to decide; nobody is where those above both are parties or concerned, and administrators hear."""
    people = arbiters.asked_to_decide(asked)
    return {"asked": people, "unmanned": not people}


def _record(asked: Transfer, verb: Verb, by: User | None, at: datetime, /, **data: Any) -> Complaint:
    complaint = asked.complaint
    before = Status(complaint.status)
    data = {"department_before": asked.sender_id, **data}
    events.record(
        complaint,
        kind=verb,
        by=by,
        at=at,
        transfer=asked.number,
        before=str(before),
        after=str(lifecycle.after(before, verb)),
        **data,
    )
    return complaint
