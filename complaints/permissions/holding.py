"""Who can hold a complaint, and who leads what only those who lead may do."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Absence, User
from accounts.roles import Role
from complaints import circles, conflicts, heads
from complaints.errors import NotAllowed, invalid
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.permissions.grants import GRANTS
from complaints.permissions.standing import Standing, circles_entered, standing


def can_handle(user: User, complaint: Complaint) -> bool:
    """Whether the complaint can be assigned to this person: they may answer it where it lies, or are in the circle of
    a restricted one and may answer complaints somewhere. What was declared major is assigned to those who lead.
    """
    theirs = standing(user)
    roles = _roles_with(theirs, complaint, circles_entered(theirs, user, [complaint]))
    return user.is_active and bool(roles & _holding_roles(complaint))


def check_can_handle(field: str, user: User, complaint: Complaint) -> None:
    """Raise Invalid naming the field when `can_handle` says no, with what to do."""
    if can_handle(user, complaint):
        return
    sentence = _("%(name)s cannot handle complaints of this department. Choose somebody else.")
    if heads.is_led_in_person(complaint):
        sentence = _("%(name)s cannot lead this complaint: it was declared major. Choose the head of the department.")
    elif complaint.restriction:
        sentence = _(
            "%(name)s is not in the circle of this restricted complaint, or cannot handle it. Admit them first."
        )
    raise invalid(field, sentence % {"name": user.name})


def leads_each(user: User, complaints: Collection[Complaint]) -> set[int]:
    """The ids of those complaints that this person may lead: all but what was declared major, which is led by whoever
    holds it, or leads where it lies. Their roles are read once.
    """
    led = heads.led_in_person(complaint for complaint in complaints if complaint.holder_id != user.pk)
    theirs = {complaint.pk for complaint in complaints if complaint.pk not in led}
    if not led:
        return theirs
    others = [complaint for complaint in complaints if complaint.pk in led]
    held = standing(user)
    entered = circles_entered(held, user, others)
    return theirs | {each.pk for each in others if _roles_with(held, each, entered) & heads.LEADERS}


def check_leads(user: User, complaint: Complaint) -> None:
    """What was declared major is answered by whoever holds it or leads where it lies, and by nobody else.

    Raises NotAllowed.
    """
    if not leads_each(user, [complaint]):
        raise NotAllowed(
            _("This complaint was declared major: whoever holds it or heads the department leads it in person.")
        )


def _roles_with(theirs: Standing, complaint: Complaint, entered: Collection[int]) -> set[Role]:
    """The roles that count with a complaint: of a restricted one all that are held by who has entered it."""
    if not complaint.restriction:
        return theirs.roles_in(complaint.department_id)
    return set(theirs.covers) if complaint.pk in entered else set()


def _holding_roles(complaint: Complaint) -> frozenset[Role]:
    """The roles of which one is needed to be given the complaint."""
    if heads.is_led_in_person(complaint):
        return heads.LEADERS
    return frozenset(role for role, verbs in GRANTS.items() if Verb.RESOLVE in verbs)


def handlers_of(complaint: Complaint, at: datetime) -> QuerySet[User]:
    """The people the complaint can be assigned to: the rule of `can_handle` and of `conflicts.check` as a queryset.

    In order of name, those who are away at that moment last; `away_until` is when they are expected back.
    """
    roles = sorted(_holding_roles(complaint))
    away = Absence.objects.filter(user=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at).order_by("-ends_at")
    if complaint.restriction:
        fit = User.objects.filter(memberships__role__in=roles, pk__in=circles.members(complaint))
    else:
        departments = people.lineage(complaint.department_id)
        fit = User.objects.filter(memberships__role__in=roles, memberships__department__in=departments)
    return (
        fit.filter(is_active=True)
        .exclude(pk__in=list(conflicts.concerned(complaint)))
        .annotate(away_until=Subquery(away.values("ends_at")[:1]))
        .distinct()
        .order_by(F("away_until").asc(nulls_first=True), "name", "id")
    )
