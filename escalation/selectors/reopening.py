"""Where the climb begins when a complaint is opened again."""

from accounts.roles import FIRST_TIER
from complaints.classes import ComplaintClass
from complaints.models import Complaint
from escalation.models import Clock
from escalation.policies import ClockKind, Reopen
from escalation.selectors.rulebook import policy_rules

FULL_CLIMB = frozenset({Reopen.NEW_CYCLE, Reopen.RESTART})
"""With these the ladder is climbed anew, and from its foot: on a higher tier its first steps would raise nothing."""


def tier_again(complaint: Complaint) -> int:
    """The tier at which a complaint goes on that is opened again (settings.COMPLAINT_TIER_AGAIN).

    With the full time it gets the full climb. It stays where it is when its clock goes on with the time that was left,
    when no clock runs, and when its class is upgrade: that never goes down.
    """
    if complaint.complaint_class == ComplaintClass.UPGRADE:
        return complaint.tier
    clocks = Clock.objects.filter(complaint=complaint, kind=ClockKind.RESOLUTION)
    last = clocks.order_by("-cycle", "-number").values_list("policy_version_id", flat=True).first()
    mode = Reopen.NEW_CYCLE if last is None else policy_rules(last).reopen
    return FIRST_TIER if mode in FULL_CLIMB else complaint.tier
