"""The final response: writing the letter, having a second person read it, and sending it: that resolves the complaint.

(Design section 3, "Final response"; mission M30.)
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import conflicts, events, responding
from complaints.errors import IllegalMove, Invalid, ResponseIncomplete, SecondPersonNeeded, invalid
from complaints.lifecycle import Verb
from complaints.limits import MAX_TEXT, check_text, too_long
from complaints.models import Complaint, FinalResponse, Matter, Message, ResponsePart
from complaints.responding import Content, Part, Requirements, ResponseState, Text
from complaints.selectors import final_responses, letters, matters
from complaints.services import acting, casework, evidence, judgements, messages
from complaints.vocabulary import Outcome


@transaction.atomic
def draft(
    *,
    complaint_id: int,
    by: User,
    outcome: Outcome | None,
    texts: Sequence[Text],
    until: date | None = None,
    ready: bool = False,
) -> FinalResponse:
    """Write the final response of this cycle, or write it anew. It may be incomplete; the page of the letter says what
    is missing.

    `ready` hands it to a second person, and wants it complete. `until` is the last date for turning elsewhere. A
    letter that was approved is a draft again. Raises Invalid and ResponseIncomplete, each naming the fields at fault;
    for one that is `ready` NotJudged and ContradictsJudgement as well: nobody reads what could not be sent.
    """
    complaint = acting.held_for(complaint_id, by, Verb.DRAFT_RESPONSE)
    now = timezone.now()
    content = _checked(complaint, outcome, texts, until, now)
    response, _created = FinalResponse.objects.update_or_create(
        complaint=complaint,
        cycle=complaint.cycle,
        defaults={
            "state": ResponseState.READY if ready else ResponseState.DRAFT,
            "outcome": outcome or "",
            "until": until,
            "drafted_by": by,
            "drafted_at": now,
            "approved_by": None,
            "approved_at": None,
        },
    )
    response.parts.all().delete()
    ResponsePart.objects.bulk_create(
        ResponsePart(response=response, matter=text.matter, part=text.part, text=text.text) for text in content.texts
    )
    if ready:
        _check_complete(complaint, response, final_responses.requirements(complaint))
        if outcome is not None:
            judgements.check_outcome(complaint, outcome)
    _record(complaint, Verb.DRAFT_RESPONSE, by, now, response, ready=ready, digest=content.digest())
    return response


@transaction.atomic
def approve(*, complaint_id: int, by: User, digest: str) -> FinalResponse:
    """Agree, as a second person, to the letter as it stands. `digest` is that of the words that they have read
    (SHA-256, hex): nobody approves words that were written since.

    Raises SecondPersonNeeded for whoever wrote it, ConflictOfInterest for whom the complaint concerns, Invalid for
    the digest of other words.
    """
    complaint = acting.held_for(complaint_id, by, Verb.APPROVE_RESPONSE)
    response = _waiting(complaint, Verb.APPROVE_RESPONSE, ResponseState.READY)
    if response.drafted_by_id == by.pk:
        raise SecondPersonNeeded(_("You wrote this letter yourself. Another senior person must approve it."))
    conflicts.check(by, complaint)
    if digest != response.content().digest():
        raise invalid("digest", _("The letter was written anew since you read it. Read it as it stands now."))
    _check_complete(complaint, response, final_responses.requirements(complaint))
    response.state, response.approved_by, response.approved_at = ResponseState.APPROVED, by, timezone.now()
    response.save(update_fields=["state", "approved_by", "approved_at"])
    told = {"digest": digest, "written_by": response.drafted_by_id}
    _record(complaint, Verb.APPROVE_RESPONSE, by, response.approved_at, response, **told)
    return response


@transaction.atomic
def send_back(*, complaint_id: int, by: User, reasons: str) -> FinalResponse:
    """Hand the letter back to whoever wrote it, with what should be changed; kept as a note."""
    complaint = acting.held_for(complaint_id, by, Verb.RETURN_RESPONSE)
    response = _waiting(complaint, Verb.RETURN_RESPONSE, ResponseState.READY, ResponseState.APPROVED)
    now = timezone.now()
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons), at=now)
    response.state, response.approved_by, response.approved_at = ResponseState.DRAFT, None, None
    response.save(update_fields=["state", "approved_by", "approved_at"])
    _record(complaint, Verb.RETURN_RESPONSE, by, now, response, message=note.pk, written_by=response.drafted_by_id)
    return response


@transaction.atomic
def send(*, complaint_id: int, by: User) -> FinalResponse:
    """Send the final response: the complainant is told, the letter is kept as it was sent, and the complaint is
    resolved. It is the act `resolve`, done with a letter.

    Raises ResponseIncomplete naming what is missing, SecondPersonNeeded while somebody has yet to approve it, and
    whatever `resolve` raises.
    """
    complaint = acting.held_for(complaint_id, by, Verb.RESOLVE)
    response = _waiting(complaint, Verb.RESOLVE, *(state for state in ResponseState if state != ResponseState.SENT))
    required = final_responses.requirements(complaint)
    _check_complete(complaint, response, required)
    check_approved(response, required)
    now, about = timezone.now(), list(matters.live(complaint))
    _cut(response, about)
    content = final_responses.content_of(complaint, response, about)
    letter = letters.letter(complaint, content, signed_by=response.approved_by or by, at=now)
    name = f"{complaint.reference}-{complaint.cycle}.pdf" if complaint.cycle > 1 else f"{complaint.reference}.pdf"
    file = evidence.check_file(ContentFile(letter.pdf(), name=name))
    response.file = casework.settle(
        complaint,
        by=by,
        outcome=None if about else content.outcome,
        reasons="" if about else content.text(Part.REASONS),
        message=letter.plain(),
        letter=file,
        digest=response.content().digest(),
    )
    response.outcome = complaint.outcome
    response.state, response.sent_by, response.sent_at = ResponseState.SENT, by, now
    response.save(update_fields=["state", "outcome", "sent_by", "sent_at", "file"])
    return response


def check_approved(response: FinalResponse, required: Requirements) -> None:
    """Raise SecondPersonNeeded when the letter must not leave before a second person has approved it."""
    if response.state == ResponseState.READY or (required.four_eyes and response.state != ResponseState.APPROVED):
        raise SecondPersonNeeded(_("A second person must approve this letter before it is sent."))


def _waiting(complaint: Complaint, verb: Verb, *states: ResponseState) -> FinalResponse:
    """The letter of this cycle, if it stands where the act is possible. Raises IllegalMove."""
    response = complaint.responses.filter(cycle=complaint.cycle).select_related("approved_by__department").first()
    if response is None:
        raise IllegalMove(_("No final response has been written yet."))
    state = ResponseState(response.state)
    if state not in states:
        raise IllegalMove(
            _("“%(verb)s” is not possible while the letter is “%(state)s”.")
            % {"verb": verb.label, "state": state.label}
        )
    return response


def _checked(
    complaint: Complaint, outcome: Outcome | None, texts: Sequence[Text], until: date | None, now: datetime
) -> Content:
    """What the letter says, without empty parts. Raises Invalid with every field at fault."""
    kept = [Text(text.part, text.text.strip(), text.matter) for text in texts if text.text.strip()]
    errors = too_long({text.field: (text.text, MAX_TEXT) for text in kept})
    if len({text.field for text in kept}) < len(kept):
        raise invalid("parts", _("Each part can be given once only."))
    numbers = [matter.number for matter in matters.live(complaint)]
    misplaced = [text.part for text in kept if text.matter not in responding.places(text.part, numbers)]
    if misplaced:
        raise invalid("parts", " ".join(responding.where(part, numbers) for part in dict.fromkeys(misplaced)))
    if numbers and outcome is not None:
        errors["outcome"] = [_("The outcome follows from the matters. Leave it out.")]
    elif outcome == Outcome.WITHDRAWN:
        errors["outcome"] = [_("Only the complainant takes a complaint back: use “Withdraw” for that.")]
    if until is not None and until < timezone.localdate(now):
        errors["until"] = [_("This date has passed already.")]
    if errors:
        raise Invalid(_("The final response cannot be kept like this."), errors=errors)
    if not kept:
        raise invalid("reasons", _("Write at least one part of the letter."))
    return Content(outcome, kept, until)


def _check_complete(complaint: Complaint, response: FinalResponse, required: Requirements) -> None:
    lacks = final_responses.lacking(complaint, response, required)
    if lacks:
        named = " ".join(lack.sentence for lack in lacks)
        raise ResponseIncomplete(
            _("The final response is not complete. %(missing)s") % {"missing": named},
            errors={lack.field: [lack.sentence] for lack in lacks},
        )


def _cut(response: FinalResponse, about: Sequence[Matter]) -> None:
    """Nothing stays in a letter that was written about a matter which is none any more."""
    numbers = [matter.number for matter in about]
    gone = [part.pk for part in response.parts.all() if part.matter not in responding.places(Part(part.part), numbers)]
    response.parts.filter(pk__in=gone).delete()


def _record(complaint: Complaint, verb: Verb, by: User, at: datetime, response: FinalResponse, **data: object) -> None:
    status = str(complaint.status)
    events.record(complaint, kind=verb, by=by, at=at, before=status, after=status, cycle=response.cycle, **data)
