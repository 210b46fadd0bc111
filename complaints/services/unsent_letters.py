"""What becomes of a final response that has not been sent when the complaint changes under it."""

from complaints.models import Complaint
from complaints.responding import ResponseState


def fall_back(complaint: Complaint) -> None:
    """The matters of a held complaint have changed, and with them what its letter says, or it has ended without the
    letter: one that waits for a second person, or that one has approved, is a draft again. Nobody approves what they
    did not read, and nobody is asked to approve what will not be sent.
    """
    handed_over = complaint.responses.filter(
        cycle=complaint.cycle, state__in=[ResponseState.READY, ResponseState.APPROVED]
    )
    handed_over.update(state=ResponseState.DRAFT, approved_by=None, approved_at=None)
