"""An office to measure: a few people, one policy, and as many complaints as asked, copied from one real one."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints.models import Complaint
from complaints.services import intake
from escalation.models import Clock
from escalation.services import calendars, policies

_WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
_POLICY = {
    "calendar": "bench",
    "clocks": {
        "resolution": {
            "target": {"unit": "hours", "amount": 1},
            "steps": [
                {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}},
                {"after_working_hours": 9_000, "effects": {"raise_to_tier": 3, "assign": True}},
            ],
        }
    },
}


def found() -> Department:
    """A head office with one person for each tier, a calendar without nights, and one policy."""
    department = Department.objects.create(code="bench", name="Bench")
    for role in (Role.HANDLER, Role.SUPERVISOR, Role.MANAGER, Role.SPECIALIST, Role.EXECUTIVE):
        person = User.objects.create_user(f"{role}@bench.example", name=str(role.label), department=department)
        Membership.objects.create(user=person, department=department, role=role)
    calendars.publish(code="bench", document={"name": "bench", "timezone": "Asia/Taipei", "week": _WEEK})
    policies.publish(code="bench", name="Bench", document=_POLICY)
    return department


def template(*, overdue: bool) -> Complaint:
    """One complaint taken in the real way: due an hour ago, or in an hour."""
    received_at = timezone.now() - timedelta(hours=2) if overdue else None
    given = intake.Registration(
        subject="Charged twice",
        description="The card was charged twice for one purchase. 收銀機刷了兩次卡。 " * 10,
        received_at=received_at,
    )
    return intake.register(registration=given, by=None).complaint


@transaction.atomic
def multiply(original: Complaint, copies: int) -> None:
    """Copy the complaint, its clocks and their ledgers; the copies have no story and no search terms."""
    complaint = _columns(Complaint, "id", "reference", "complainant_id", "event_count", "event_head")
    clock = _columns(Clock, "id", "complaint_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH people AS (
                INSERT INTO complaints_complainant
                    (name, email, phone, relation, anonymous, on_behalf_of, authority)
                SELECT '', '', '', '', true, '', '' FROM generate_series(1, %(copies)s) RETURNING id
            ), copied AS (
                INSERT INTO complaints_complaint
                    (reference, complainant_id, event_count, event_head, {complaint})
                SELECT 'B' || people.id, people.id, 0, '', {complaint}
                FROM people, complaints_complaint AS original WHERE original.id = %(original)s
                RETURNING id
            ), clocks AS (
                INSERT INTO escalation_clock (complaint_id, {clock})
                SELECT copied.id, {clock} FROM copied, escalation_clock AS original
                WHERE original.complaint_id = %(original)s
                RETURNING id
            )
            INSERT INTO escalation_clockevent
                (clock_id, sequence, kind, at, policy_version_id, calendar_version_id, reason)
            SELECT clocks.id, 1, e.kind, e.at, e.policy_version_id, e.calendar_version_id, e.reason
            FROM clocks, escalation_clockevent AS e JOIN escalation_clock AS k ON k.id = e.clock_id
            WHERE k.complaint_id = %(original)s AND e.sequence = 1
            """,  # noqa: S608 - the names come from our own models
            {"copies": copies, "original": original.pk},
        )


def settle() -> None:
    """Let PostgreSQL take stock, so that a measurement does not meet its housekeeping."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def clear() -> None:
    """Throw every complaint away."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE complaints_complaint, complaints_complainant CASCADE")


def _columns(model: type[Complaint] | type[Clock], *without: str) -> str:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    return ", ".join(column for column in columns if column not in without)
