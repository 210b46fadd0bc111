"""What was promised to complainants: the only clocks that they ever hear of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Min, QuerySet

from complaints.models import Complaint
from complaints.upgrading import Promise
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, State

TOLD: Collection[ClockKind] = (
    ClockKind.ACKNOWLEDGE,
    ClockKind.FIRST_RESPONSE,
    ClockKind.PROGRESS,
    ClockKind.RESOLUTION,
    ClockKind.PROMISE,
    ClockKind.FOLLOW_UP,
)
"""The other clocks are the office's own: what it owes an authority, when somebody takes over, when it looks again."""


OUTLASTING: Collection[ClockKind] = (ClockKind.RESOLUTION, ClockKind.PROMISE, ClockKind.FOLLOW_UP)
"""Those of them that a letter to the complainant does not keep by being sent."""


OF_WORD: Collection[ClockKind] = (ClockKind.FIRST_RESPONSE, ClockKind.PROGRESS, ClockKind.PROMISE)
"""Promises that the complainant hears from the office, whatever there is to say."""


def promises_made(complaints: Sequence[Complaint], at: datetime) -> Mapping[int, Sequence[Promise]]:
    """Every date promised to the complainants of these complaints, whether or not it was kept (settings.
    COMPLAINT_PROMISES). Those called off, or without a date because time has stopped, are left out. One query.
    """
    rows = Clock.objects.filter(
        complaint_id__in=[complaint.pk for complaint in complaints],
        kind__in=[kind.value for kind in TOLD],
        due_at__isnull=False,
    ).exclude(state=State.CANCELLED)
    found: dict[int, list[Promise]] = defaultdict(list)
    for clock in rows.order_by("due_at", "id"):
        if clock.due_at is not None:
            broken = clock.due_at < clock.met_at if clock.met_at is not None else clock.due_at <= at
            found[clock.complaint_id].append(
                Promise(clock.due_at, clock.met_at, broken, of_word=clock.kind in OF_WORD)
            )
    return found


def promises_to(complaint: Complaint) -> QuerySet[Clock]:
    """The open promises to a complainant that have a date, what is due first coming first. A promise that waits for
    the complainant has no date meanwhile.
    """
    return _dated([complaint]).order_by("due_at", "id")


def next_promised(complaints: Sequence[Complaint]) -> dict[int, datetime]:
    """The next date promised to the complainant of each complaint that has one, by its id. One query."""
    if not complaints:
        return {}
    return dict(_dated(complaints).values_list("complaint").annotate(next=Min("due_at")))


def promised_after(complaint: Complaint, at: datetime) -> datetime | None:
    """The next date after that moment that a letter may name: by when the complainant is answered, called back, or
    asked whether it held. Not what the letter itself keeps, as a first reply does. (settings.COMPLAINT_NEXT_PROMISED)
    """
    named = _dated([complaint]).filter(kind__in=[kind.value for kind in OUTLASTING], due_at__gt=at)
    next_one: datetime | None = named.aggregate(next=Min("due_at"))["next"]
    return next_one


def _dated(complaints: Sequence[Complaint]) -> QuerySet[Clock]:
    return Clock.objects.filter(
        complaint_id__in=[complaint.pk for complaint in complaints],
        kind__in=[kind.value for kind in TOLD],
        state__in=sorted(OPEN_STATES),
        due_at__isnull=False,
    ).order_by()
