"""The acts on tasks: what a person may do with each task of a dossier, as buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.judging import SHOWN_BY
from complaints.lifecycle import Verb
from complaints.models import Complaint, Task
from complaints.selectors import tasks as task_reads
from complaints.selectors.tasks import TaskEntry
from complaints.tasking import TaskState
from complaints.web.desk.offers.acts import Button, Offer

TASK_BUTTONS: Mapping[Verb, Button] = {
    Verb.ACCEPT_TASK: Button("hand", at_once=True),
    Verb.FINISH_TASK: Button("check-circle"),
    Verb.REFUSE_TASK: Button("x-circle", serious=True),
    Verb.CANCEL_TASK: Button("minus-circle", serious=True),
}


@dataclass(frozen=True)
class TaskRow:
    """A task of the dossier with its buttons. `depth` is how far in it lies, at most four steps to be seen."""

    task: Task
    depth: int
    offers: Sequence[Offer]

    @property
    def brings_a_fact(self) -> bool:
        """Whether what came of it may be put on record as a fact of the inquiry."""
        return self.task.state == TaskState.DONE and self.task.kind in SHOWN_BY


def task_rows(complaint: Complaint, entries: Sequence[TaskEntry]) -> list[TaskRow]:
    """The tasks of a dossier; each button leads to the form of its act, with the task chosen."""
    return [
        TaskRow(
            task=entry.task,
            depth=min(entry.depth, 4),
            offers=[_offer(complaint, verb) for verb in TASK_BUTTONS if verb in entry.verbs],
        )
        for entry in entries
    ]


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act: possible when it is with any of the complaint's tasks."""
    possible = any(verb in entry.verbs for entry in task_reads.tasks_of(user, complaint))
    return _offer(complaint, verb, "" if possible else _("There is no task with which you may do this now."))


def _offer(complaint: Complaint, verb: Verb, reason: str = "") -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=TASK_BUTTONS[verb],
        reason=reason,
        comes_next=verb == Verb.FINISH_TASK,
    )


ACCEPT, REFUSE, FINISH, CANCEL = (
    partial(offer_of, verb) for verb in (Verb.ACCEPT_TASK, Verb.REFUSE_TASK, Verb.FINISH_TASK, Verb.CANCEL_TASK)
)
