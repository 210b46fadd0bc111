"""Speaking with the complainant, and among ourselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from complaints import events, lifecycle, permissions, selectors
from complaints.guiding import Step, steps_done
from complaints.lifecycle import Status, Verb
from complaints.limits import check_promised, check_text
from complaints.models import Complaint, Message
from complaints.placeholders import check_filled
from complaints.selectors import remedies as remedy_reads
from complaints.services import evidence, messages, repeats
from complaints.services.evidence import CheckedFile


@transaction.atomic
def reply(
    *,
    complaint_id: int,
    by: User,
    body: str,
    files: Sequence[CheckedFile] = (),
    promise_until: datetime | None = None,
) -> Message:
    """Write to the complainant. The first reply stops the first-response clock.

    `promise_until` is a moment ahead, at most a year, by which the letter promises to come back to them: it is watched
    from then on as if it had been promised in an act of its own, and takes the right to. What a template left to be
    filled in is refused.
    """
    complaint = selectors.locked(complaint_id)
    promised: dict[str, str] = {}
    if promise_until is not None:
        permissions.check(by, Verb.PROMISE, complaint)
        lifecycle.after(Status(complaint.status), Verb.PROMISE)
        check_promised("promise_until", promise_until, timezone.now())
        promised["until"] = promise_until.isoformat()
    return _speak(complaint, Verb.REPLY, by, Message.Kind.REPLY, check_filled("body", body), files, **promised)


@transaction.atomic
def note(
    *, complaint_id: int, by: User, body: str, files: Sequence[CheckedFile] = (), steps: Sequence[Step] = ()
) -> Message:
    """Write down something that only the office reads; so are its files. Of a talk with the complainant, `steps` are
    those of the six steps that were done.
    """
    complaint = selectors.locked(complaint_id)
    return _speak(complaint, Verb.NOTE, by, Message.Kind.NOTE, body, files, **steps_done(steps))


@transaction.atomic
def hear(*, complaint_id: int, body: str, files: Sequence[CheckedFile] = ()) -> Message:
    """Take in what the complainant writes and the evidence with it. Ends the waiting for them, if we were."""
    complaint = selectors.locked(complaint_id)
    before = Status(complaint.status)
    complaint.status = lifecycle.after(before, Verb.HEAR, owing=remedy_reads.owes_remedies(complaint))
    evidence.check_room(complaint, len(files))
    complaint.objection_until = None  # whoever writes after the answer is not silent
    complaint.save(update_fields=["status", "objection_until"])
    message = messages.write(complaint, kind=Message.Kind.HEARD, author=None, body=check_text("body", body))
    _record(complaint, Verb.HEAR, complaint.complainant, message, before)
    for file in files:
        evidence.keep(complaint, file, by=None, internal=False, message=message)
    repeats.notice(complaint, message.created_at)
    return message


def _speak(
    complaint: Complaint,
    verb: Verb,
    by: User,
    kind: Message.Kind,
    body: str,
    files: Sequence[CheckedFile],
    **told: Any,
) -> Message:
    permissions.check(by, verb, complaint)
    if files:
        permissions.check(by, Verb.ATTACH, complaint)
    before = Status(complaint.status)
    lifecycle.after(before, verb)
    evidence.check_room(complaint, len(files))
    message = messages.write(complaint, kind=kind, author=by, body=check_text("body", body))
    _record(complaint, verb, by, message, before, **told)
    for file in files:
        evidence.keep(complaint, file, by=by, internal=not message.seen_by_complainant, message=message)
    return message


def _record(complaint: Complaint, verb: Verb, by: events.Actor, message: Message, before: Status, **told: Any) -> None:
    events.record(
        complaint,
        kind=verb,
        by=by,
        at=timezone.now(),
        before=str(before),
        after=str(complaint.status),
        message=message.pk,
        **told,
    )
