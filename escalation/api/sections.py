"""What deadlines add to the JSON of complaints: see settings.COMPLAINT_API_SECTIONS."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field

from complaints.models import Complaint
from escalation import selectors
from escalation.api.serializers import ClockOut


@extend_schema_field(ClockOut(many=True))
def clocks(complaints: Sequence[Complaint]) -> dict[int, list[dict[str, Any]]]:
    """The clocks of each complaint of a page, in one query."""
    found: dict[int, list[dict[str, Any]]] = {complaint.pk: [] for complaint in complaints}
    for clock in selectors.clocks_of_many(complaints):
        found[clock.complaint_id].append(dict(ClockOut(clock).data))
    return found
