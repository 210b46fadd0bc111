"""Where a person's roles count, and what they may do there whichever complaint it is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import User
from accounts.roles import Role
from accounts.trees import tree
from complaints import arbiters, circles
from complaints.errors import NotAllowed
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.permissions.grants import BACKDATERS, GRANTS, LEADING, SUPERVISING


@dataclass(frozen=True)
class Standing:
    """A person's roles, each with every department it covers, and with those it is held in."""

    covers: Mapping[Role, frozenset[int]]
    held: Mapping[Role, Collection[int]]
    all_departments: frozenset[int]

    def departments(self, roles: frozenset[Role]) -> set[int]:
        """The departments that any of these roles covers."""
        return {department for role in roles for department in self.covers.get(role, ())}

    def roles_in(self, department_id: int) -> set[Role]:
        """The roles that count in this department."""
        return {role for role, departments in self.covers.items() if department_id in departments}


def standing(user: User) -> Standing:
    """Read the person's roles and what each covers."""
    held: dict[Role, set[int]] = {}
    for role, department_id in people.roles_of(user):
        held.setdefault(role, set()).add(department_id)
    departments = tree()
    covers = {role: frozenset(departments.under(ids)) for role, ids in held.items()}
    return Standing(covers, held, all_departments=frozenset(departments.parents))


def leads_above(user: User, one: int, other: int) -> bool:
    """Whether this person could decide between these two departments."""
    return user.is_active and arbiters.leads_above(standing(user).held, one, other)


def circles_entered(theirs: Standing, user: User, complaints: Iterable[Complaint]) -> set[int]:
    """The ids of those of these complaints that are restricted and in whose circle the person is. No query where none
    is restricted.
    """
    restricted = [complaint.pk for complaint in complaints if complaint.restriction]
    if not restricted or not user.is_active:
        return set()
    return set(Complaint.objects.filter(in_circle(theirs, user), pk__in=restricted).values_list("pk", flat=True))


def in_circle(theirs: Standing, user: User) -> Func:
    """The condition that the person is in the circle of a complaint."""
    return circles.entered_by(user, supervises=theirs.held.get(Role.SUPERVISOR, ()))


def may_in(user: User, verb: Verb, department_id: int) -> bool:
    """Whether a role of this person includes the act for complaints of that department, whichever they are."""
    return user.is_active and any(verb in GRANTS[role] for role in standing(user).roles_in(department_id))


def may_lead(user: User, department_id: int) -> bool:
    """Whether this person leads in that department: supervises, manages, or holds a tier above."""
    return user.is_active and any(GRANTS[role] >= LEADING for role in standing(user).roles_in(department_id))


def supervises_upgrades(user: User) -> bool:
    """Whether this person sits at the supervision desk."""
    return user.is_active and any(role in SUPERVISING for role, _department in people.roles_of(user))


def check_supervises(user: User) -> None:
    """Raise NotAllowed when `supervises_upgrades` says no."""
    if not supervises_upgrades(user):
        raise NotAllowed(
            _("The supervision desk is for these roles: %(roles)s.")
            # Translators: stands between the parts of a list.
            % {"roles": _(", ").join(str(role.label) for role in Role if role in SUPERVISING)}
        )


def manages(user: User, complaint: Complaint) -> bool:
    """Whether this person heads the complaint's department, or one above it."""
    return user.is_active and Role.MANAGER in standing(user).roles_in(complaint.department_id)


def departments_below(department_id: int) -> set[int]:
    """That department and everything below it."""
    return people.departments_under([department_id])


def lineage_of(complaint: Complaint) -> list[int]:
    """The complaint's department, the one above it, and so on up to the root."""
    return people.lineage(complaint.department_id)


def check_register(user: User, *, backdated: bool) -> None:
    """Anyone on the staff may log a complaint (mission M01); stating an earlier receipt needs the right to.

    Raises NotAllowed.
    """
    roles = {role for role, _department in people.roles_of(user)}
    if not any(Verb.REGISTER in GRANTS[role] for role in roles):
        raise NotAllowed(_("Your roles do not include registering complaints."))
    if backdated:
        check_backdate(user)


def check_backdate(user: User) -> None:
    """Stating that something happened before it is being recorded needs the right to. Raises NotAllowed."""
    if not {role for role, _department in people.roles_of(user)} & BACKDATERS:
        raise NotAllowed(_("Your roles do not include stating an earlier date. Leave it empty."))
