"""Complaints that an administrator holds because nobody else was there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import CharField, Exists, F, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts import selectors as staff
from complaints.lifecycle import OPEN
from complaints.models import Complaint, Event
from escalation.happenings import Happening

MOST_LISTED = 100


@dataclass(frozen=True)
class LeftAlone:
    """Those that the person sees, what is due first on top, at most `MOST_LISTED`; and how many more there are."""

    complaints: Sequence[Complaint]
    unlisted: int


def left_alone(visible: QuerySet[Complaint]) -> LeftAlone:
    """Open complaints that the ladder put into an administrator's hands and that are still there. Three queries."""
    handed = (
        Event.objects.filter(
            complaint=OuterRef("pk"),
            kind__in=[Happening.ESCALATED, Happening.REMINDED],
            data__unmanned=True,
        )
        .alias(to=KT("data__holder"))
        .filter(to=Cast(OuterRef("holder_id"), CharField()))
    )
    found = visible.filter(
        Exists(handed), status__in=sorted(OPEN), holder__in=[person.pk for person in staff.administrators()]
    )
    listed = found.select_related("department", "holder").order_by(F("due_at").asc(nulls_last=True), "pk")
    count = found.count()
    return LeftAlone(list(listed[:MOST_LISTED]), max(0, count - MOST_LISTED))
