"""Where a category leads: the department that a complaint goes to. (Mission M11.)"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership
from accounts.roles import TIER_HOLDERS, Role
from complaints.errors import Invalid
from complaints.models import Category


@dataclass(frozen=True)
class Route:
    """Where a category leads, and which category it was that named the department: itself, or one above it. None where
    no category does: then it is the head office.
    """

    department: Department
    category: Category | None


def department_of(category: Category | None) -> Department:
    """The department a category belongs to (`find_route`)."""
    return find_route(category).department


def find_route(category: Category | None) -> Route:
    """The department a category belongs to, asking upwards in the tree; else the head office.

    Raises Invalid when the organisation has no department yet.
    """
    while category is not None:
        if category.department is not None and category.department.is_active:
            return Route(category.department, category)
        category = category.parent
    top = head_office()
    if top is None:
        raise Invalid(_("There is no department yet that could receive complaints. Ask an administrator to add one."))
    return Route(top, None)


WORKING = (Role.AGENT, *TIER_HOLDERS.values())
"""The roles that take complaints in and handle them."""


def head_office() -> Department | None:
    """The department that receives what no category leads elsewhere: at the top, the first one in which somebody
    besides administrators works on complaints, so that they do not lie where nobody looks; else simply the first one.
    None when there is none yet.
    """
    administrators = Membership.objects.filter(role=Role.ADMINISTRATOR).values("user")
    working = Membership.objects.filter(department=OuterRef("pk"), role__in=WORKING, user__is_active=True)
    top = Department.objects.filter(parent__isnull=True, is_active=True)
    return top.order_by(Exists(working.exclude(user__in=administrators)).desc(), "id").first()
