"""Tasks, the sub-orders of a complaint: what kinds there are, where they stand, and which act leads where. Pure.

A department or a person is asked for one thing: a statement, a visit, an opinion, an appraisal, or to carry out what
was decided. Issued and accepted with their times; what comes first must end first. (Design section 3; mission M17,
S3-38, S4-04 to S4-07.)
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.errors import IllegalMove
from complaints.lifecycle import Verb


class TaskKind(TextChoices):
    """What is asked for."""

    STATEMENT = "statement", _("Statement from the respondent")
    SITE_VISIT = "site_visit", _("Site visit")
    CONSULTATION = "consultation", _("Consultation")
    APPRAISAL = "appraisal", _("Appraisal")
    CARRYING_OUT = "carrying_out", _("Carrying out")


class TaskState(TextChoices):
    """Where a task stands. Refused: by those asked; cancelled: by those who asked."""

    ISSUED = "issued", _("Issued")
    ACCEPTED = "accepted", _("Accepted")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


class Payer(TextChoices):
    """Who bears what an appraisal costs."""

    OFFICE = "office", _("We pay")
    COMPLAINANT = "complainant", _("The complainant pays")
    SHARED = "shared", _("Both pay a share")
    LOSER = "loser", _("Whoever is found to be wrong pays")


OPEN: frozenset[TaskState] = frozenset({TaskState.ISSUED, TaskState.ACCEPTED})
"""Somebody still has something to do."""

TASK_MOVES: Mapping[tuple[TaskState, Verb], TaskState] = MappingProxyType(
    {
        (TaskState.ISSUED, Verb.ACCEPT_TASK): TaskState.ACCEPTED,
        (TaskState.ISSUED, Verb.REFUSE_TASK): TaskState.REFUSED,
        # whoever has taken it may find out only then that it is not theirs, or cannot be done
        (TaskState.ACCEPTED, Verb.REFUSE_TASK): TaskState.REFUSED,
        # what is done at once is not first accepted: both moments are then the same
        (TaskState.ISSUED, Verb.FINISH_TASK): TaskState.DONE,
        (TaskState.ACCEPTED, Verb.FINISH_TASK): TaskState.DONE,
        (TaskState.ISSUED, Verb.CANCEL_TASK): TaskState.CANCELLED,
        (TaskState.ACCEPTED, Verb.CANCEL_TASK): TaskState.CANCELLED,
    }
)


def after(state: TaskState, verb: Verb) -> TaskState:
    """The state the act leads to.

    Raises IllegalMove when the act is not possible now.
    """
    try:
        return TASK_MOVES[state, verb]
    except KeyError:
        raise IllegalMove(
            _("“%(verb)s” is not possible: the task is “%(state)s”.") % {"verb": verb.label, "state": state.label}
        ) from None


def verbs_from(state: TaskState) -> list[Verb]:
    """The acts possible with a task in this state, in the order of `Verb`."""
    return [verb for verb in Verb if (state, verb) in TASK_MOVES]


def about(number: int) -> str:
    """How the clock of a task names it."""
    return f"task:{number}"
