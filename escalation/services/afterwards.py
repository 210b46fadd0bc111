"""What is owed once the complainant has been answered: the follow-up, and the date until which they can object.

Each function is told a docket with the complaint on it, and leaves the writing of clocks to whoever brought it.
"""

from datetime import datetime

from complaints import aftercare
from complaints.models import Complaint
from complaints.services import closing
from escalation import sampling, targets
from escalation.policies import ClockKind
from escalation.selectors import Rules
from escalation.services.docket import Docket
from escalation.services.owing import leading


def follow_up(docket: Docket, complaint: Complaint, at: datetime, *, drawn_by: str) -> None:
    """The complainant has been answered: start the clock of the follow-up, where the policy asks for one and the lot
    falls on this complaint (`drawn_by`, see `sampling.py`). Major ones and those worked on again are always asked.
    """
    rules = _rules(docket, complaint)
    if rules is None or ClockKind.FOLLOW_UP not in rules.policy.clocks:
        return
    always = complaint.reworks > 0 or aftercare.wants_the_head(complaint.priority)
    if always or sampling.is_drawn(drawn_by, rules.policy.clocks[ClockKind.FOLLOW_UP].share):
        docket.start(complaint, ClockKind.FOLLOW_UP, rules, at)


def call_on_the_unhappy(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """The complainant says that they are not satisfied: go back to them, whatever the lot said, where the policy knows
    follow-ups at all and none waits already.
    """
    rules = _rules(docket, complaint)
    if rules is None or ClockKind.FOLLOW_UP not in rules.policy.clocks:
        return
    if not docket.open(complaint, {ClockKind.FOLLOW_UP}):
        docket.start(complaint, ClockKind.FOLLOW_UP, rules, at)


def state_last_date(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """Say until when the complainant can object, where the policy closes what stays silent. A date that stands stays
    as it is: nobody is told an earlier one than before.
    """
    rules = _rules(docket, complaint)
    if complaint.objection_until is None and rules is not None and rules.policy.silence is not None:
        closing.state_last_date(complaint, targets.due(rules.calendar, rules.policy.silence, at))


def _rules(docket: Docket, complaint: Complaint) -> Rules | None:
    """Those by which it was to be answered, else those that match now."""
    last = leading(docket, complaint)
    return last.rules if last is not None else docket.rulebook.match(complaint)
