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
    """`state` is done, now (the one the office is at) or ahead; `at` is when it was reached, where that is kept."""

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
    line: list[Milestone] = []
    for name, done, at in reached:
        if done:
            line.append(Milestone(name, "done", at))
        else:
            here = not ended and all(milestone.state == "done" for milestone in line)
            line.append(Milestone(name, "now" if here else "ahead"))
    return line
