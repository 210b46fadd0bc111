"""Reads: conversions of communicative complaints that the system has proposed and nobody has decided about."""

from django.db.models import Q, QuerySet

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import OPEN, Verb
from complaints.models import Complaint, Decision

CONVERTERS = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.CONVERT in verbs)

WAITS = Q(state=Decision.State.PROPOSED) & ~Q(conversion="")
"""The condition that a decision is a conversion nobody has decided about."""


def of(complaint: Complaint) -> Decision | None:
    """The conversion of this complaint that waits for somebody's word."""
    return complaint.decisions.filter(WAITS).first()


def waiting_for(user: User) -> QuerySet[Decision]:
    """Those that this person may confirm or reject, the oldest first."""
    departments = permissions.standing(user).departments(CONVERTERS)
    return (
        Decision.objects.filter(
            WAITS,
            complaint__department__in=departments,
            complaint__status__in=sorted(OPEN),
            complaint__in=permissions.visible_to(user),
        )
        .select_related("complaint")
        .order_by("decided_at", "id")
    )
