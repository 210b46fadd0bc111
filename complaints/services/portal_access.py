"""Helping somebody back to their case who has lost its secret."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from complaints import events, references, selectors
from complaints.models import Complaint

LINK_REQUESTED = "link_requested"
"""Kind of the event. Whoever sends mail answers it with `access.signed_link` to the address on file."""

PAUSE = timedelta(minutes=10)
"""No second mail for the same case within this time: nobody is to be flooded in somebody else's name."""


def request_link(*, reference: str, email: str) -> None:
    """Ask for the link to be mailed to the address on file, if this is the address on file.

    Answers nothing, so that no door can give away whether the case exists (design section 3).
    """
    complaint = (
        Complaint.objects.select_related("complainant").filter(reference=references.normalise(reference) or "").first()
    )
    on_file = complaint.complainant.email if complaint is not None else ""
    same = constant_time_compare(_plain(email), _plain(on_file))
    if complaint is not None and on_file and same:
        _record_once(complaint.pk)


@transaction.atomic
def _record_once(complaint_id: int) -> None:
    complaint = selectors.locked(complaint_id)
    now = timezone.now()
    if not complaint.events.filter(kind=LINK_REQUESTED, recorded_at__gt=now - PAUSE).exists():
        events.record(complaint, kind=LINK_REQUESTED, by=complaint.complainant, at=now)


def _plain(email: str) -> str:
    return email.strip().casefold()
