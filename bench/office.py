"""An office to measure: people on every tier, one calendar without nights, and three policies."""

from django.db import connection

from accounts.models import Department, Membership, User
from accounts.roles import Role
from escalation.services import calendars, policies

_WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

OPEN_HOURS = 720
DUE_HOURS = 1

_STEP: dict[str, object] = {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}}
_MUCH_LATER: dict[str, object] = {"after_working_hours": 9_000, "effects": {"raise_to_tier": 3, "assign": True}}


def _policy(hours: float, steps: list[dict[str, object]], **match: list[str]) -> dict[str, object]:
    return {
        "match": match,
        "calendar": "bench",
        "clocks": {
            "first_response": {"target": {"unit": "hours", "amount": 2 * OPEN_HOURS}},
            "resolution": {"target": {"unit": "hours", "amount": hours}, "steps": steps},
        },
    }


def found(*, branches: int = 1) -> list[Department]:
    """A head office with one person for each tier, and branches with a handler, a supervisor and a manager each.

    Complaints of major priority are due after an hour and climb one step then; all others have thirty days.
    """
    head_office = Department.objects.create(code="bench", name="Bench")
    for role in (Role.AGENT, Role.HANDLER, Role.SUPERVISOR, Role.MANAGER, Role.SPECIALIST, Role.EXECUTIVE):
        _person(head_office, role, f"{role}@bench.example")
    places = []
    for number in range(1, branches):
        place = Department.objects.create(code=f"branch-{number}", name=f"Branch {number}", parent=head_office)
        for role in (Role.HANDLER, Role.SUPERVISOR, Role.MANAGER):
            _person(place, role, f"{role}-{number}@bench.example")
        places.append(place)
    calendars.publish(code="bench", document={"name": "bench", "timezone": "Asia/Taipei", "week": _WEEK})
    policies.publish(
        code="bench-due", name="Due", document=_policy(DUE_HOURS, [_STEP, _MUCH_LATER], priority=["major"]), position=1
    )
    policies.publish(code="bench", name="Bench", document=_policy(OPEN_HOURS, [_STEP, _MUCH_LATER]))
    return [head_office, *places]


def settle() -> None:
    """Let PostgreSQL take stock, so that a measurement does not meet its housekeeping."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def clear() -> None:
    """Throw every complaint away."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE complaints_complaint, complaints_complainant CASCADE")


def _person(department: Department, role: Role, email: str) -> None:
    person = User.objects.create_user(email, name=str(role.label), department=department)
    Membership.objects.create(user=person, department=department, role=role)
