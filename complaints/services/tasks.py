"""Tasks: asking a department or a person for something, and what they make of it. (Mission M17; S3-38.)"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from complaints import circles, conflicts, events, lifecycle, permissions, selectors, tasking
from complaints.errors import IllegalMove, TasksOpen, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import MAX_LINE, check_text, too_long
from complaints.models import Complaint, Task
from complaints.remedying import amount_or_none
from complaints.services import acting, evidence, remedies
from complaints.services.evidence import CheckedFile
from complaints.tasking import Payer, TaskKind, TaskState

MOST_TASKS = 100
"""Of one complaint; whoever needs more has another complaint."""

FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Appraisal:
    """By whom something is appraised, and who bears what it costs. `cost` is exact, in `currency` (ISO 4217)."""

    body: str
    cost: Decimal | None = None
    currency: str = ""
    payer: Payer | None = None


@transaction.atomic
def issue(
    *,
    complaint_id: int,
    by: User,
    kind: TaskKind,
    what: str,
    department: Department,
    owner: User | None = None,
    parent_number: int | None = None,
    blocking: bool = True,
    due: datetime | None = None,
    appraisal: Appraisal | None = None,
    remedy_number: int | None = None,
) -> Task:
    """Ask a department, or one person of it, to do something for the complaint.

    `due` is the moment agreed on (aware); left out, the policy says by when. A task may be part of another one, which
    then cannot be finished before it. While a `blocking` one is open the complaint cannot be resolved.
    One of carrying out names its remedy, unless nothing waits for signatures.
    Raises Invalid, SignaturesMissing, and ConflictOfInterest for an owner whom the complaint concerns.
    """
    complaint = acting.held_for(complaint_id, by, Verb.ISSUE_TASK)
    now = timezone.now()
    what = check_text("what", what)
    _check_place(complaint, TaskKind(kind), department, owner)
    _check_due(due, now)
    others = list(complaint.tasks.all())
    task = Task.objects.create(
        complaint=complaint,
        number=_next_number(others),
        parent=_parent(others, parent_number),
        kind=kind,
        what=what,
        department=department,
        owner=owner,
        blocking=blocking,
        due=due,
        issued_by=by,
        issued_at=now,
        **_appraised(TaskKind(kind), appraisal),
    )
    if remedy_number is not None:
        remedies.entrust(complaint, remedy_number, task)
    elif task.kind == TaskKind.CARRYING_OUT:
        remedies.check_all_released(complaint)
    events.record(
        complaint,
        kind=Verb.ISSUE_TASK,
        by=by,
        at=now,
        **_named(task),
        blocking=blocking,
        until=due.isoformat() if due else None,
        **({"remedy": remedy_number} if remedy_number is not None else {}),
    )
    return task


@transaction.atomic
def accept(*, complaint_id: int, number: int, by: User) -> Task:
    """Take the task on. Where nobody was named, whoever accepts it owns it.

    Raises NotAllowed, ConflictOfInterest, IllegalMove.
    """
    task = _held_for(complaint_id, number, by, Verb.ACCEPT_TASK)
    task.accepted_by, task.accepted_at = by, timezone.now()
    task.owner = by if task.owner is None else task.owner
    return _move(task, Verb.ACCEPT_TASK, by, task.accepted_at, fields=["accepted_by", "accepted_at", "owner"])


@transaction.atomic
def refuse(*, complaint_id: int, number: int, by: User, reasons: str) -> Task:
    """Say that the task will not be done, and why. What is part of it is cancelled."""
    task = _held_for(complaint_id, number, by, Verb.REFUSE_TASK)
    task.result = check_text("reasons", reasons)
    task.refused_by, task.refused_at = by, timezone.now()
    called_off = _call_off(_below(task), by=by, at=task.refused_at)
    fields = ["result", "refused_by", "refused_at"]
    return _move(task, Verb.REFUSE_TASK, by, task.refused_at, fields=fields, called_off=called_off)


@transaction.atomic
def finish(
    *,
    complaint_id: int,
    number: int,
    by: User,
    result: str,
    cost: Decimal | None = None,
    currency: str = "",
    files: Sequence[CheckedFile] = (),
) -> Task:
    """Say what came of the task, with photos or papers if there are any, and what an appraisal has cost in the end.

    Raises TasksOpen while something that is part of it is open.
    """
    task = _held_for(complaint_id, number, by, Verb.FINISH_TASK)
    if waiting := [child for child in _below(task) if child.is_open]:
        raise TasksOpen(
            _("The task cannot be finished before what is part of it: %(tasks)s.") % {"tasks": in_words(waiting)}
        )
    task.result = check_text("result", result)
    if cost is not None or currency:
        _set_cost(task, cost, currency)
    task.done_by, task.done_at = by, timezone.now()
    task.accepted_by, task.accepted_at = task.accepted_by or by, task.accepted_at or task.done_at
    task.owner = by if task.owner is None else task.owner
    evidence.check_room(task.complaint, len(files))
    for file in files:
        evidence.keep(task.complaint, file, by=by, internal=True, task=task)
    fields = ["result", "cost", "currency", "done_by", "done_at", "accepted_by", "accepted_at", "owner"]
    return _move(task, Verb.FINISH_TASK, by, task.done_at, fields=fields)


@transaction.atomic
def cancel(*, complaint_id: int, number: int, by: User, reasons: str) -> Task:
    """Say that the task is not needed any more, and why. What is part of it is cancelled as well."""
    task = _held_for(complaint_id, number, by, Verb.CANCEL_TASK)
    task.result = check_text("reasons", reasons)
    task.cancelled_by, task.cancelled_at = by, timezone.now()
    called_off = _call_off(_below(task), by=by, at=task.cancelled_at)
    fields = ["result", "cancelled_by", "cancelled_at"]
    return _move(task, Verb.CANCEL_TASK, by, task.cancelled_at, fields=fields, called_off=called_off)


def check_none_blocks(complaint: Complaint) -> None:
    """Raise TasksOpen, naming them, while tasks that hold up the answer of a held complaint are open."""
    blocking = complaint.tasks.filter(blocking=True, state__in=sorted(tasking.OPEN)).select_related("department")
    if waiting := list(blocking):
        raise TasksOpen(
            _("The complaint cannot be resolved while tasks are open: %(tasks)s. Finish or cancel them first.")
            % {"tasks": in_words(waiting)}
        )


def call_off_all(complaint: Complaint, *, by: User, at: datetime) -> dict[str, Any]:
    """Cancel every open task of a held complaint that ends; says what the event tells of it."""
    called_off = _call_off(list(complaint.tasks.all()), by=by, at=at)
    return {"tasks": called_off} if called_off else {}


def in_words(some: Sequence[Task]) -> str:
    """Tasks by number, kind and department, in the reader's language."""
    # Translators: stands between the parts of a list.
    return _(", ").join(
        _("no. %(number)d (%(kind)s, %(department)s)")
        % {"number": task.number, "kind": TaskKind(task.kind).label, "department": task.department.label()}
        for task in some
    )


def _held_for(complaint_id: int, number: int, by: User, verb: Verb) -> Task:
    """Hold the complaint, find its task, and ask: may this person, and is it possible now?"""
    complaint = selectors.locked(complaint_id)
    task = find(complaint, number)
    permissions.check_task(by, verb, task)
    lifecycle.after(Status(complaint.status), verb)
    tasking.after(TaskState(task.state), verb)
    return task


def find(complaint: Complaint, number: int) -> Task:
    """The task of a held complaint with this number. Raises Invalid."""
    task = complaint.tasks.select_related("department", "owner", "issued_by").filter(number=number).first()
    if task is None:
        raise invalid("task", _("The complaint has no task with this number."))
    task.complaint = complaint
    return task


def _move(
    task: Task, verb: Verb, by: User, at: datetime, *, fields: Sequence[str], called_off: Sequence[int] = ()
) -> Task:
    """Take the task where the verb leads, and write the one event of the act."""
    task.state = tasking.after(TaskState(task.state), verb)
    task.save(update_fields=["state", *fields])
    data: dict[str, Any] = {"tasks": list(called_off)} if called_off else {}
    events.record(task.complaint, kind=verb, by=by, at=at, **_named(task), **data)
    return task


def _named(task: Task) -> dict[str, Any]:
    """How events say which task they are about."""
    return {
        "task": task.number,
        "task_kind": str(task.kind),
        "department": task.department_id,
        "owner": task.owner_id,
        "issued_by": task.issued_by_id,
    }


def _below(task: Task) -> list[Task]:
    """Everything that is part of the task, however deep."""
    rows = list(Task.objects.filter(complaint=task.complaint_id).select_related("department"))
    found, parents = [], {task.pk}
    while level := [row for row in rows if row.parent_id in parents]:
        found += level
        parents = {row.pk for row in level}
    return found


def _call_off(some: Sequence[Task], *, by: User, at: datetime) -> list[int]:
    """Cancel those that are open; their numbers."""
    waiting = [task for task in some if task.is_open]
    Task.objects.filter(pk__in=[task.pk for task in waiting]).update(
        state=TaskState.CANCELLED, cancelled_by=by, cancelled_at=at
    )
    return [task.number for task in waiting]


_NOT_AT_HOME = gettext_lazy(
    "%(name)s does not work in %(department)s. Choose somebody who does, or leave it to whoever accepts it."
)
_NOT_AT_WORK = gettext_lazy(
    "%(name)s does not handle complaints in %(department)s. Choose somebody who does, or leave it to whoever accepts"
    " it."
)


def _check_place(complaint: Complaint, kind: TaskKind, department: Department, owner: User | None) -> None:
    if not department.is_active:
        raise invalid("department", _("This department is no longer active."))
    if complaint.restriction and (owner is None or owner.pk not in circles.members(complaint)):
        if owner is not None and owner.pk in conflicts.concerned(complaint):
            raise invalid(
                "owner",
                _(
                    "This complaint is restricted and concerns %(name)s, who may not read it. Ask them yourself, and"
                    " record what they say as a fact."
                )
                % {"name": owner.name},
            )
        raise invalid(
            "owner", _("This complaint is restricted: name somebody of its circle, or admit the person first.")
        )
    if owner is None:
        return
    if not permissions.can_do(owner, kind, department.pk):
        words = _NOT_AT_HOME if kind == TaskKind.STATEMENT else _NOT_AT_WORK
        raise invalid("owner", words % {"name": owner.name, "department": department.label()})
    permissions.check_impartial(owner, complaint, kind)


def _check_due(due: datetime | None, now: datetime) -> None:
    if due is None:
        return
    if timezone.is_naive(due):
        raise invalid("due", _("Say in which time zone this moment is."))
    if due <= now:
        raise invalid("due", _("This moment has passed. Agree on one that lies ahead."))
    if due > now + FARTHEST:
        raise invalid("due", _("This is more than a year ahead. Agree on an earlier moment."))


def _next_number(others: Sequence[Task]) -> int:
    if len(others) >= MOST_TASKS:
        raise IllegalMove(_("This complaint has very many tasks already. Finish some of them."))
    return 1 + max((other.number for other in others), default=0)


def _parent(others: Sequence[Task], number: int | None) -> Task | None:
    if number is None:
        return None
    parent = next((other for other in others if other.number == number), None)
    if parent is None or not parent.is_open:
        raise invalid("parent", _("The complaint has no open task with this number."))
    return parent


def _appraised(kind: TaskKind, appraisal: Appraisal | None) -> dict[str, Any]:
    if kind != TaskKind.APPRAISAL:
        if appraisal is not None:
            raise invalid("body", _("Only an appraisal has a body that appraises, costs, and somebody who pays."))
        return {}
    if appraisal is None:
        raise invalid("body", _("Say which body appraises."))
    body = check_text("body", appraisal.body)
    if errors := too_long({"body": (body, MAX_LINE)}):
        raise invalid("body", errors["body"][0])
    cost, currency = amount_or_none("cost", appraisal.cost, appraisal.currency)
    return {"body": body, "cost": cost, "currency": currency, "payer": str(appraisal.payer or "")}


def _set_cost(task: Task, cost: Decimal | None, currency: str) -> None:
    if task.kind != TaskKind.APPRAISAL:
        raise invalid("cost", _("Only an appraisal has a body that appraises, costs, and somebody who pays."))
    task.cost, task.currency = amount_or_none("cost", cost, currency)
