"""The everyday acts of the office, from acknowledging to closing. One public function for each verb."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import conflicts, events, lifecycle, permissions, selectors
from complaints.aftercare import CloseReason, Satisfaction, check_closing
from complaints.converting import Conversion
from complaints.errors import IllegalMove, LetterNeeded, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.models import Attachment, Complaint, Message
from complaints.placeholders import check_words
from complaints.selectors import final_responses
from complaints.selectors import remedies as remedy_reads
from complaints.services import (
    acting,
    answering,
    conversions,
    evidence,
    handing,
    judgements,
    majors,
    matters,
    messages,
    proceedings,
    remedies,
    signoff,
    standing,
    tasks,
    unsent_letters,
)
from complaints.services.evidence import CheckedFile
from complaints.services.rework import start_again
from complaints.services.transfers import transfer as transfer  # one of the everyday acts, kept with its answers
from complaints.vocabulary import PRIORITIES, DeclineCode, Grade, Outcome, PauseReason, Priority

ENDS: frozenset[Verb] = frozenset({Verb.CLOSE, Verb.WITHDRAW, Verb.DECLINE})
"""The acts of the office that end one complaint: a legal hold keeps them back, and merging."""


@transaction.atomic
def acknowledge(*, complaint_id: int, by: User) -> Complaint:
    """Confirm to the complainant that the office has taken the complaint on. Stops the acknowledgement clock."""
    complaint = _held_for(complaint_id, by, Verb.ACKNOWLEDGE)
    complaint.acknowledged_at = timezone.now()
    return acting.move(complaint, Verb.ACKNOWLEDGE, by, fields=["acknowledged_at"])


@transaction.atomic
def assign(*, complaint_id: int, by: User, to: User) -> Complaint:
    """Put the complaint into somebody's hands.

    Raises Invalid when that person could not handle it, ConflictOfInterest when they may not hold it. Whoever is away
    may be given it: the desk says so, and the office may have agreed on it.
    """
    complaint = _held_for(complaint_id, by, Verb.ASSIGN)
    permissions.check_can_handle("to", to, complaint)
    if complaint.holder_id == to.pk:
        raise invalid("to", _("%(name)s holds this complaint already.") % {"name": to.name})
    conflicts.check(to, complaint)
    before, complaint.holder = complaint.holder_id, to
    return acting.move(complaint, Verb.ASSIGN, by, fields=["holder"], holder_before=before, holder=to.pk)


@transaction.atomic
def prioritise(
    *,
    complaint_id: int,
    by: User,
    impact: Grade,
    urgency: Grade,
    override: Priority | None = None,
    reasons: str = "",
) -> Complaint:
    """Judge impact and urgency anew. The priority follows from them unless overridden, with reasons (mission M07).

    What was declared major is set lower by the management alone. Raises Invalid, NotAllowed.
    """
    complaint = _held_for(complaint_id, by, Verb.PRIORITISE)
    derived = PRIORITIES[Grade(impact), Grade(urgency)]
    overridden = override is not None and override != derived
    if overridden:
        reasons = check_text("reasons", reasons)
    before = complaint.priority
    complaint.impact, complaint.urgency = impact, urgency
    complaint.priority = override if override is not None else derived
    majors.check_lowering(complaint, by, Priority(complaint.priority))
    complaint.priority_reason = reasons if overridden else ""
    return acting.move(
        complaint,
        Verb.PRIORITISE,
        by,
        fields=["impact", "urgency", "priority", "priority_reason"],
        priority_before=before,
        priority=complaint.priority,
        overridden=overridden,
    )


@transaction.atomic
def wait(*, complaint_id: int, by: User, question: str, reason: PauseReason = PauseReason.COMPLAINANT) -> Complaint:
    """Ask the complainant something, or tell them what the office waits for; deadlines that may pause for this reason
    do so. Their next message ends the waiting, whatever it was for.
    """
    complaint = _held_for(complaint_id, by, Verb.WAIT)
    asked = messages.write(complaint, kind=Message.Kind.REPLY, author=by, body=check_words("question", question))
    return acting.move(complaint, Verb.WAIT, by, message=asked.pk, reason=str(reason))


@transaction.atomic
def resume(*, complaint_id: int, by: User) -> Complaint:
    """Go on without the complainant's answer."""
    complaint = _held_for(complaint_id, by, Verb.RESUME)
    return acting.move(complaint, Verb.RESUME, by, owing=remedy_reads.owes_remedies(complaint))


@transaction.atomic
def resolve(
    *, complaint_id: int, by: User, message: str, outcome: Outcome | None = None, reasons: str = ""
) -> Complaint:
    """Tell the complainant how the complaint ended, with reasons for the file. Stops the resolution clock.

    The short way; the long one is a final response, whose sending is this act as well (`services.responses`).
    A complaint that was split into matters ends as they did: then there is no `outcome` to be given, and `reasons` are
    what is to be said besides.
    Raises TasksOpen while a task is open that holds up the answer, MattersOpen while a matter is not settled,
    RemediesOpen while something has still to come of a remedy, SignaturesMissing while a rule about grave complaints
    wants the answer signed first, NotJudged when the class demands a judgement,
    ContradictsJudgement when the outcome says something else than the judgement in force, ConflictOfInterest for whom
    the complaint concerns, LetterNeeded where only a letter may end it, and NoAuthority where whoever complains for
    somebody else has not shown that they may.
    """
    complaint = _held_for(complaint_id, by, Verb.RESOLVE)
    if final_responses.requirements(complaint).letter:
        raise LetterNeeded(
            _("This complaint is answered by a final response. Write that letter; sending it resolves the complaint.")
        )
    settle(complaint, by=by, outcome=outcome, reasons=reasons, message=check_words("message", message))
    unsent_letters.fall_back(complaint)
    return complaint


def settle(
    complaint: Complaint,
    *,
    by: User,
    outcome: Outcome | None,
    reasons: str,
    message: str,
    letter: CheckedFile | None = None,
    digest: str = "",
) -> Attachment | None:
    """Resolve a held complaint, with or without a letter, and write the one event of the act.

    A letter is kept with the message, and its digest stands in the event; `digest` is that of its words. The caller
    has asked whether the person may. Nobody answers a complaint about themselves: raises ConflictOfInterest; and
    NotAllowed for who does not lead what was declared major.
    """
    permissions.check_not_about(by, complaint)
    conflicts.check(by, complaint)  # nor anew what they answered before
    permissions.check_leads(by, complaint)
    tasks.check_none_blocks(complaint)
    standing.check_authority(complaint)
    remedies.check_none_open(complaint)
    answering.check_signed(complaint)
    ending = matters.ending(complaint, outcome=outcome, reasons=reasons)
    judgements.check_outcome(complaint, Outcome(ending.outcome))
    complaint.outcome, complaint.outcome_reasons = ending.outcome, ending.reasons
    complaint.resolved_at = timezone.now()
    told = messages.write(complaint, kind=Message.Kind.REPLY, author=by, body=message)
    kept = None if letter is None else evidence.archive(told, letter, by=by)
    written: dict[str, Any] = {} if kept is None else {"letter": kept.pk, "sha256": kept.sha256, "digest": digest}
    acting.move(
        complaint,
        Verb.RESOLVE,
        by,
        fields=["outcome", "outcome_reasons", "resolved_at"],
        outcome=str(ending.outcome),
        message=told.pk,
        **_ended_as(ending),
        **handing.call_off_transfer(complaint),
        **written,
    )
    return kept


@transaction.atomic
def close(*, complaint_id: int, by: User, reason: CloseReason, note: str = "") -> Complaint:
    """End an answered complaint, for a coded reason. Before the stated date until which the complainant can object,
    and where none was stated, it takes words for the file besides, unless they say that it is settled and the last
    follow-up has heard so; and silence is no reason yet.
    """
    complaint = _held_for(complaint_id, by, Verb.CLOSE)
    complaint.closed_at = timezone.now()
    complaint.closed_because = CloseReason(reason)
    note = note.strip()
    heard = complaint.follow_ups.filter(cycle=complaint.cycle).order_by("number").last()
    check_closing(
        CloseReason(reason),
        note,
        until=complaint.objection_until,
        now=complaint.closed_at,
        told_us=heard is not None and heard.result == Satisfaction.SATISFIED,
    )
    told: dict[str, Any] = {"reason": str(complaint.closed_because)}
    if note:
        body = check_text("note", note)
        told["message"] = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=body).pk
    return acting.move(complaint, Verb.CLOSE, by, fields=["closed_at", "closed_because"], **told)


@transaction.atomic
def reopen(*, complaint_id: int, by: User, reasons: str, matter_numbers: Sequence[int] = ()) -> Complaint:
    """Start a new cycle: new clocks, and in the hands of somebody who did not handle it before.

    Of a complaint that was split, `matter_numbers` are the settled matters to be looked at again: all when left out.
    """
    complaint = _held_for(complaint_id, by, Verb.REOPEN)
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    return start_again(complaint, Verb.REOPEN, by, message_id=note.pk, matter_numbers=matter_numbers)


@transaction.atomic
def withdraw(*, complaint_id: int, by: User, reasons: str) -> Complaint:
    """Record that the complainant takes the complaint back, and why. Open tasks are cancelled, open remedies
    dropped."""
    complaint = _held_for(complaint_id, by, Verb.WITHDRAW)
    complaint.outcome = Outcome.WITHDRAWN
    complaint.outcome_reasons = check_text("reasons", reasons)
    complaint.closed_at = timezone.now()
    called_off = _call_off_all(complaint, by)
    return acting.move(complaint, Verb.WITHDRAW, by, fields=["outcome", "outcome_reasons", "closed_at"], **called_off)


@transaction.atomic
def decline(
    *, complaint_id: int, by: User, code: DeclineCode, reasons: str, recourse: str, message: str = ""
) -> Complaint:
    """Refuse to take the complaint on, with a coded reason and where else to turn; the complainant is told both. Open
    tasks are cancelled, open remedies dropped. Raises ConflictOfInterest for whom it concerns.
    """
    complaint = _held_for(complaint_id, by, Verb.DECLINE)
    conflicts.check(by, complaint)  # who answered it before does not refuse it now
    permissions.check_leads(by, complaint)
    complaint.decline_code = code
    complaint.outcome_reasons = check_words("reasons", reasons)
    complaint.recourse = check_words("recourse", recourse)
    complaint.closed_at = timezone.now()
    both = f"{complaint.outcome_reasons}\n\n{complaint.recourse}"
    body = check_words("message", message) if message.strip() else both
    told = messages.write(complaint, kind=Message.Kind.REPLY, author=by, body=body)
    return acting.move(
        complaint,
        Verb.DECLINE,
        by,
        fields=["decline_code", "outcome_reasons", "recourse", "closed_at"],
        code=str(code),
        message=told.pk,
        **_call_off_all(complaint, by),
    )


@transaction.atomic
def merge(*, complaint_id: int, by: User, into_id: int) -> Complaint:
    """End this complaint as the same matter as another, which goes on, and is from now on about the same people. Its
    open tasks are cancelled, its open remedies dropped. Both rows are held.
    """
    if complaint_id == into_id:
        raise invalid("into", _("A complaint cannot be merged into itself."))
    complaint, into = selectors.locked_both(complaint_id, into_id)
    permissions.check(by, Verb.MERGE, complaint)
    permissions.check(by, Verb.MERGE, into)
    permissions.check_not_about(by, complaint)
    proceedings.check_no_hold(complaint)
    if not into.is_open:
        raise invalid("into", _("The other complaint has ended. Reopen it first, or choose another."))
    if bool(complaint.restriction) != bool(into.restriction):
        raise invalid(
            "into",
            _("One of the two is restricted and the other is not. Restrict the other one first, or leave them apart."),
        )
    complaint.merged_into = into
    complaint.closed_at = timezone.now()
    called_off = _call_off_all(complaint, by)
    acting.move(complaint, Verb.MERGE, by, fields=["merged_into", "closed_at"], into=into.pk, **called_off)
    events.record(into, kind="merged_from", by=by, at=complaint.closed_at, merged=complaint.pk)
    handing.take_along(complaint, into)
    return complaint


@transaction.atomic
def confirm(*, complaint_id: int) -> Complaint:
    """The complainant is content with the answer: the complaint is closed."""
    complaint = selectors.locked(complaint_id)
    if proceedings.hold_of(complaint) is not None:
        raise IllegalMove(_("This complaint has to stay open for the moment. Write to us that the answer settles it."))
    complaint.closed_at = timezone.now()
    complaint.closed_because = CloseReason.CONFIRMED
    return acting.move(complaint, Verb.CONFIRM, complaint.complainant, fields=["closed_at", "closed_because"])


@transaction.atomic
def dispute(*, complaint_id: int, body: str, matter_numbers: Sequence[int] = ()) -> Complaint:
    """The complainant disagrees with the answer: a new cycle, not with the same handler. One that was answered as
    communicative is proposed to count as valid.

    Of a complaint that was split, `matter_numbers` are the matters whose answer is disputed: all when left out.
    """
    complaint = selectors.locked(complaint_id)
    lifecycle.after(Status(complaint.status), Verb.DISPUTE)
    heard = messages.write(complaint, kind=Message.Kind.HEARD, author=None, body=check_text("body", body))
    start_again(complaint, Verb.DISPUTE, complaint.complainant, message_id=heard.pk, matter_numbers=matter_numbers)
    conversions.propose([complaint], because=Conversion.DISPUTED, at=timezone.now())
    return complaint


def _held_for(complaint_id: int, by: User, verb: Verb) -> Complaint:
    """Hold the complaint and ask both questions at once: may this person, and is it possible now? What is under a
    legal hold does not end, and nobody ends what is about them.
    """
    complaint = acting.held_for(complaint_id, by, verb)
    if verb in ENDS:
        permissions.check_not_about(by, complaint)
        proceedings.check_no_hold(complaint)
    return complaint


def _ended_as(ending: matters.Ending) -> dict[str, Any]:
    """What the event says of the matters that a complaint ended as; nothing of one that was never split."""
    return {"matter_outcomes": ending.matters} if ending.matters else {}


def _call_off_all(complaint: Complaint, by: User) -> dict[str, Any]:
    """Cancel the open tasks of a held complaint that ends, drop its open remedies, take its open proposal back, and
    call its open transfer off; what the event says of it. A letter that waits for somebody is a draft again.
    """
    unsent_letters.fall_back(complaint)
    at = complaint.closed_at or timezone.now()
    called_off = tasks.call_off_all(complaint, by=by, at=at) | remedies.drop_all(complaint, by=by, at=at)
    called_off |= signoff.call_off(complaint, by=by, at=at)
    return called_off | handing.call_off_transfer(complaint)
