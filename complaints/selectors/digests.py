"""Reads: the digest of what waits for somebody's decision, as it stands now. (Of a final response see its own.)

Each is a SHA-256 in hex, and empty where nothing waits.
"""

from collections.abc import Iterable

from complaints.models import Complaint, Decision, Remedy
from complaints.models.remedy import digest_of_offer
from complaints.remedying import RemedyState
from complaints.signing import ProposalState


def of_proposal(complaint: Complaint) -> str:
    """Of the proposal that waits for signatures: its words, and every remedy that it holds."""
    proposal = complaint.proposals.filter(state=ProposalState.OPEN).first()
    return proposal.digest() if proposal is not None else ""


def of_class(complaint: Complaint) -> str:
    """Of the class that waits for a second person, with its reasons."""
    decision = complaint.decisions.filter(state=Decision.State.PROPOSED, conversion="").first()
    return decision.digest() if decision is not None else ""


def of_offer(complaint: Complaint) -> str:
    """Of all that waits for the complainant's answer."""
    offered = complaint.remedies.filter(state=RemedyState.OFFERED)
    return of_offered(offered.prefetch_related("items"))


def of_offered(remedies: Iterable[Remedy]) -> str:
    """The same of remedies in hand, whatever stands with those that are offered."""
    offered = [remedy for remedy in remedies if remedy.state == RemedyState.OFFERED]
    return digest_of_offer(offered) if offered else ""
