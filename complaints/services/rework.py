"""Working on an answered complaint again: its next cycle. (Missions M28, M44.)"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from complaints import conflicts, events, succession
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.services import acting, handing, majors, matters


def start_again(
    complaint: Complaint,
    verb: Verb,
    by: events.Actor,
    *,
    message_id: int,
    matter_numbers: Sequence[int] = (),
    **told: Any,
) -> Complaint:
    """Open the next cycle of a held complaint: nothing of the old outcome stays on it but the history, and of its
    settled matters those that are not looked at again. `told` is what the event says besides.

    The app that keeps the ladder says at which tier it goes on. Whoever holds that tier takes it, unless they handled
    it before or it concerns them; where nobody is left it waits until somebody is assigned.
    """
    outcome_before = complaint.outcome or complaint.decline_code
    opened = matters.open_again(complaint, verb, matter_numbers, at=timezone.now())
    tier_before, complaint.tier = complaint.tier, majors.tier_at_least(complaint, succession.tier_again(complaint))
    handed = handing.hand_on(complaint, conflicts.concerned_once_opened(complaint))
    complaint.cycle += 1
    complaint.outcome = complaint.outcome_reasons = complaint.decline_code = complaint.recourse = ""
    complaint.closed_because = ""
    complaint.resolved_at = complaint.closed_at = complaint.objection_until = None
    return acting.move(
        complaint,
        verb,
        by,
        fields=[
            "cycle",
            "tier",
            "holder",
            "outcome",
            "outcome_reasons",
            "decline_code",
            "recourse",
            "resolved_at",
            "closed_at",
            "closed_because",
            "objection_until",
        ],
        cycle=complaint.cycle,
        outcome_before=outcome_before,
        message=message_id,
        tier_before=tier_before,
        tier=complaint.tier,
        **handed,
        **opened,
        **told,
    )
