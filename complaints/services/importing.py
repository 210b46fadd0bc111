"""Taking over complaints of other systems, with the answers that were given there."""

from django.db import transaction

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors
from complaints.imports.rows import PastAnswer, PastComplaint
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, ExternalNumber, Message
from complaints.services import intake, messages


def taken_over(*, system: str, number: str) -> bool:
    """Whether this complaint of that system is here already."""
    return ExternalNumber.objects.filter(system=system, number=number).exists()


@transaction.atomic
def take_over(*, past: PastComplaint, system: str, by: User) -> Complaint:
    """Register a complaint of another system and record the answer given there, in one act that holds or fails.

    Importing is the importer's act, answering was not: it needs the right to backdate, not the right to resolve.
    Raises Invalid and NotAllowed, and IntegrityError when the same number is taken over twice at once.
    """
    permissions.check_backdate(by)
    complaint = intake.register(registration=past.registration, by=by, external=(system, past.number)).complaint
    if past.answer is not None:
        _record_answer(selectors.locked(complaint.pk), past.answer, by)
    return complaint


def _record_answer(complaint: Complaint, answer: PastAnswer, by: User) -> None:
    """Resolve the complaint at the moment its answer was given; deadlines are judged by that moment."""
    before = Status(complaint.status)
    complaint.status = lifecycle.after(before, Verb.RESOLVE)
    complaint.outcome, complaint.outcome_reasons = answer.outcome, answer.reasons
    complaint.resolved_at = answer.told_at
    complaint.save(update_fields=["status", "outcome", "outcome_reasons", "resolved_at"])
    told = messages.write(complaint, kind=Message.Kind.REPLY, author=None, body=answer.message, at=answer.told_at)
    events.record(
        complaint,
        kind=Verb.RESOLVE,
        by=by,
        at=answer.told_at,
        before=str(before),
        after=str(complaint.status),
        outcome=str(answer.outcome),
        message=told.pk,
        imported=True,
    )
