"""What the complainant reads of proofs: those that they could bring and that are missing. Reads only."""

from complaints.models import Complaint, Proof
from complaints.proving import ProofFrom, ProofState


def public_proofs(complaint: Complaint) -> list[Proof]:
    """In the order in which they were listed, while the complaint is open. One query; none once it has ended."""
    if not complaint.is_open:
        return []
    return list(complaint.proofs.filter(brought_by=ProofFrom.COMPLAINANT, state=ProofState.MISSING))
