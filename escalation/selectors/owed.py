"""What answered and ended complaints still owe: no list of open complaints shows it."""

from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from complaints import permissions
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from complaints.vocabulary import Priority
from escalation.models import Clock
from escalation.policies import AFTER_THE_ANSWER, ClockKind
from escalation.replay import OPEN_STATES

OPEN_VALUES = sorted(OPEN_STATES)
MOST = 50
"""So many stand in My work; whoever has more sees the rest when these are done."""

_HEADS, _REVIEWERS = frozenset({Role.MANAGER}), frozenset({Role.QUALITY_REVIEWER})
_MAJOR = Q(complaint__priority=Priority.MAJOR)


def owed_after_the_answer(user: User) -> list[Clock]:
    """What this person has to do after the answer, what is due next coming first. Two queries of clocks at most.

    Reports, reviews, what outside bodies ask for and follow-ups are for whoever holds the complaint. But the follow-up
    of a major one is for the head of the department, and a quality reviewer makes the others where they review.
    """
    ended = permissions.visible_to(user).filter(holder=user).exclude(status__in=sorted(OPEN))
    held = Q(kind__in=sorted(AFTER_THE_ANSWER)) | Q(kind=ClockKind.FOLLOW_UP) & ~_MAJOR
    mine = list(_open(Clock.objects.filter(held, complaint__in=ended)))
    seen = {clock.pk for clock in mine}
    both = mine + [clock for clock in _to_follow_up(user) if clock.pk not in seen]
    return sorted(both, key=_order)[:MOST]


def follow_up_due(complaint: Complaint) -> Clock | None:
    """The follow-up that is due of this complaint, if any."""
    return Clock.objects.filter(complaint=complaint, kind=ClockKind.FOLLOW_UP, state__in=OPEN_VALUES).last()


def _to_follow_up(user: User) -> list[Clock]:
    """By an index of the follow-ups that are due alone."""
    theirs = permissions.standing(user)
    led, reviewed = theirs.departments(_HEADS), theirs.departments(_REVIEWERS)
    if not led and not reviewed:
        return []
    asked = Q(complaint__department__in=led) & _MAJOR | Q(complaint__department__in=reviewed) & ~_MAJOR
    seen = permissions.visible_to(user)
    return list(_open(Clock.objects.filter(asked, kind=ClockKind.FOLLOW_UP, complaint__in=seen)))


def _open(clocks: QuerySet[Clock]) -> QuerySet[Clock]:
    waiting = clocks.filter(state__in=OPEN_VALUES).select_related("complaint")
    return waiting.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST]


def _order(clock: Clock) -> tuple[bool, float, int]:
    return clock.due_at is None, clock.due_at.timestamp() if clock.due_at else 0.0, clock.pk
