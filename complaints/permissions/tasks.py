"""Who may do what with a task, and whom one can be given to."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import conflicts
from complaints.errors import ConflictOfInterest, NotAllowed
from complaints.lifecycle import Verb
from complaints.models import Complaint, Task
from complaints.permissions.acts import granted_verbs
from complaints.permissions.grants import DOING, GRANTS, OF_THE_ASKED, WORKING_ROLES
from complaints.permissions.standing import circles_entered, standing
from complaints.tasking import TaskKind


def may_with_task(user: User, verb: Verb, task: Task) -> bool:
    """Whether this person may do this with a task.

    Accepting, refusing and finishing is for its owner and for those who handle complaints where the task lies; issuing
    and cancelling for those who may handle the complaint, cancelling also for whoever issued it.
    """
    return verb in task_verbs(user, task.complaint, [task])[task.pk]


def check_task(user: User, verb: Verb, task: Task) -> None:
    """Raise NotAllowed when `may_with_task` says no, ConflictOfInterest when the complaint concerns the person."""
    if not may_with_task(user, verb, task):
        raise NotAllowed(_("You may not do “%(verb)s” with this task.") % {"verb": verb.label})
    if verb in DOING:
        check_impartial(user, task.complaint, TaskKind(task.kind))


def check_impartial(user: User, complaint: Complaint, kind: TaskKind) -> None:
    """Whom the complaint concerns does nothing for it, but for giving their own statement.

    Raises ConflictOfInterest.
    """
    concern = conflicts.concerned(complaint).get(user.pk)
    if concern is not None and not (kind == TaskKind.STATEMENT and concern in conflicts.RESPONDENTS):
        raise ConflictOfInterest(
            _("The complaint concerns %(name)s, who cannot do anything about it. Choose somebody else.")
            % {"name": user.name}
        )


def task_verbs(user: User, complaint: Complaint, tasks: Iterable[Task]) -> dict[int, frozenset[Verb]]:
    """What this person may do with each of these tasks of one complaint, by their ids, whatever their states."""
    theirs = standing(user)
    entered = circles_entered(theirs, user, [complaint])
    if complaint.restriction and complaint.pk not in entered:
        return {task.pk: frozenset() for task in tasks}
    may_cancel = Verb.CANCEL_TASK in granted_verbs(theirs, user, complaint, entered)
    found: dict[int, frozenset[Verb]] = {}
    for task in tasks:
        granted = frozenset().union(*(GRANTS[role] for role in theirs.roles_in(task.department_id)))
        verbs = OF_THE_ASKED if task.owner_id == user.pk else OF_THE_ASKED & granted
        cancels = may_cancel or task.issued_by_id == user.pk
        allowed = verbs | {Verb.CANCEL_TASK} if cancels else verbs
        found[task.pk] = allowed if user.is_active else frozenset()
    return found


def departments_of_tasks(user: User) -> set[int]:
    """Where a task that nobody owns yet waits for this person: where they work, and where they lead."""
    theirs = standing(user)
    led = {place for role, places in theirs.held.items() if Verb.ACCEPT_TASK in GRANTS[role] for place in places}
    return theirs.departments(WORKING_ROLES) | led


def can_do(user: User, kind: TaskKind, department_id: int) -> bool:
    """Whether a task of this kind in this department can be given to this person: one who handles complaints there;
    for a statement, anybody who works there.
    """
    roles = standing(user).roles_in(department_id)
    if kind == TaskKind.STATEMENT:
        return user.is_active and (bool(roles) or user.department_id == department_id)
    return user.is_active and any(Verb.FINISH_TASK in GRANTS[role] for role in roles)
