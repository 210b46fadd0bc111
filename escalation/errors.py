"""What the deadline rules refuse, in sentences fit for the person who asked. Pure."""

from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Forbidden
from complaints.errors import ComplaintError


class EscalationError(ComplaintError):
    """Something about calendars, targets, policies or clocks that cannot be done."""

    code = "escalation_refused"


class BadDocument(EscalationError):
    """A set-up document (JSON) that cannot be taken as it is.

    `field` is the path of the part at fault, such as `week.mon[1]`; the sentence begins with it.
    """

    code = "bad_document"

    def __init__(self, field: str, problem: Any) -> None:
        super().__init__(_("%(field)s: %(problem)s") % {"field": field, "problem": problem}, errors={field: [problem]})
        self.field = field


class BadCalendar(BadDocument):
    """A calendar that cannot be used: no working time, spans that overlap, a time zone nobody knows …"""

    code = "bad_calendar"


class BadTable(BadDocument):
    """A table of days off that cannot be read, or does not fit the calendar."""

    code = "bad_table"


class BadTarget(BadDocument):
    """A target that does not say how much of what."""

    code = "bad_target"


class BadLadder(BadDocument):
    """A ladder whose steps are incomplete, out of order or contradict each other."""

    code = "bad_ladder"


class BadPack(BadDocument):
    """A rule pack that cannot be read, or that leaves something unsaid."""

    code = "bad_pack"


class BadPolicy(BadDocument):
    """A policy that promises nothing, or that no complaint could ever match."""

    code = "bad_policy"


class CannotMigrate(EscalationError):
    """A preview, a move of open clocks or undoing it that is not possible as things stand."""

    code = "cannot_migrate"


class BadCases(BadDocument):
    """A file of deadline cases that cannot be computed."""

    code = "bad_cases"


class BadLedger(EscalationError):
    """A clock whose events could never have happened in that order: the ledger is damaged."""

    code = "bad_ledger"


class NothingToTakeOver(EscalationError):
    """Nobody has been asked to take the complaint over, or nothing of it climbs."""

    code = "nothing_to_take_over"


class TakenOver(EscalationError):
    """Somebody else has taken the complaint over, and their time lasts."""

    code = "taken_over"


class NaiveMoment(EscalationError):
    """A moment without a time zone: nobody can say when it was."""

    code = "naive_moment"


class OutOfReach(EscalationError):
    """A moment or a deadline outside the years that calendars cover, so the search for it would not end."""

    code = "out_of_reach"


class DeadlinePassed(EscalationError):
    """The deadline is behind us: nothing puts it off any more."""

    code = "deadline_passed"


class ClockEnded(EscalationError):
    """The promise was kept or dropped; there is nothing left to do about its clock."""

    code = "clock_ended"


class NotExtendable(EscalationError):
    """The policy does not allow this deadline to be put off, or not once more."""

    code = "not_extendable"


class AlreadyAsked(EscalationError):
    """A request for more time waits for a decision."""

    code = "already_asked"


class AlreadyDecided(EscalationError):
    """Somebody has decided about this request."""

    code = "already_decided"


class OwnRequest(EscalationError, Forbidden):
    """Whoever asks for more time does not grant it."""

    code = "own_request"


class NoPolicy(EscalationError):
    """No policy applies to the complaint, so it has no calendar to count by."""

    code = "no_policy"


class KeptByAnotherAct(EscalationError):
    """The promise is kept by an act of its own, such as a reply, not by recording that it was done."""

    code = "kept_by_another_act"


class NoReferral(EscalationError):
    """No referral to an external body was prepared."""

    code = "no_referral"


class ReferralSettled(EscalationError):
    """The referral was sent, or found not to be needed."""

    code = "referral_settled"
