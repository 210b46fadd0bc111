"""After the answer: recording follow-ups, which may lead to rework, and ratings. (Missions M28, M29, M44.)"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import aftercare, events, lifecycle, permissions, selectors
from complaints.aftercare import UNHAPPY, FollowUpMode, Satisfaction
from complaints.converting import Conversion
from complaints.errors import IllegalMove, SecondPersonNeeded, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import check_text
from complaints.models import Complaint, FollowUp, Message, Rating
from complaints.services import conversions, messages, rework

MOST_FOLLOW_UPS = 100
"""Of one complaint; nobody is called on more often."""


@transaction.atomic
def follow_up(
    *,
    complaint_id: int,
    by: User,
    mode: FollowUpMode,
    result: Satisfaction,
    words: str,
    own_words: bool = False,
    upheld: bool | None = None,
    reasons: str = "",
    at: datetime | None = None,
) -> FollowUp:
    """Record a visit, call or letter after the answer: what the complainant said (`words`), in whose words, and where
    they are not content whether they are right (`upheld`), with reasons. If they are, the complaint is worked on
    again: a new cycle, not with the same handler, and counted. One that was answered as communicative is then
    proposed to count as valid.

    A major complaint is followed up by the head of the department. Whoever gave the answer may not be the one who
    finds it right against the complainant. `at` says when it was, if earlier.
    Raises Invalid, NotAllowed, ConflictOfInterest, SecondPersonNeeded.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check_follow_up(by, complaint)
    lifecycle.after(Status(complaint.status), Verb.FOLLOW_UP)
    now = timezone.now()
    at = _when(complaint, by, at, now)
    words = check_text("words", words)
    result = Satisfaction(result)
    aftercare.check_finding(result, upheld)
    reasons = check_text("reasons", reasons) if upheld is not None else ""
    _check_own_answer(complaint, by, upheld)
    number = _next_number(complaint)
    written = FollowUp.objects.create(
        complaint=complaint,
        number=number,
        cycle=complaint.cycle,
        mode=FollowUpMode(mode),
        result=result,
        upheld=upheld,
        reasons=reasons,
        message=messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=words),
        own_words=own_words,
        by=by,
        at=at,
    )
    again = aftercare.leads_to_rework(result, upheld)
    if result in UNHAPPY:
        complaint.objection_until = None  # that was no silence
    complaint.reworks += again
    complaint.save(update_fields=["objection_until", "reworks"])
    events.record(complaint, kind=Verb.FOLLOW_UP, by=by, at=at, stated=at < now, **_told(written, complaint))
    if again:
        because = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=reasons)
        rework.start_again(complaint, Verb.REOPEN, by, message_id=because.pk, follow_up=number)
        conversions.propose([complaint], because=Conversion.DISPUTED, at=now)
    return written


@transaction.atomic
def rate(*, complaint_id: int, satisfied: bool, words: str = "") -> Rating:
    """The complainant says whether they are satisfied with the answer, in words if they like. It neither closes nor
    reopens the complaint; but who is not satisfied has not been silent.

    Raises IllegalMove for a second rating of the same answer.
    """
    complaint = selectors.locked(complaint_id)
    lifecycle.after(Status(complaint.status), Verb.RATE)
    if complaint.ratings.filter(cycle=complaint.cycle).exists():
        raise IllegalMove(_("You have told us already whether you are satisfied with this answer. Thank you."))
    now = timezone.now()
    said = None
    if words.strip():
        said = messages.write(complaint, kind=Message.Kind.HEARD, author=None, body=check_text("words", words))
    rating = Rating.objects.create(
        complaint=complaint, cycle=complaint.cycle, satisfied=satisfied, message=said, at=now
    )
    if not satisfied and complaint.objection_until is not None:
        complaint.objection_until = None
        complaint.save(update_fields=["objection_until"])
    data: dict[str, Any] = {"message": said.pk} if said is not None else {}
    events.record(
        complaint,
        kind=Verb.RATE,
        by=complaint.complainant,
        at=now,
        satisfied=satisfied,
        cycle=complaint.cycle,
        **data,
    )
    return rating


def _next_number(complaint: Complaint) -> int:
    number = complaint.follow_ups.count() + 1
    if number > MOST_FOLLOW_UPS:
        raise IllegalMove(_("This complaint has been followed up very often already. Write a note instead."))
    return number


def _when(complaint: Complaint, by: User, at: datetime | None, now: datetime) -> datetime:
    """When it was: now, or an earlier moment after the answer, for whoever may state one."""
    if at is None:
        return now
    if timezone.is_naive(at):
        raise invalid("at", _("Say in which time zone this moment is."))
    if at > now:
        raise invalid("at", _("This lies in the future. Record it when it is done."))
    answered_at = complaint.resolved_at or at
    if at < answered_at.replace(second=0, microsecond=0):  # people state minutes
        raise invalid("at", _("This was before the answer."))
    permissions.check_backdate(by)
    return max(at, answered_at)


def _check_own_answer(complaint: Complaint, by: User, upheld: bool | None) -> None:
    answers = complaint.events.filter(kind=Verb.RESOLVE).order_by("-sequence")
    if upheld is False and answers.values_list("actor", flat=True).first() == by.pk:
        raise SecondPersonNeeded(
            _(
                "You gave this answer yourself, so somebody else must find that it holds. Agree with the complainant,"
                " or let somebody else follow up."
            )
        )


def _told(written: FollowUp, complaint: Complaint) -> dict[str, Any]:
    """What the event says of a follow-up: codes and numbers only."""
    return {
        "follow_up": written.number,
        "mode": str(written.mode),
        "result": str(written.result),
        "upheld": written.upheld,
        "own_words": written.own_words,
        "cycle": written.cycle,
        "reworks": complaint.reworks,
        "rework": written.led_to_rework,
        "message": written.message_id,
    }
