"""Reads: answered complaints that nothing closes by itself."""

from django.db.models import Q, QuerySet

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import Status
from complaints.models import Complaint

MOST_LISTED = 20
"""So many stand in My work; whoever has more sees the rest when these are done."""


def left_answered(user: User) -> QuerySet[Complaint]:
    """The answered complaints that this person holds, or registered where nobody holds them, and that no silence
    closes: no last date was stated, or the complainant has written, rated or been asked since. Without somebody who
    looks at them they would stay answered for ever. Those answered longest ago come first.
    """
    theirs = Q(holder=user) | Q(holder__isnull=True, registered_by=user)
    left = permissions.visible_to(user).filter(theirs, status=Status.RESOLVED, objection_until=None)
    return left.order_by("resolved_at", "id")[:MOST_LISTED]
