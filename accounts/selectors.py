"""Reads about people: who holds what, where, and at which moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Department, DutyShift, Membership, User
from accounts.roles import Role


@dataclass(frozen=True)
class Tree:
    """The department tree as it is now, read once: department → the one above it."""

    parents: Mapping[int, int | None]

    def under(self, department_ids: Iterable[int]) -> set[int]:
        """The departments named and everything below them."""
        children: dict[int | None, list[int]] = defaultdict(list)
        for department_id, parent_id in self.parents.items():
            children[parent_id].append(department_id)
        found: set[int] = set()
        waiting = list(department_ids)
        while waiting:
            department_id = waiting.pop()
            if department_id not in found:
                found.add(department_id)
                waiting.extend(children[department_id])
        return found

    def lineage(self, department_id: int) -> list[int]:
        """The department, the one above it, and so on up to the root."""
        line: list[int] = []
        current: int | None = department_id
        while current is not None and current not in line:
            line.append(current)
            current = self.parents.get(current)
        return line


def tree() -> Tree:
    """Read the department tree: one query, however deep it is."""
    return Tree(dict(Department.objects.values_list("id", "parent_id")))


def departments_under(department_ids: Iterable[int]) -> set[int]:
    """The departments named and everything below them."""
    return tree().under(department_ids)


def lineage(department_id: int) -> list[int]:
    """The department, the one above it, and so on up to the root."""
    return tree().lineage(department_id)


def holders(department_id: int, role: Role) -> list[User]:
    """Active people who hold the role in exactly this department, longest-serving first."""
    return list(
        User.objects.filter(is_active=True, memberships__department_id=department_id, memberships__role=role).order_by(
            "id"
        )
    )


def duty_holder(department_id: int, tier: int, at: datetime) -> User | None:
    """Who stands in for that tier of that department at that moment; the shift that began last wins."""
    shift = (
        DutyShift.objects.filter(
            department_id=department_id, tier=tier, starts_at__lte=at, ends_at__gt=at, user__is_active=True
        )
        .select_related("user")
        .order_by("-starts_at", "-id")
        .first()
    )
    return shift.user if shift else None


def administrators() -> list[User]:
    """Active administrators anywhere: the last ones asked when nobody else holds a tier."""
    return list(User.objects.filter(is_active=True, memberships__role=Role.ADMINISTRATOR).distinct().order_by("id"))


def roles_of(user: User) -> list[tuple[Role, int]]:
    """The person's roles with their departments."""
    return [
        (Role(role), department_id)
        for role, department_id in Membership.objects.filter(user=user).values_list("role", "department_id")
    ]
