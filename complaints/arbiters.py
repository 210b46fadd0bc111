"""Who decides between two departments: those who lead the nearest department above both. (Mission M11.)"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.utils import timezone

from accounts import selectors as offices
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.trees import Tree, tree
from complaints import conflicts
from complaints.models import Transfer
from complaints.transferring import ARBITERS, above_both


def seats(one: int, other: int, departments: Tree | None = None) -> list[int]:
    """The departments above both, the nearest first. Whoever asks about many reads the tree once."""
    departments = departments or tree()
    return above_both(departments.lineage(one), departments.lineage(other))


def leads_above(held: Mapping[Role, Collection[int]], one: int, other: int, departments: Tree | None = None) -> bool:
    """Whether somebody who holds these roles leads a department above both."""
    above = set(seats(one, other, departments))
    return any(above & set(held.get(role, ())) for role in ARBITERS)


def can_arbitrate(
    user: User, held: Mapping[Role, Collection[int]], transfer: Transfer, departments: Tree | None = None
) -> bool:
    """Whether the person leads above both, and has neither asked nor objected. Whether the complaint concerns them is
    asked apart: it deserves a sentence of its own.
    """
    if user.pk in (transfer.asked_by_id, transfer.objected_by_id):
        return False
    return leads_above(held, transfer.sender_id, transfer.receiver_id, departments)


def asked_to_decide(transfer: Transfer) -> list[int]:
    """The people who are asked: supervisors of the nearest department above both, else its manager, and so on; never
    who asked, who objected, or whom the complaint concerns. Those who are away only where nobody else is left.
    """
    barred = {transfer.asked_by_id, transfer.objected_by_id, *conflicts.concerned(transfer.complaint)}
    above = seats(transfer.sender_id, transfer.receiver_id)
    rows = Membership.objects.filter(department__in=above, role__in=ARBITERS, user__is_active=True)
    people: dict[tuple[int, str], list[int]] = defaultdict(list)
    for person, role, department in rows.order_by("user_id").values_list("user_id", "role", "department_id"):
        if person not in barred:
            people[department, role].append(person)
    away = offices.absences_at(timezone.now())
    groups = [people[department, role] for department in above for role in ARBITERS if people[department, role]]
    here = [[person for person in group if person not in away] for group in groups]
    return next((group for group in here if group), groups[0] if groups else [])
