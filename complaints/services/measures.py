"""Interim measures while a restricted complaint is looked into: ordered with reasons, ended by an act. (S2-47.)"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, permissions
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_text
from complaints.measuring import MeasureKind
from complaints.models import Complaint, InterimMeasure
from complaints.services import acting

MOST_MEASURES = 50
FARTHEST = timedelta(days=366)
"""Nobody is put on leave for two years by an interim measure; a slip of the finger does."""


@transaction.atomic
def order_measure(
    *,
    complaint_id: int,
    by: User,
    kind: MeasureKind,
    what: str,
    reasons: str,
    since: date | None = None,
    until: date | None = None,
) -> InterimMeasure:
    """Order something for the time in which a restricted complaint is looked into: `what`, for whom, and for which
    `reasons`. In force from `since` (today, where nothing is said) until somebody ends it; `until` is the day by which
    that is due. The event tells no more than its number: only the circle knows what it is.

    Raises Invalid, ConflictOfInterest, and IllegalMove for a complaint that is not restricted.
    """
    complaint = acting.held_for(complaint_id, by, Verb.ORDER_MEASURE)
    permissions.check_may_judge(by, complaint)
    if not complaint.restriction:
        raise IllegalMove(not_restricted())
    if complaint.measures.count() >= MOST_MEASURES:
        raise IllegalMove(_("This complaint has very many interim measures already. End one and say more with it."))
    today = timezone.localdate()
    first = since or today
    if abs(first - today) > FARTHEST:
        raise invalid("since", _("This is more than a year away from today. Give a nearer day."))
    if until is not None and until < max(first, today):
        raise invalid("until", _("This day has passed, or lies before the first one. Give a later day."))
    if until is not None and until > today + FARTHEST:
        raise invalid("until", _("This is more than a year ahead. Give an earlier day; it can be ordered anew."))
    ordered = InterimMeasure.objects.create(
        complaint=complaint,
        number=1 + complaint.measures.count(),
        kind=MeasureKind(kind),
        what=check_text("what", what),
        reasons=check_text("reasons", reasons),
        since=first,
        until=until,
        ordered_by=by,
        ordered_at=timezone.now(),
    )
    events.record(complaint, kind=Verb.ORDER_MEASURE, by=by, at=ordered.ordered_at, measure=ordered.number)
    return ordered


@transaction.atomic
def end_measure(*, complaint_id: int, by: User, number: int, reasons: str) -> InterimMeasure:
    """End an interim measure, and say why: the inquiry is over, or it is not needed any more. Raises Invalid,
    IllegalMove.
    """
    complaint = acting.held_for(complaint_id, by, Verb.END_MEASURE)
    permissions.check_may_judge(by, complaint)
    found = complaint.measures.filter(number=number).first()
    if found is None:
        raise invalid("measure", _("The complaint has no interim measure with this number."))
    if not found.is_open:
        raise IllegalMove(_("This interim measure has ended already."))
    found.ended_because = check_text("reasons", reasons)
    found.ended_by, found.ended_at = by, timezone.now()
    found.save(update_fields=["ended_because", "ended_by", "ended_at"])
    events.record(complaint, kind=Verb.END_MEASURE, by=by, at=found.ended_at, measure=number)
    return found


def check_none_in_force(complaint: Complaint) -> None:
    """Raise IllegalMove while an interim measure is in force: before everybody sees the held complaint again."""
    if complaint.measures.filter(ended_at=None).exists():
        raise IllegalMove(_("An interim measure is in force, of which only the circle knows. End it first."))


def not_restricted() -> str:
    """Why nothing can be ordered."""
    return _("Interim measures are for restricted complaints: only a circle may know of them. Restrict it first.")


def _held_for(complaint_id: int, by: User, verb: Verb) -> Complaint:
    complaint = acting.held_for(complaint_id, by, verb)
    permissions.check_may_judge(by, complaint)
    return complaint
