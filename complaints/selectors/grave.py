"""Reads: what is grave about a complaint, for the dossier and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from complaints import circles, permissions
from complaints.classes import ComplaintClass, Kind
from complaints.gravity import SafetyKind
from complaints.lifecycle import Verb
from complaints.models import (
    Attachment,
    AuthorityReport,
    Complaint,
    Decision,
    MajorIncident,
    MassIncident,
    MediaReport,
    SafetyIncident,
    SafetyNotice,
)

UNSAFE: dict[str, SafetyKind] = {Kind.THREAT.value: SafetyKind.THREAT, Kind.DISRUPTION.value: SafetyKind.DISRUPTION}
"""The kinds of a malicious complaint that call for a safety incident."""


@dataclass(frozen=True)
class Gravity:
    """All that is grave about one complaint."""

    major: MajorIncident | None
    reports: Sequence[AuthorityReport]
    safety: Sequence[SafetyIncident]
    media: Sequence[MediaReport]
    incident: MassIncident | None = None
    """The mass incident that it is gathered under."""

    @cached_property
    def is_quiet(self) -> bool:
        """Nothing is."""
        return not (self.major or self.reports or self.safety or self.media or self.incident)


def gravity_of(complaint: Complaint) -> Gravity:
    """What is grave about it, in a constant number of queries. The caller found the complaint through `visible_to`."""
    major = MajorIncident.objects.select_related("declared_by", "acknowledged_by").filter(complaint=complaint)
    reports = complaint.authority_reports.select_related("recorded_by").prefetch_related(
        Prefetch("files", Attachment.objects.order_by("id"))
    )
    incidents = complaint.safety_incidents.select_related("recorded_by").prefetch_related(
        Prefetch("notices", SafetyNotice.objects.select_related("recorded_by"))
    )
    return Gravity(
        major=major.first(),
        reports=list(reports),
        safety=list(incidents),
        media=list(complaint.media_reports.select_related("recorded_by")),
        incident=MassIncident.objects.filter(members__complaint=complaint).first(),
    )


def safety_called_for(complaint: Complaint, decisions: Iterable[Decision]) -> SafetyKind | None:
    """The kind of safety incident that a class decided or proposed calls for; None where none does."""
    counting = (Decision.State.IN_FORCE, Decision.State.PROPOSED)
    for decision in decisions:
        grave = decision.complaint_class == ComplaintClass.MALICIOUS and decision.class_kind in UNSAFE
        if grave and decision.state in counting:
            return UNSAFE[decision.class_kind]
    return None


def majors_to_acknowledge(user: User) -> QuerySet[MajorIncident]:
    """What was declared major and waits for this person of the management, who did not declare it; oldest first."""
    roles = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.ACKNOWLEDGE_MAJOR in verbs)
    departments = permissions.standing(user).departments(roles)
    waiting = MajorIncident.objects.filter(acknowledged_at=None, complaint__department__in=departments)
    return (
        waiting.filter(complaint__in=permissions.visible_to(user))
        .exclude(declared_by=user)
        .select_related("complaint", "declared_by")
        .order_by("declared_at", "id")
    )


def is_kept_from_the_management(complaint: Complaint, major: MajorIncident) -> bool:
    """Of a restricted complaint: whether nobody of its circle but its declarer may acknowledge that it is major."""
    if not complaint.restriction:
        return False
    people = User.objects.filter(pk__in=circles.members(complaint)).exclude(pk=major.declared_by_id)
    return not any(permissions.may(person, Verb.ACKNOWLEDGE_MAJOR, complaint) for person in people)
