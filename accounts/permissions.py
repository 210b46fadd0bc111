"""Who looks after the office's own rules, plans a department's duty roster, or says that somebody is away. (Design
section 1.)
"""

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.trees import tree

PLANNERS: frozenset[Role] = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})
"""They plan for the departments in which they hold the role, and for everything below."""


def may_administer(user: User) -> bool:
    """Administrators of any department, and superusers."""
    if not user.is_active:
        return False
    return user.is_superuser or Membership.objects.filter(user=user, role=Role.ADMINISTRATOR).exists()


def planned_departments(user: User) -> set[int]:
    """The departments whose roster this person plans."""
    if not user.is_active:
        return set()
    all_departments = tree()
    if user.is_superuser:
        return set(all_departments.parents)
    planned = Membership.objects.filter(user=user, role__in=PLANNERS)
    return all_departments.under(planned.values_list("department_id", flat=True))


def may_plan(user: User, department_id: int) -> bool:
    """Whether this person adds, changes and removes the shifts of the department."""
    return department_id in planned_departments(user)


def may_enter_absence(user: User, of: User) -> bool:
    """Everybody their own; those who plan for somebody's home department theirs."""
    if not user.is_active:
        return False
    return user.pk == of.pk or (of.department_id is not None and may_plan(user, of.department_id)) or user.is_superuser
