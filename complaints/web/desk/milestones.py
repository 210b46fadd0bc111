"""How far a complaint has come: five milestones, each known from the record, none of them guessed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.classes import ComplaintClass
from complaints.lifecycle import ENDED, Status
from complaints.models import Complaint


@dataclass(frozen=True)
class Milestone:
    """`state` is done, now (the one the office is at), ahead, or skipped: a case may be answered at the counter.

    `at` is when it was reached, where that is kept.
    """

    name: Any
    state: str
    at: datetime | None = None


def milestones(complaint: Complaint) -> list[Milestone]:
    """Registration, acknowledgement, class, answer, end; the first that is not reached is the one now."""
    ended = Status(complaint.status) in ENDED
    reached: list[tuple[Any, bool, datetime | None]] = [
        (_("Registration"), True, complaint.registered_at),
        (_("Acknowledgement"), complaint.acknowledged_at is not None, complaint.acknowledged_at),
        (_("Class"), complaint.complaint_class != ComplaintClass.UNCLASSIFIED, None),
        (_("Answer"), complaint.resolved_at is not None, complaint.resolved_at),
        (Status(complaint.status).label if ended else _("Closing"), ended, complaint.closed_at),
    ]
    answered = ended or complaint.resolved_at is not None
    line: list[Milestone] = []
    for place, (name, done, at) in enumerate(reached):
        if done:
            state = "done"
        elif answered and place < len(reached) - 1:
            state = "skipped"
        else:
            state = "ahead" if any(milestone.state == "now" for milestone in line) else "now"
        line.append(Milestone(name, state, at if done else None))
    return line
