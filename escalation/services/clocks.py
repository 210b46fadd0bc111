"""Rows of clocks: what a sweep and the office must write alike. The complaint's row is held by whoever calls."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from common.iso import iso
from common.rows import table
from complaints import events
from complaints.models import Complaint
from escalation import ladder, replay
from escalation.happenings import Happening
from escalation.models import Clock
from escalation.replay import OPEN_STATES
from escalation.selectors.rulebook import rule_of

OPEN_VALUES = frozenset(state.value for state in OPEN_STATES)


def next_due(clocks: Iterable[Clock]) -> datetime | None:
    """The earliest promise that still waits to be kept; paused ones have no date."""
    return min((clock.due_at for clock in clocks if clock.state in OPEN_VALUES and clock.due_at), default=None)


def wake_at(
    clock: Clock,
    state: replay.ClockState,
    fired: Collection[tuple[int, int, int]],
    round_: int,
    now: datetime,
) -> datetime | None:
    """When a sweep must look at an open clock: at once for what is due already, else at its next moment."""
    judgement = ladder.judge(
        steps=steps_of(clock), state=state, fired={key[1:] for key in fired if key[0] == round_}, now=now
    )
    moments = [judgement.firings[0].due_at] if judgement.firings else []
    if judgement.wake_at is not None:
        moments.append(judgement.wake_at)
    if clock.breached_at is None and state.due_at is not None:
        moments.append(state.due_at)
    return min(moments, default=None)


def steps_of(clock: Clock) -> Sequence[ladder.Step]:
    """The ladder of the policy version that the clock is pinned to."""
    return rule_of(clock.policy_version_id, clock.kind).steps


def breach(complaint: Complaint, clock: Clock, *, noticed_at: datetime) -> events.Act:
    """The event of a broken promise, dated at the promise. It tells nobody: the ladder's steps do."""
    due_at = clock.breached_at or noticed_at
    data: dict[str, Any] = {
        "clock": clock.id,
        "clock_kind": str(clock.kind),
        "cycle": clock.cycle,
        "due_at": iso(due_at),
        "late": max(0, round((noticed_at - due_at).total_seconds())),
        "notify": False,
    }
    return events.Act(complaint, Happening.BREACHED, None, due_at, data)


COLUMNS = {
    "id": "bigint",
    "policy_version_id": "bigint",
    "calendar_version_id": "bigint",
    "state": "text",
    "due_at": "timestamptz",
    "met_at": "timestamptz",
    "cancelled_at": "timestamptz",
    "breached_at": "timestamptz",
    "remaining": "float8",
    "provisional": "boolean",
    "wake_at": "timestamptz",
    "failures": "int",
    "last_error": "text",
    "set_aside_at": "timestamptz",
}


NOTED = {name: COLUMNS[name] for name in ("id", "state", "breached_at", "wake_at", "failures", "last_error")}
"""What a sweep notes of a clock: the passing of time moves no due date."""


def save(clocks: Sequence[Clock], columns: Mapping[str, str] = COLUMNS) -> None:
    """Write these columns of many clocks of held complaints with one statement."""
    if not clocks:
        return
    values = attrgetter(*columns)
    given, rows = table(columns, [values(clock) for clock in clocks])
    assignments = ", ".join(f"{name} = v.{name}" for name in columns if name != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE escalation_clock AS c SET {assignments} FROM {given} AS v WHERE c.id = v.id",  # noqa: S608 - ours
            [rows],
        )
