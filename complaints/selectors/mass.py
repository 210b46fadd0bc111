"""Reads: mass incidents, and what of them somebody may see. Counts are of visible complaints only."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import OPEN, Verb
from complaints.models import Complaint, Gathered, IncidentUpdate, MassIncident


@dataclass(frozen=True)
class Reach:
    """An update and to how many of the complaints that the reader sees it went."""

    update: IncidentUpdate
    reached: int


def visible_incidents(user: User) -> QuerySet[MassIncident]:
    """The incidents of the departments whose complaints the person reads, and those of a complaint that they see."""
    departments = permissions.readable_departments(user) if user.is_active else set()
    incidents = MassIncident.objects.select_related("department", "opened_by", "closed_by")
    if departments is None:
        return incidents
    gathered = Gathered.objects.filter(complaint__in=permissions.visible_to(user))
    return incidents.filter(Q(department__in=departments) | Q(pk__in=gathered.values("incident_id")))


def with_counts(incidents: QuerySet[MassIncident], user: User) -> QuerySet[MassIncident]:
    """With `gathered_count` and `open_count` of the complaints that this person sees."""
    seen = Gathered.objects.filter(incident=OuterRef("pk"), complaint__in=permissions.visible_to(user)).order_by()
    per_incident = seen.values("incident_id")
    total = per_incident.annotate(number=Count("pk")).values("number")
    still_open = per_incident.filter(complaint__status__in=sorted(OPEN)).annotate(number=Count("pk")).values("number")
    return incidents.annotate(
        gathered_count=Coalesce(Subquery(total), 0), open_count=Coalesce(Subquery(still_open), 0)
    )


def complaints_of(incident: MassIncident, user: User) -> QuerySet[Complaint]:
    """The complaints gathered under it that this person sees, the last received first."""
    return permissions.visible_to(user).filter(gathered__incident=incident).order_by("-received_at", "-id")


def updates_of(incident: MassIncident, user: User) -> list[Reach]:
    """What was sent to all, the last first. One query."""
    seen = Q(messages__complaint__in=permissions.visible_to(user))
    updates = incident.updates.select_related("author").annotate(reached=Count("messages", filter=seen, distinct=True))
    return [Reach(update, update.reached) for update in updates.order_by("-created_at", "-id")]


def open_incidents_for(user: User, complaint: Complaint) -> QuerySet[MassIncident]:
    """The open incidents under which this complaint can be gathered: of its department or one above it."""
    line = permissions.lineage_of(complaint)
    return visible_incidents(user).filter(department__in=line, closed_at=None)


def told_by(user: User, complaints: Sequence[Complaint]) -> set[int]:
    """The ids of those open complaints that an update of this person reaches."""
    return permissions.may_each(user, Verb.REPLY, [complaint for complaint in complaints if complaint.is_open])
