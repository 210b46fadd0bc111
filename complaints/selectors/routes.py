"""Where a category leads: the department that a complaint goes to. (Mission M11.)"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Department
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


def head_office() -> Department | None:
    """The first department at the top: it receives what no category leads elsewhere. None when there is none yet."""
    return Department.objects.filter(parent__isnull=True, is_active=True).order_by("id").first()
