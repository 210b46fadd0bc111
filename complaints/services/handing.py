"""A held complaint changes hands by itself: opened again, transferred after it has climbed, or taken further."""

from typing import Any

from complaints import succession
from complaints.conflicts import Concerned
from complaints.models import Complaint


def hand_on(complaint: Complaint, concerned: Concerned) -> dict[str, Any]:
    """Put it into the hands of whoever takes it now, other than those whom it concerns; says what the event tells of
    it. The caller holds the complaint, and saves it.
    """
    before, successor = complaint.holder_id, succession.next_holder(complaint, concerned)
    complaint.holder_id = successor.holder_id
    return {
        "holder_before": before,
        "holder": successor.holder_id,
        "passed_over": list(successor.passed_over),
        "unmanned": successor.unmanned,
    }


def put_down(complaint: Complaint) -> dict[str, Any]:
    """Leave it to whoever takes it; says what the event tells of it. The caller holds the complaint, and saves it."""
    before, complaint.holder = complaint.holder_id, None
    return {"holder_before": before, "holder": None}
