"""The life of a complaint as one table: which act is possible in which status, and where it leads. Pure.

Who may act is another question and another file (`permissions.py`). `manage.py draw_lifecycle` draws this
table into docs/lifecycle.md. (Design section 3, mission M10.)
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.errors import IllegalMove


class Status(TextChoices):
    """Where a complaint stands. Resolved means the complainant has been told; closed, that it ended there."""

    RECEIVED = "received", _("Received")
    ASSESSING = "assessing", _("Being looked into")
    WAITING = "waiting", _("Waiting for an answer")
    RESOLVED = "resolved", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    MERGED = "merged", _("Merged")


_OPEN_IN_ORDER = (Status.RECEIVED, Status.ASSESSING, Status.WAITING)
OPEN: frozenset[Status] = frozenset(_OPEN_IN_ORDER)
"""The office still owes an answer."""

ENDED: frozenset[Status] = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.DECLINED, Status.MERGED})


class Verb(TextChoices):
    """The acts. The last three are the complainant's own; five are about the tasks of a complaint, four about its
    matters, three about its final response, whose sending is `resolve`; the seven after `merge` are about deadlines,
    and done by the app that keeps those.
    """

    REGISTER = "register", _("Register")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    ASSIGN = "assign", _("Assign")
    TRANSFER = "transfer", _("Transfer")
    CLASSIFY = "classify", _("Classify")
    CONFIRM_CLASS = "confirm_class", _("Confirm the class")
    REJECT_CLASS = "reject_class", _("Reject the class")
    PRIORITISE = "prioritise", _("Set the priority")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Add a note")
    ATTACH = "attach", _("Add evidence")
    WAIT = "wait", _("Wait for an answer")
    RESUME = "resume", _("Go on")
    RESOLVE = "resolve", _("Answer and resolve")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")
    WITHDRAW = "withdraw", _("Withdraw")
    DECLINE = "decline", _("Decline")
    MERGE = "merge", _("Merge")
    TAKE_OVER = "take_over", _("Take over")
    PROMISE = "promise", _("Promise a date")
    FULFIL = "fulfil", _("Record as done")
    ASK_EXTENSION = "ask_extension", _("Ask for more time")
    GRANT_EXTENSION = "grant_extension", _("Grant more time")
    REFUSE_EXTENSION = "refuse_extension", _("Refuse more time")
    REFER = "refer", _("Refer to an external body")
    ISSUE_TASK = "issue_task", _("Issue a task")
    ACCEPT_TASK = "accept_task", _("Accept the task")
    REFUSE_TASK = "refuse_task", _("Refuse the task")
    FINISH_TASK = "finish_task", _("Finish the task")
    CANCEL_TASK = "cancel_task", _("Cancel the task")
    SPLIT = "split", _("Split into matters")
    SETTLE_MATTER = "settle_matter", _("Settle the matter")
    DROP_MATTER = "drop_matter", _("Drop the matter")
    SPLIT_OFF = "split_off", _("Split off the matter")
    INVESTIGATE = "investigate", _("Record a fact")
    JUDGE = "judge", _("Judge")
    DRAFT_RESPONSE = "draft_response", _("Write the final response")
    APPROVE_RESPONSE = "approve_response", _("Approve the final response")
    RETURN_RESPONSE = "return_response", _("Send the final response back")
    DECLARE_MAJOR = "declare_major", _("Declare major")
    ACKNOWLEDGE_MAJOR = "acknowledge_major", _("Acknowledge for the management")
    REPORT_TO_AUTHORITY = "report_to_authority", _("Record a report to an authority")
    REPORT_SAFETY = "report_safety", _("Record a safety incident")
    TELL_SAFETY = "tell_safety", _("Record who was told")
    NOTE_MEDIA = "note_media", _("Record media attention")
    GATHER = "gather", _("Gather under a mass incident")
    RELEASE = "release", _("Take out of the mass incident")
    OPEN_PROCEEDING = "open_proceeding", _("Record an outside proceeding")
    END_PROCEEDING = "end_proceeding", _("Record how the proceeding ended")
    PLACE_HOLD = "place_hold", _("Place a legal hold")
    LIFT_HOLD = "lift_hold", _("Lift the legal hold")
    RECORD_AUTHORITY = "record_authority", _("Record an authority")
    REVOKE_AUTHORITY = "revoke_authority", _("Revoke an authority")
    ADD_COMPLAINANT = "add_complainant", _("Add a joint complainant")
    REMOVE_COMPLAINANT = "remove_complainant", _("Take out a joint complainant")
    HEAR = "hear", _("Write to the office")
    CONFIRM = "confirm", _("Confirm the answer")
    DISPUTE = "dispute", _("Disagree with the answer")


COMPLAINANTS_OWN: frozenset[Verb] = frozenset({Verb.HEAR, Verb.CONFIRM, Verb.DISPUTE})
ABOUT_DEADLINES: frozenset[Verb] = frozenset(
    {
        Verb.TAKE_OVER,
        Verb.PROMISE,
        Verb.FULFIL,
        Verb.ASK_EXTENSION,
        Verb.GRANT_EXTENSION,
        Verb.REFUSE_EXTENSION,
        Verb.REFER,
    }
)
"""Acts whose services and pages belong to the escalation app."""

ABOUT_ONE_TASK: frozenset[Verb] = frozenset({Verb.ACCEPT_TASK, Verb.REFUSE_TASK, Verb.FINISH_TASK, Verb.CANCEL_TASK})
"""Acts that name a task: whether one is possible also depends on where that task stands (`tasking.py`)."""

ABOUT_TASKS: frozenset[Verb] = ABOUT_ONE_TASK | {Verb.ISSUE_TASK}

ABOUT_ONE_MATTER: frozenset[Verb] = frozenset({Verb.SETTLE_MATTER, Verb.DROP_MATTER, Verb.SPLIT_OFF})
"""Acts that name a matter: whether one is possible also depends on where that matter stands (`settling.py`)."""

_ANYWHERE_OPEN = (
    Verb.ASSIGN,
    Verb.TRANSFER,
    Verb.CLASSIFY,
    Verb.CONFIRM_CLASS,
    Verb.REJECT_CLASS,
    Verb.PRIORITISE,
    Verb.REPLY,
    Verb.TAKE_OVER,
    Verb.PROMISE,
    Verb.ASK_EXTENSION,
    Verb.GRANT_EXTENSION,
    Verb.REFUSE_EXTENSION,
    Verb.ISSUE_TASK,
    Verb.SPLIT,
    Verb.SETTLE_MATTER,
    Verb.DROP_MATTER,
    Verb.SPLIT_OFF,
    Verb.DRAFT_RESPONSE,
    Verb.APPROVE_RESPONSE,
    Verb.RETURN_RESPONSE,
    Verb.DECLARE_MAJOR,
    Verb.GATHER,
    Verb.ADD_COMPLAINANT,
    Verb.REMOVE_COMPLAINANT,
)
# what is being looked into; an answer that was given is not judged anew before the complaint is opened again
_LOOKING_INTO = (Verb.INVESTIGATE, Verb.JUDGE)
# what was promised besides the answer (a report, a call afterwards) may outlast the complaint, and so may a task that
# does not hold the answer up
_ALWAYS = (
    Verb.NOTE,
    Verb.ATTACH,
    Verb.FULFIL,
    Verb.ACCEPT_TASK,
    Verb.REFUSE_TASK,
    Verb.FINISH_TASK,
    Verb.CANCEL_TASK,
    # an authority, the police and the press do not ask whether the complainant has been answered
    Verb.ACKNOWLEDGE_MAJOR,
    Verb.REPORT_TO_AUTHORITY,
    Verb.REPORT_SAFETY,
    Verb.TELL_SAFETY,
    Verb.NOTE_MEDIA,
    Verb.RELEASE,
    Verb.OPEN_PROCEEDING,
    Verb.END_PROCEEDING,
    Verb.PLACE_HOLD,
    Verb.LIFT_HOLD,
    Verb.RECORD_AUTHORITY,
    Verb.REVOKE_AUTHORITY,
)

MOVES: Mapping[tuple[Status, Verb], Status] = MappingProxyType(
    {
        **{(status, verb): status for status in _OPEN_IN_ORDER for verb in _ANYWHERE_OPEN},
        **{
            (status, verb): status
            for status in (Status.RECEIVED, Status.ASSESSING, Status.WAITING)
            for verb in _LOOKING_INTO
        },
        **{(status, verb): status for status in Status for verb in _ALWAYS},
        # whoever is not content with the answer, or with being declined, may be helped to go further
        **{(status, Verb.REFER): status for status in Status if status not in (Status.WITHDRAWN, Status.MERGED)},
        (Status.RECEIVED, Verb.ACKNOWLEDGE): Status.ASSESSING,
        (Status.ASSESSING, Verb.WAIT): Status.WAITING,
        (Status.WAITING, Verb.RESUME): Status.ASSESSING,
        # the short way of the counter: an enquiry answered at once goes from received to resolved in one act
        **{(status, Verb.RESOLVE): Status.RESOLVED for status in _OPEN_IN_ORDER},
        **{(status, Verb.WITHDRAW): Status.WITHDRAWN for status in _OPEN_IN_ORDER},
        **{(status, Verb.DECLINE): Status.DECLINED for status in _OPEN_IN_ORDER},
        **{(status, Verb.MERGE): Status.MERGED for status in _OPEN_IN_ORDER},
        (Status.RESOLVED, Verb.CLOSE): Status.CLOSED,
        (Status.RESOLVED, Verb.REPLY): Status.RESOLVED,
        **{
            (status, Verb.REOPEN): Status.ASSESSING
            for status in (Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN, Status.DECLINED)
        },
        # the complainant's answer ends the waiting by itself
        (Status.RECEIVED, Verb.HEAR): Status.RECEIVED,
        (Status.ASSESSING, Verb.HEAR): Status.ASSESSING,
        (Status.WAITING, Verb.HEAR): Status.ASSESSING,
        (Status.RESOLVED, Verb.HEAR): Status.RESOLVED,
        (Status.RESOLVED, Verb.CONFIRM): Status.CLOSED,
        (Status.RESOLVED, Verb.DISPUTE): Status.ASSESSING,
        (Status.DECLINED, Verb.DISPUTE): Status.ASSESSING,
    }
)


def possible(status: Status, verb: Verb) -> bool:
    """Whether the act leads anywhere from this status."""
    return (status, verb) in MOVES


def after(status: Status, verb: Verb) -> Status:
    """The status the act leads to.

    Raises IllegalMove when the act is not possible now.
    """
    try:
        return MOVES[status, verb]
    except KeyError:
        raise IllegalMove(
            _("“%(verb)s” is not possible while the complaint is “%(status)s”.")
            % {"verb": verb.label, "status": status.label}
        ) from None


def verbs_from(status: Status) -> list[Verb]:
    """The acts possible in this status, in the order of `Verb`."""
    return [verb for verb in Verb if (status, verb) in MOVES]
