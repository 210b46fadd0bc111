"""The link in a letter with which an escalated person takes a complaint over without signing in.

This module decides what a link opens; it neither reads requests nor writes anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import Verb
from complaints.models import Complaint
from escalation import selectors

LINK_LASTS = timedelta(days=7)


class Standing(StrEnum):
    """What has become of the complaint since the letter."""

    WAITS = "waits"
    """It waits for the reader."""
    RESTS = "rests"
    """The reader has taken it over, and the climb rests."""
    OVER = "over"
    """The reader has taken it over, and the agreed time has passed."""
    TAKEN = "taken"
    """Somebody else answers for it now."""
    MOVED_ON = "moved_on"
    """It is in other hands by now."""
    ENDED = "ended"
    """The office owes no answer any more."""


@dataclass(frozen=True)
class Asked:
    """What an unbroken link asks of whom; `until` is when the climb goes on, where that matters (UTC)."""

    user: User
    complaint: Complaint
    event_id: int
    standing: Standing
    until: datetime | None = None


def signed_link(*, user_id: int, complaint_id: int, event_id: int) -> str:
    """The absolute address that lets this person take the complaint over for `LINK_LASTS`. It names nobody: it carries
    three numbers and a signature.
    """
    key = _signer().sign(f"{user_id}-{complaint_id}-{event_id}")
    return f"{settings.BASE_URL}{reverse('escalation:take-over-by-mail')}?key={key}"


def read(key: str, *, now: datetime | None = None) -> Asked | None:
    """What the key of a link asks; None when it was altered, is too old, or its reader is gone or may not any more."""
    try:
        numbers = _signer().unsign(key, max_age=LINK_LASTS)
    except BadSignature:
        return None
    user_id, complaint_id, event_id = (int(number) for number in numbers.split("-"))
    complaint = Complaint.objects.filter(pk=complaint_id).first()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if complaint is None or user is None or not permissions.may(user, Verb.TAKE_OVER, complaint):
        return None
    standing, until = _stands(user, complaint, event_id, now or timezone.now())
    return Asked(user, complaint, event_id, standing, until)


def _stands(user: User, complaint: Complaint, event_id: int, now: datetime) -> tuple[Standing, datetime | None]:
    if not complaint.is_open:
        return Standing.ENDED, None
    taken = selectors.taken_over(complaint, now=now)
    asked = complaint.events.filter(pk=event_id).values_list("sequence", flat=True).first()
    if taken is not None and taken.by == user and taken.sequence > (asked or 0):
        return (Standing.RESTS if taken.rests else Standing.OVER), taken.until
    if taken is not None and taken.rests and taken.by.pk == complaint.holder_id:
        return Standing.TAKEN, taken.until
    return (Standing.WAITS if complaint.holder_id == user.pk else Standing.MOVED_ON), None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="escalation.take_over.link", sep=".")
