"""The deadlines of tasks, for the dossier and for My work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from complaints import tasking
from complaints.models import Complaint, Task
from complaints.selectors import tasks as task_reads
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.selectors.clocks import OPEN_VALUES, NextClock, shown
from escalation.selectors.rulebook import prepare

MOST = 50
"""So many tasks stand in My work; whoever has more sees the rest when these are done."""


@dataclass(frozen=True)
class ToDo:
    """A task that waits for somebody, and its clock; None where nobody promised a date."""

    task: Task
    next: NextClock | None


def task_clocks(complaint: Complaint, now: datetime) -> dict[str, NextClock]:
    """The open clocks of a complaint's tasks, by what they are about. One query."""
    return clocks_about(complaint, ClockKind.TASK, now)


def clocks_about(complaint: Complaint, kind: ClockKind, now: datetime) -> dict[str, NextClock]:
    """The open clocks of one kind, by what they are about. One query."""
    clocks = Clock.objects.filter(complaint=complaint, kind=kind, state__in=OPEN_VALUES)
    return {clock.about: shown(clock, now) for clock in _with_rules(list(clocks))}


def tasks_to_do(user: User, now: datetime) -> list[ToDo]:
    """What this person, or somebody where they work, is asked to do, in the order in which it is due. Two queries."""
    tasks = list(task_reads.tasks_to_do(user)[: MOST * 2])
    if not tasks:
        return []
    which = Q(complaint__in={task.complaint_id for task in tasks})
    clocks = _with_rules(list(Clock.objects.filter(which, kind=ClockKind.TASK, state__in=OPEN_VALUES)))
    found = {(clock.complaint_id, clock.about): shown(clock, now) for clock in clocks}
    to_do = [ToDo(task, found.get((task.complaint_id, tasking.about(task.number)))) for task in tasks]
    return sorted(to_do, key=_order)[:MOST]


def _order(one: ToDo) -> tuple[bool, float, int]:
    due_at = one.next.clock.due_at if one.next is not None else None
    return due_at is None, due_at.timestamp() if due_at else 0.0, one.task.pk


def _with_rules(clocks: Sequence[Clock]) -> Sequence[Clock]:
    prepare(
        policy_version_ids={clock.policy_version_id for clock in clocks},
        calendar_version_ids={clock.calendar_version_id for clock in clocks},
    )
    return clocks
