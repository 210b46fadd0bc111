"""Tasks of a complaint as its dossier shows them, and those that wait for somebody."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from complaints import permissions, tasking
from complaints.lifecycle import Verb
from complaints.models import Attachment, Complaint, Task
from complaints.tasking import TaskState


@dataclass(frozen=True)
class TaskEntry:
    """A task in the dossier: how deep it lies in others, and what the reader may do with it now."""

    task: Task
    depth: int
    verbs: Sequence[Verb]


def tasks_with_all(complaints: Iterable[Complaint]) -> QuerySet[Task]:
    """The tasks of these complaints with everything that is shown of them: two queries."""
    people = ("owner", "issued_by", "accepted_by", "done_by", "refused_by", "cancelled_by")
    return (
        Task.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related("department", "parent", *people)
        .prefetch_related(Prefetch("attachments", Attachment.objects.order_by("id")))
        .order_by("complaint_id", "number")
    )


def tasks_of(user: User, complaint: Complaint) -> list[TaskEntry]:
    """The tasks of a complaint, each below the one that it is part of, in a constant number of queries."""
    tasks = list(tasks_with_all([complaint]))
    if not tasks:
        return []
    allowed = permissions.task_verbs(user, complaint, tasks)
    below: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        below[task.parent_id].append(task)
    entries: list[TaskEntry] = []
    waiting = [(task, 0) for task in reversed(below[None])]
    while waiting:
        task, depth = waiting.pop()
        verbs = [verb for verb in tasking.verbs_from(TaskState(task.state)) if verb in allowed[task.pk]]
        entries.append(TaskEntry(task, depth, verbs))
        waiting += [(child, depth + 1) for child in reversed(below[task.pk])]
    return entries


def tasks_to_do(user: User) -> QuerySet[Task]:
    """Open tasks that this person owns, or that wait for somebody where they work; those issued first come first."""
    mine = Q(owner=user)
    departments = permissions.departments_of_tasks(user)
    if departments:
        mine |= Q(owner__isnull=True, department__in=departments)
    return (
        Task.objects.filter(mine, state__in=sorted(tasking.OPEN), complaint__in=permissions.visible_to(user))
        .select_related("complaint", "department", "owner")
        .order_by("issued_at", "id")
    )
