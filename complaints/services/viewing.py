"""Who looked at a restricted complaint: written down each time, and shown to its circle. (Design section 3; S2-35.)"""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from complaints.models import Complaint, Viewing

SAME_LOOK = timedelta(minutes=15)
"""A page that fetches itself anew, or is opened again within this time, is one look."""

_LONGEST_DOOR, _LONGEST_ADDRESS = 80, 200


def note(*, complaint: Complaint, by: User, door: str, address: str) -> None:
    """Write down that somebody looked at a complaint that they were found to see, unless it is not restricted.

    `door` is the name of the page, `address` its path. In a transaction of its own: what was seen was seen, whatever
    comes of the act that it was seen for.
    """
    if not complaint.restriction:
        return
    now = timezone.now()
    door, address = door[:_LONGEST_DOOR], address[:_LONGEST_ADDRESS]
    same = Viewing.objects.filter(complaint=complaint, user=by, door=door, address=address, at__gt=now - SAME_LOOK)
    if not same.exists():
        Viewing.objects.create(complaint=complaint, user=by, door=door, address=address, at=now)
