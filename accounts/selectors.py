"""Reads about people: who holds what, where, and at which moment."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Absence, DutyShift, Membership, User
from accounts.roles import Role
from accounts.trees import tree
from common.reading import read_once


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


def absences_at(at: datetime) -> dict[int, datetime]:
    """Everybody who is away at that moment, with the moment at which they are expected back. One query."""
    away: dict[int, datetime] = {}
    running = Absence.objects.filter(starts_at__lte=at, ends_at__gt=at).order_by("ends_at")
    away.update(running.values_list("user_id", "ends_at"))  # where absences overlap the longest counts
    return away


def absences_of(user: User, since: datetime) -> QuerySet[Absence]:
    """The person's absences that are not over by that moment, the next one first."""
    return (
        Absence.objects.filter(user=user, ends_at__gt=since).select_related("entered_by").order_by("starts_at", "id")
    )


def absences_between(start: datetime, end: datetime, people: Iterable[int]) -> QuerySet[Absence]:
    """The absences of these people that touch `[start, end)`, in the order in which they begin."""
    touching = Absence.objects.filter(user__in=set(people), starts_at__lt=end, ends_at__gt=start)
    return touching.select_related("user", "user__department").order_by("starts_at", "id")


def shifts_between(start: datetime, end: datetime, department_id: int) -> QuerySet[DutyShift]:
    """The shifts of exactly this department that touch `[start, end)`, in the order in which they begin."""
    touching = DutyShift.objects.filter(department_id=department_id, starts_at__lt=end, ends_at__gt=start)
    return touching.select_related("user", "user__department").order_by("starts_at", "id")


def on_duty_at(at: datetime) -> frozenset[int]:
    """Everybody who is on a duty shift at that moment, for whatever department and tier. One query."""
    shifts = DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at)
    return frozenset(shifts.values_list("user_id", flat=True))


def administrators() -> list[User]:
    """The last ones asked when nobody else holds a tier: active administrators anywhere, and in an office without one
    whoever may change everything.
    """
    active = User.objects.filter(is_active=True).order_by("id")
    return list(active.filter(memberships__role=Role.ADMINISTRATOR).distinct()) or list(
        active.filter(is_superuser=True)
    )


def roles_of(user: User) -> list[tuple[Role, int]]:
    """The person's roles with their departments, read once a page."""
    held = Membership.objects.filter(user=user).values_list("role", "department_id")
    return read_once(("roles", user.pk), lambda: [(Role(role), department_id) for role, department_id in held])
