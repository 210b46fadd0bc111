"""The view from above: branches handle; those above them brief, and watch until the end. (Mission M27; S4-17 ff.)"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_text
from complaints.models import Briefing, Complaint, Watch
from complaints.services import acting

MOST_BRIEFINGS = 100
"""Of one complaint; whoever needs more calls there."""

FARTHEST = timedelta(days=366)


@transaction.atomic
def brief(*, complaint_id: int, by: User, text: str, answer_by: datetime | None = None) -> Briefing:
    """Tell the department that handles the complaint what to heed or to do. With `answer_by` (aware) it is to report
    back by then, and a clock watches over it.

    For those who lead above that department. Raises NotAllowed, IllegalMove, Invalid.
    """
    complaint = acting.held_for(complaint_id, by, Verb.BRIEF)
    now = timezone.now()
    text = check_text("text", text)
    _check_answer_by(answer_by, now)
    number = 1 + complaint.briefings.count()
    if number > MOST_BRIEFINGS:
        raise IllegalMove(_("This complaint has very many briefings already. Call the department instead."))
    briefing = Briefing.objects.create(
        complaint=complaint,
        number=number,
        department=complaint.department,
        text=text,
        answer_by=answer_by,
        briefed_by=by,
        briefed_at=now,
    )
    events.record(
        complaint,
        kind=Verb.BRIEF,
        by=by,
        at=now,
        briefing=number,
        department=complaint.department_id,
        until=answer_by.isoformat() if answer_by else None,
    )
    return briefing


@transaction.atomic
def report_back(*, complaint_id: int, by: User, briefing_number: int, answer: str) -> Briefing:
    """Tell those above what came of their briefing. Raises Invalid for one that is not there or has been answered."""
    complaint = acting.held_for(complaint_id, by, Verb.REPORT_BACK)
    briefing = complaint.briefings.filter(number=briefing_number, answered_at=None).first()
    if briefing is None:
        raise invalid("briefing", _("The complaint has no briefing with this number that waits for an answer."))
    now = timezone.now()
    briefing.answer = check_text("answer", answer)
    briefing.answered_by, briefing.answered_at = by, now
    briefing.save(update_fields=["answer", "answered_by", "answered_at"])
    events.record(
        complaint,
        kind=Verb.REPORT_BACK,
        by=by,
        at=now,
        briefing=briefing.number,
        department=briefing.department_id,
        briefed_by=briefing.briefed_by_id,
    )
    return briefing


@transaction.atomic
def watch(*, complaint_id: int, by: User) -> Complaint:
    """Follow the complaint until it has ended: it stands in the person's own list, and a letter tells them when it has
    ended or is overdue. Raises IllegalMove for who does so already.
    """
    complaint = acting.held_for(complaint_id, by, Verb.WATCH)
    now = timezone.now()
    if complaint.watches.filter(user=by, ended_at=None).exists():
        raise IllegalMove(_("You watch this complaint already."))
    Watch.objects.create(complaint=complaint, user=by, since=now)
    events.record(complaint, kind=Verb.WATCH, by=by, at=now)
    return complaint


@transaction.atomic
def unwatch(*, complaint_id: int, by: User) -> Complaint:
    """Follow the complaint no more. Raises IllegalMove for who does not."""
    complaint = acting.held_for(complaint_id, by, Verb.UNWATCH)
    now = timezone.now()
    if not complaint.watches.filter(user=by, ended_at=None).update(ended_at=now):
        raise IllegalMove(_("You do not watch this complaint."))
    events.record(complaint, kind=Verb.UNWATCH, by=by, at=now)
    return complaint


def _check_answer_by(answer_by: datetime | None, now: datetime) -> None:
    if answer_by is None:
        return
    if timezone.is_naive(answer_by):
        raise invalid("answer_by", _("Say in which time zone this moment is."))
    if answer_by <= now:
        raise invalid("answer_by", _("This moment has passed. Agree on one that lies ahead."))
    if answer_by > now + FARTHEST:
        raise invalid("answer_by", _("This is more than a year ahead. Agree on an earlier moment."))
