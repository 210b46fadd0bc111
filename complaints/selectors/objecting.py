"""Reads about grave classes: which one is in force, who had a part in it, and who may decide about an objection."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts import selectors as offices
from accounts.models import Membership, User
from complaints import circles, conflicts, permissions
from complaints.classes import NEEDS_SECOND_PERSON, Kind
from complaints.lifecycle import Status, Verb, possible
from complaints.malice import FINDINGS, ObjectionState
from complaints.models import Complaint, Decision, Objection

GRAVE = sorted(NEEDS_SECOND_PERSON)
DECIDERS = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.DECIDE_OBJECTION in verbs)


def grave_in_force(complaint: Complaint) -> Decision | None:
    """The decision by which the complaint has a grave class now."""
    standing = complaint.decisions.filter(state=Decision.State.IN_FORCE, complaint_class__in=GRAVE)
    return standing.select_related("decided_by", "second_person", "objection").first()


def open_objection(complaint: Complaint) -> Objection | None:
    """The objection that waits for a third person."""
    return complaint.objections.filter(state=ObjectionState.OPEN).select_related("decision").first()


def had_a_part(complaint: Complaint) -> set[int]:
    """Everybody who ever proposed or confirmed a grave class of this complaint: none of them is a third person."""
    return parts_in(complaint.decisions.all())


def parts_in(decisions: Iterable[Decision]) -> set[int]:
    """The same, of the decisions of one complaint in hand."""
    pairs = [(each.decided_by_id, each.second_person_id) for each in decisions if each.complaint_class in GRAVE]
    return {person for pair in pairs for person in pair if person is not None}


def deciders(complaint: Complaint) -> list[int]:
    """Who may decide about an objection: senior people who had no part in the class and whom the complaint does not
    concern, of the nearest department where somebody is left; of a restricted complaint those of its circle.
    """
    barred = had_a_part(complaint) | set(conflicts.concerned(complaint))
    rows = Membership.objects.filter(role__in=sorted(DECIDERS), user__is_active=True)
    if complaint.restriction:
        inside = rows.filter(user__in=circles.members(complaint)).values_list("user", flat=True)
        return sorted(set(inside) - barred)
    lineage = offices.lineage(complaint.department_id)
    holders: dict[int, set[int]] = defaultdict(set)
    for department, person in rows.filter(department__in=lineage).values_list("department", "user"):
        holders[department].add(person)
    return next((sorted(left) for each in lineage if (left := holders[each] - barred)), [])


def waiting_for(user: User) -> list[Objection]:
    """Open objections about which this person may decide, those made first coming first."""
    departments = permissions.standing(user).departments(DECIDERS)
    if not departments:
        return []
    rows: QuerySet[Objection] = (
        Objection.objects.filter(
            state=ObjectionState.OPEN,
            complaint__status__in=[status for status in Status if possible(status, Verb.DECIDE_OBJECTION)],
            complaint__in=permissions.visible_to(user),
        )
        .exclude(proposer=user)
        .exclude(confirmer=user)
        .select_related("complaint", "decision")
        .order_by("made_at", "id")
    )
    waiting = list(rows)
    concerned = conflicts.concerned_in([each.complaint_id for each in waiting]) if waiting else {}
    may = permissions.may_each(user, Verb.DECIDE_OBJECTION, [each.complaint for each in waiting]) if waiting else set()
    return [
        each for each in waiting if each.complaint_id in may and user.pk not in concerned.get(each.complaint_id, {})
    ]


@dataclass(frozen=True)
class PublicNotice:
    """What the page of a case says of a grave class: the finding, the reasons meant for the complainant, until when
    they can object and have objected, and what came of it.
    """

    finding: Any
    told: str
    told_at: datetime
    until: datetime
    stands: bool
    can_object: bool
    objection: Objection | None


def public_notice(complaint: Complaint, now: datetime) -> PublicNotice | None:
    """What is to be told of the last grave class that was in force: one query. A class that has lapsed or was lifted
    without an objection is not held against anybody, and not even shown.
    """
    was_told = complaint.decisions.filter(complaint_class__in=GRAVE, review_at__isnull=False)
    decision = was_told.select_related("objection").order_by("-decided_at", "-id").first()
    if decision is None or decision.review_at is None or decision.second_at is None:
        return None
    objection: Objection | None = getattr(decision, "objection", None)
    stands = decision.state == Decision.State.IN_FORCE and decision.review_at > now
    if not stands and objection is None:
        return None
    return PublicNotice(
        finding=FINDINGS[Kind(decision.class_kind)],
        told=decision.told,
        told_at=decision.second_at,
        until=decision.review_at,
        stands=stands,
        can_object=stands and objection is None and possible(Status(complaint.status), Verb.OBJECT),
        objection=objection,
    )
