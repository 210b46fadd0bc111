"""The life of a complaint as one table: which act is possible in which status, and where it leads. Pure.

Who may act is another question and another file (`permissions/grants.py`). `manage.py draw_lifecycle` draws this
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
    AWAITING_SIGNOFF = "awaiting_signoff", _("Waiting for signatures")
    CARRYING_OUT = "carrying_out", _("Carrying out what was agreed")
    WAITING = "waiting", _("Waiting for an answer")
    RESOLVED = "resolved", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    MERGED = "merged", _("Merged")


_OPEN_IN_ORDER = (Status.RECEIVED, Status.ASSESSING, Status.CARRYING_OUT, Status.WAITING)
OPEN: frozenset[Status] = frozenset({*_OPEN_IN_ORDER, Status.AWAITING_SIGNOFF})
"""The office still owes an answer."""

ENDED: frozenset[Status] = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.DECLINED, Status.MERGED})


class Verb(TextChoices):
    """The acts. The last four are the complainant's own; those about tasks, matters, remedies, sign-off, classes, the
    final response (whose sending is `resolve`) and departments stand together; the seven after `merge` are about
    deadlines, and done by the app that keeps those.
    """

    REGISTER = "register", _("Register")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    ASSIGN = "assign", _("Assign")
    ASK_ANOTHER = "ask_another", _("Ask for another handler")
    GRANT_ANOTHER = "grant_another", _("Give it to another handler")
    REFUSE_ANOTHER = "refuse_another", _("Leave it with the handler")
    TRANSFER = "transfer", _("Transfer")
    ACCEPT_TRANSFER = "accept_transfer", _("Accept the transfer")
    OBJECT_TO_TRANSFER = "object_to_transfer", _("Object to the transfer")
    ARBITRATE = "arbitrate", _("Decide where it belongs")
    TAKE_BACK_TRANSFER = "take_back_transfer", _("Take the transfer back")
    INTRODUCE = "introduce", _("Record that the complainant was told")
    CATEGORISE = "categorise", _("Correct the category")
    CLASSIFY = "classify", _("Classify")
    CONFIRM_CLASS = "confirm_class", _("Confirm the class")
    REJECT_CLASS = "reject_class", _("Reject the class")
    PRIORITISE = "prioritise", _("Set the priority")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Add a note")
    ATTACH = "attach", _("Add evidence")
    LIST_PROOF = "list_proof", _("List a proof")
    SETTLE_PROOF = "settle_proof", _("Say whether the proof is there")
    RECORD_NUMBER = "record_number", _("Record a number")
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
    MOVE_PROCEEDING = "move_proceeding", _("Move the date of the proceeding")
    END_PROCEEDING = "end_proceeding", _("Record how the proceeding ended")
    PLACE_HOLD = "place_hold", _("Place a legal hold")
    LIFT_HOLD = "lift_hold", _("Lift the legal hold")
    RECORD_AUTHORITY = "record_authority", _("Record an authority")
    REVOKE_AUTHORITY = "revoke_authority", _("Revoke an authority")
    ADD_COMPLAINANT = "add_complainant", _("Add a joint complainant")
    REMOVE_COMPLAINANT = "remove_complainant", _("Take out a joint complainant")
    PLAN_REMEDY = "plan_remedy", _("Plan a remedy")
    DROP_REMEDY = "drop_remedy", _("Drop the remedy")
    OFFER = "offer", _("Offer remedies")
    ACCEPT_OFFER = "accept_offer", _("Accept the offer")
    REFUSE_OFFER = "refuse_offer", _("Refuse the offer")
    CARRY_OUT = "carry_out", _("Carry out the remedy")
    STILL_BROKEN = "still_broken", _("Say that it is still not right")
    CLAIM_FROM_SUPPLIER = "claim_from_supplier", _("Claim from a supplier")
    SETTLE_SUPPLIER_CLAIM = "settle_supplier_claim", _("Settle the claim against the supplier")
    RESTRICT = "restrict", _("Restrict")
    LIFT_RESTRICTION = "lift_restriction", _("Lift the restriction")
    ADMIT = "admit", _("Admit to the circle")
    DISMISS = "dismiss", _("Dismiss from the circle")
    ORDER_MEASURE = "order_measure", _("Order an interim measure")
    END_MEASURE = "end_measure", _("End the interim measure")
    FOLLOW_UP = "follow_up", _("Record a follow-up")
    PROPOSE = "propose", _("Propose for sign-off")
    SIGN = "sign", _("Sign")
    REFUSE_TO_SIGN = "refuse_to_sign", _("Refuse to sign")
    TAKE_BACK_PROPOSAL = "take_back_proposal", _("Take the proposal back")
    BRIEF = "brief", _("Brief the department")
    REPORT_BACK = "report_back", _("Report back")
    WATCH = "watch", _("Watch until it is closed")
    UNWATCH = "unwatch", _("Stop watching")
    CONVERT = "convert", _("Convert to valid")
    KEEP_CLASS = "keep_class", _("Keep the class")
    RENEW_CLASS = "renew_class", _("Renew the class")
    LAPSE_CLASS = "lapse_class", _("Let the class lapse")
    OBJECT = "object", _("Object to the class")
    DECIDE_OBJECTION = "decide_objection", _("Decide about the objection")
    UPGRADE = "upgrade", _("Take further")
    NAME_EARLIER = "name_earlier", _("Name the earlier complaint")
    HEAR = "hear", _("Write to the office")
    CONFIRM = "confirm", _("Confirm the answer")
    DISPUTE = "dispute", _("Disagree with the answer")
    RATE = "rate", _("Say how satisfied one is")


COMPLAINANTS_OWN: frozenset[Verb] = frozenset({Verb.HEAR, Verb.CONFIRM, Verb.DISPUTE, Verb.RATE})
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

ABOUT_THE_CIRCLE: frozenset[Verb] = frozenset({Verb.RESTRICT, Verb.LIFT_RESTRICTION, Verb.ADMIT, Verb.DISMISS})
"""Acts about who sees a complaint at all. Possible in every status: what has ended is kept secret as well."""

ABOUT_TASKS: frozenset[Verb] = ABOUT_ONE_TASK | {Verb.ISSUE_TASK}

ABOUT_ONE_MATTER: frozenset[Verb] = frozenset({Verb.SETTLE_MATTER, Verb.DROP_MATTER, Verb.SPLIT_OFF})
"""Acts that name a matter: whether one is possible also depends on where that matter stands (`settling.py`)."""

ABOUT_ONE_REMEDY: frozenset[Verb] = frozenset({Verb.DROP_REMEDY, Verb.CARRY_OUT, Verb.STILL_BROKEN})
"""Acts that name a remedy: whether one is possible also depends on where that remedy stands (`remedying.py`)."""

ABOUT_AN_OFFER: frozenset[Verb] = frozenset({Verb.ACCEPT_OFFER, Verb.REFUSE_OFFER})
"""The complainant's answer to what is offered, theirs on their page or recorded by the office for them."""

ABOUT_ONE_CLAIM: frozenset[Verb] = frozenset({Verb.SETTLE_SUPPLIER_CLAIM})
"""Acts that name a claim against a supplier."""

ABOUT_REMEDIES: frozenset[Verb] = (
    ABOUT_ONE_REMEDY | ABOUT_AN_OFFER | ABOUT_ONE_CLAIM | {Verb.PLAN_REMEDY, Verb.OFFER, Verb.CLAIM_FROM_SUPPLIER}
)

ABOUT_ONE_PART: frozenset[Verb] = ABOUT_ONE_TASK | ABOUT_ONE_MATTER | ABOUT_ONE_REMEDY | ABOUT_ONE_CLAIM
"""Acts about one part of a complaint, named by its number: where that part stands decides as well."""

ABOUT_A_GRAVE_CLASS: frozenset[Verb] = frozenset(
    {Verb.RENEW_CLASS, Verb.LAPSE_CLASS, Verb.OBJECT, Verb.DECIDE_OBJECTION}
)
"""Acts about a class that two people decided: while it is in force (`malice.py`)."""

SIGNING: frozenset[Verb] = frozenset({Verb.SIGN, Verb.REFUSE_TO_SIGN})
"""Acts for those whom a proposal asks to sign, and nobody else (`signers.py`)."""

ANSWERING_TRANSFER: frozenset[Verb] = frozenset({Verb.ACCEPT_TRANSFER, Verb.OBJECT_TO_TRANSFER, Verb.ARBITRATE})
"""Acts for those whom a transfer waits for: the department that it goes to, or who leads above both."""

_ANYWHERE_OPEN = (
    Verb.ASSIGN,
    Verb.ASK_ANOTHER,
    Verb.GRANT_ANOTHER,
    Verb.REFUSE_ANOTHER,
    Verb.TRANSFER,
    Verb.ACCEPT_TRANSFER,
    Verb.OBJECT_TO_TRANSFER,
    Verb.ARBITRATE,
    Verb.TAKE_BACK_TRANSFER,
    Verb.INTRODUCE,
    Verb.BRIEF,
    Verb.CATEGORISE,
    Verb.CLASSIFY,
    Verb.CONFIRM_CLASS,
    Verb.REJECT_CLASS,
    Verb.RENEW_CLASS,
    Verb.CONVERT,
    Verb.KEEP_CLASS,
    Verb.PRIORITISE,
    Verb.LIST_PROOF,
    Verb.ORDER_MEASURE,
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
    Verb.PLAN_REMEDY,
    Verb.DROP_REMEDY,
    Verb.NAME_EARLIER,
)
# what is being looked into; an answer that was given is not judged anew before the complaint is opened again
_LOOKING_INTO = (Verb.INVESTIGATE, Verb.JUDGE)
# what was promised besides the answer (a report, a call afterwards) may outlast the complaint, and so may a task that
# does not hold the answer up
_ALWAYS = (
    Verb.NOTE,
    Verb.ATTACH,
    Verb.SETTLE_PROOF,
    Verb.RECORD_NUMBER,
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
    Verb.MOVE_PROCEEDING,
    Verb.END_PROCEEDING,
    Verb.PLACE_HOLD,
    Verb.LIFT_HOLD,
    Verb.RECORD_AUTHORITY,
    Verb.REVOKE_AUTHORITY,
    Verb.SETTLE_SUPPLIER_CLAIM,
    # what was ordered for the time of an inquiry may outlast it, and is ended by somebody
    Verb.END_MEASURE,
    # those above want to know how it went, also afterwards
    Verb.REPORT_BACK,
    Verb.UNWATCH,
    # a grave class outlasts the answer, and lapses wherever the complaint stands
    Verb.LAPSE_CLASS,
    *sorted(ABOUT_THE_CIRCLE),
)
# while signatures are waited for nothing is planned or dropped: what they read is what they sign. What was released
# before goes its way meanwhile
_WHILE_SIGNING = (
    *(verb for verb in _ANYWHERE_OPEN if verb not in (Verb.PLAN_REMEDY, Verb.DROP_REMEDY)),
    Verb.HEAR,
    Verb.ACCEPT_OFFER,
    Verb.REFUSE_OFFER,
    Verb.CARRY_OUT,
    Verb.STILL_BROKEN,
    Verb.CLAIM_FROM_SUPPLIER,
)
# what was done for the complainant may be claimed back long after they have been answered
_ONCE_TAKEN_ON = (*_OPEN_IN_ORDER, Status.RESOLVED, Status.CLOSED)

_TOLD = (Status.RESOLVED, Status.CLOSED)

MOVES: Mapping[tuple[Status, Verb], Status] = MappingProxyType(
    {
        **{(status, verb): status for status in _OPEN_IN_ORDER for verb in _ANYWHERE_OPEN},
        **{
            (status, verb): status
            # also while something is carried out: a complaint that is opened again may come back there
            for status in (Status.RECEIVED, Status.ASSESSING, Status.WAITING, Status.CARRYING_OUT)
            for verb in _LOOKING_INTO
        },
        **{(status, verb): status for status in Status for verb in _ALWAYS},
        # whoever is not content with the answer, or with being declined, may be helped to go further
        **{(status, Verb.REFER): status for status in Status if status not in (Status.WITHDRAWN, Status.MERGED)},
        # taken further in a complaint of its own, whatever has become of this one; what is merged goes on elsewhere
        **{(status, Verb.UPGRADE): status for status in Status if status not in (Status.WITHDRAWN, Status.MERGED)},
        (Status.RECEIVED, Verb.ACKNOWLEDGE): Status.ASSESSING,
        (Status.ASSESSING, Verb.WAIT): Status.WAITING,
        (Status.CARRYING_OUT, Verb.WAIT): Status.WAITING,
        (Status.WAITING, Verb.RESUME): Status.ASSESSING,
        # an offer asks the complainant something, and their answer ends the waiting
        (Status.ASSESSING, Verb.OFFER): Status.WAITING,
        (Status.WAITING, Verb.OFFER): Status.WAITING,
        (Status.CARRYING_OUT, Verb.OFFER): Status.WAITING,
        **{(status, Verb.ACCEPT_OFFER): Status.CARRYING_OUT for status in _OPEN_IN_ORDER[1:]},
        **{(status, Verb.REFUSE_OFFER): Status.ASSESSING for status in _OPEN_IN_ORDER[1:]},
        **{(status, Verb.CARRY_OUT): status for status in _OPEN_IN_ORDER},
        # what was agreed may turn out not to be possible
        (Status.CARRYING_OUT, Verb.DROP_REMEDY): Status.ASSESSING,
        # what did not help is looked into again
        (Status.RECEIVED, Verb.STILL_BROKEN): Status.RECEIVED,
        **{(status, Verb.STILL_BROKEN): Status.ASSESSING for status in _OPEN_IN_ORDER[1:]},
        **{(status, Verb.CLAIM_FROM_SUPPLIER): status for status in _ONCE_TAKEN_ON},
        # the short way of the counter: an enquiry answered at once goes from received to resolved in one act
        **{(status, Verb.RESOLVE): Status.RESOLVED for status in _OPEN_IN_ORDER},
        **{(status, Verb.WITHDRAW): Status.WITHDRAWN for status in _OPEN_IN_ORDER},
        **{(status, Verb.DECLINE): Status.DECLINED for status in _OPEN_IN_ORDER},
        **{(status, Verb.MERGE): Status.MERGED for status in _OPEN_IN_ORDER},
        # against a grave class the complainant may object as long as it stands, also after the answer
        **{
            (status, verb): status
            for status in Status
            if status not in (Status.WITHDRAWN, Status.MERGED)
            for verb in (Verb.OBJECT, Verb.DECIDE_OBJECTION)
        },
        # the procedure of signatures: only the last one leads on, and sending back leads back
        (Status.ASSESSING, Verb.PROPOSE): Status.AWAITING_SIGNOFF,
        (Status.CARRYING_OUT, Verb.PROPOSE): Status.AWAITING_SIGNOFF,
        **{(Status.AWAITING_SIGNOFF, verb): Status.AWAITING_SIGNOFF for verb in _WHILE_SIGNING},
        (Status.AWAITING_SIGNOFF, Verb.SIGN): Status.CARRYING_OUT,
        (Status.AWAITING_SIGNOFF, Verb.REFUSE_TO_SIGN): Status.ASSESSING,
        (Status.AWAITING_SIGNOFF, Verb.TAKE_BACK_PROPOSAL): Status.ASSESSING,
        (Status.AWAITING_SIGNOFF, Verb.WITHDRAW): Status.WITHDRAWN,
        (Status.AWAITING_SIGNOFF, Verb.DECLINE): Status.DECLINED,
        (Status.AWAITING_SIGNOFF, Verb.MERGE): Status.MERGED,
        (Status.RESOLVED, Verb.CLOSE): Status.CLOSED,
        (Status.RESOLVED, Verb.REPLY): Status.RESOLVED,
        **{
            (status, Verb.REOPEN): Status.ASSESSING
            for status in (Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN, Status.DECLINED)
        },
        # whether the answer held: what comes of it (a new cycle, closing) is an act of its own
        **{(status, verb): status for status in _TOLD for verb in (Verb.FOLLOW_UP, Verb.RATE)},
        # until it is closed: an answer may be disputed
        **{(status, Verb.WATCH): status for status in (*_OPEN_IN_ORDER, Status.AWAITING_SIGNOFF, Status.RESOLVED)},
        # the complainant's answer ends the waiting by itself
        (Status.RECEIVED, Verb.HEAR): Status.RECEIVED,
        (Status.ASSESSING, Verb.HEAR): Status.ASSESSING,
        (Status.CARRYING_OUT, Verb.HEAR): Status.CARRYING_OUT,
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


def after(status: Status, verb: Verb, *, owing: bool = False) -> Status:
    """The status the act leads to. While the office is `owing` what was agreed with the complainant, what would lead
    back to being looked into leads back to carrying out, and another offer waits for nobody.

    Raises IllegalMove when the act is not possible now.
    """
    try:
        led_to = MOVES[status, verb]
    except KeyError:
        raise IllegalMove(
            _("“%(verb)s” is not possible while the complaint is “%(status)s”.")
            % {"verb": verb.label, "status": status.label}
        ) from None
    stays = led_to == Status.ASSESSING or (status, verb) == (Status.CARRYING_OUT, Verb.OFFER)
    return Status.CARRYING_OUT if owing and stays else led_to


def verbs_from(status: Status) -> list[Verb]:
    """The acts possible in this status, in the order of `Verb`."""
    return [verb for verb in Verb if (status, verb) in MOVES]
