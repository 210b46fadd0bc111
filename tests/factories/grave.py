"""Complaints with a grave class, through the services: explained, proposed by one person, confirmed by another."""

from accounts.models import User
from complaints.classes import ComplaintClass, Kind
from complaints.models import Complaint, Decision
from complaints.selectors import digests
from complaints.services import correspondence, decisions

TOLD = "Our people were shouted at three times."


def propose_malicious(complaint: Complaint, by: User) -> Decision:
    """Explain, and propose."""
    correspondence.reply(complaint_id=complaint.pk, by=by, body="Here is how the price came about.")
    return decisions.classify(
        complaint_id=complaint.pk,
        by=by,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.ABUSE,
        reasons="Shouts at everybody.",
        evidence="Three recordings.",
        told=TOLD,
    )


def call_malicious(complaint: Complaint, by: User, second: User) -> Decision:
    """Explain, propose and confirm: the class is in force."""
    propose_malicious(complaint, by)
    return decisions.confirm_class(
        complaint_id=complaint.pk, digest=digests.of_class(complaint), by=second, reasons="I listened to them."
    )
