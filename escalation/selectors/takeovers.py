"""Who answers for a complaint that has climbed, and until when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import FIRST_TIER
from complaints import conflicts, lifecycle, permissions
from complaints.conflicts import RESPONDENTS, Concern
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from escalation.models import ClockEvent, EventKind
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


def resting(complaints: Sequence[Complaint], *, now: datetime) -> dict[int, datetime]:
    """Until when the climb of each of these complaints rests, for those whose climb does. One query."""
    held = ClockEvent.objects.filter(
        clock__complaint_id__in=[complaint.pk for complaint in complaints],
        clock__met_at=None,
        clock__cancelled_at=None,
        kind=EventKind.HELD,
        until__gt=now,
    ).order_by("until")
    return {complaint_id: until for complaint_id, until in held.values_list("clock__complaint_id", "until") if until}


def takeable(
    user: User, complaints: Sequence[Complaint], *, open_kinds: Mapping[int, Collection[str]], rests: Collection[int]
) -> set[int]:
    """The ids of those complaints that this person could take over now: what a page offers. `open_kinds` are the kinds
    of their open clocks, `rests` the complaints whose climb rests: only whoever holds one may ask for more time.
    """
    climbing = [
        complaint
        for complaint in complaints
        if lifecycle.possible(Status(complaint.status), Verb.TAKE_OVER)
        and has_climbed(complaint, kinds := open_kinds.get(complaint.pk, ()))
        and any(kind != ClockKind.TAKEOVER for kind in kinds)
        and (complaint.pk not in rests or complaint.holder_id == user.pk)
    ]
    if not climbing:
        return set()
    allowed = permissions.may_each(user, Verb.TAKE_OVER, climbing)
    allowed &= permissions.leads_each(user, climbing)
    about = conflicts.concerned_in(allowed)
    return {
        complaint.pk
        for complaint in climbing
        if complaint.pk in allowed and not is_out(user, complaint, about.get(complaint.pk, {}).get(user.pk))
    }


def is_out(user: User, complaint: Complaint, concern: Concern | None) -> bool:
    """Whether a complaint concerns this person so that they may not take it over. Where nobody else was left the
    ladder itself may have handed it to somebody who handled it before: they may, but never whoever it is about.
    """
    return concern is not None and (concern in RESPONDENTS or complaint.holder_id != user.pk)
