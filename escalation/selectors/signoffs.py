"""The deadlines of proposals that wait for signatures, for the dossier and for My work."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from complaints import signing
from complaints.models import Complaint, Proposal
from complaints.selectors import proposals
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.selectors.clocks import OPEN_VALUES, NextClock, shown
from escalation.selectors.rulebook import prepare


@dataclass(frozen=True)
class ToSign:
    """A proposal that waits for somebody's signature, and its clock; None where the policy promises nothing."""

    proposal: Proposal
    next: NextClock | None


def clock_of(complaint: Complaint, proposal: Proposal, now: datetime) -> NextClock | None:
    """The open clock of this proposal. One query."""
    return _clocks({complaint.pk}, now).get((complaint.pk, signing.about(proposal.number)))


def to_sign(user: User, now: datetime) -> list[ToSign]:
    """What waits for this person's signature, in the order in which it is due."""
    waiting = proposals.to_sign(user)
    if not waiting:
        return []
    clocks = _clocks({proposal.complaint_id for proposal in waiting}, now)
    found = [
        ToSign(proposal, clocks.get((proposal.complaint_id, signing.about(proposal.number)))) for proposal in waiting
    ]
    return sorted(found, key=_order)


def _clocks(complaint_ids: set[int], now: datetime) -> dict[tuple[int, str], NextClock]:
    clocks = list(Clock.objects.filter(complaint__in=complaint_ids, kind=ClockKind.SIGNOFF, state__in=OPEN_VALUES))
    prepare(
        policy_version_ids={clock.policy_version_id for clock in clocks},
        calendar_version_ids={clock.calendar_version_id for clock in clocks},
    )
    return {(clock.complaint_id, clock.about): shown(clock, now) for clock in clocks}


def _order(one: ToSign) -> tuple[bool, float, int]:
    due_at = one.next.clock.due_at if one.next is not None else None
    return due_at is None, due_at.timestamp() if due_at else 0.0, one.proposal.pk
