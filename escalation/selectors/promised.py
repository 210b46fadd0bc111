"""What was promised to complainants: the only clocks that they ever hear of."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Min, QuerySet

from complaints.models import Complaint
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES

TOLD: Collection[ClockKind] = (
    ClockKind.ACKNOWLEDGE,
    ClockKind.FIRST_RESPONSE,
    ClockKind.PROGRESS,
    ClockKind.RESOLUTION,
    ClockKind.PROMISE,
    ClockKind.FOLLOW_UP,
)
"""The other clocks are the office's own: what it owes an authority, when somebody takes over, when it looks again."""


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


def _dated(complaints: Sequence[Complaint]) -> QuerySet[Clock]:
    return Clock.objects.filter(
        complaint_id__in=[complaint.pk for complaint in complaints],
        kind__in=[kind.value for kind in TOLD],
        state__in=sorted(OPEN_STATES),
        due_at__isnull=False,
    ).order_by()
