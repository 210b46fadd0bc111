"""Who answers for a complaint that has climbed, and until when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import FIRST_TIER
from complaints.lifecycle import Verb
from complaints.models import Complaint
from escalation.policies import ClockKind


@dataclass(frozen=True)
class Takeover:
    """Somebody took a complaint over at `at`; the climb rests until `until`. `sequence` is the number of the event."""

    by: User
    at: datetime
    until: datetime
    sequence: int
    rests: bool
    """Whether that time lasts still."""


def has_climbed(complaint: Complaint, open_kinds: Collection[str]) -> bool:
    """Whether somebody has been asked to take the complaint over; `open_kinds` are the kinds of its open clocks."""
    return complaint.tier > FIRST_TIER or ClockKind.TAKEOVER in open_kinds


def taken_over(complaint: Complaint, *, now: datetime | None = None) -> Takeover | None:
    """Who took the complaint over last, whether or not that time has passed; None if nobody ever did. One query."""
    last = (
        complaint.events.filter(kind=Verb.TAKE_OVER, actor__isnull=False)
        .select_related("actor")
        .order_by("-sequence")
        .first()
    )
    if last is None or last.actor is None:
        return None
    until = datetime.fromisoformat(last.data["until"])
    return Takeover(last.actor, last.occurred_at, until, last.sequence, rests=until > (now or timezone.now()))
