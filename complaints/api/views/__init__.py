"""The doors of the REST API. Each finds the complaint among those the person sees, and calls one service.

- `doors.py`: what they share, for this app and others
- `complaints.py`: complaints, and the acts of the office
- `parts.py`: what belongs to one complaint
"""

from complaints.api.views.complaints import Acting, ChangedMeanwhile, ComplaintDoor, Complaints
from complaints.api.views.doors import Door, Listing
from complaints.api.views.parts import AttachmentDoor, Attachments, Decisions, Events, Messages

__all__ = [
    "Acting",
    "AttachmentDoor",
    "Attachments",
    "ChangedMeanwhile",
    "ComplaintDoor",
    "Complaints",
    "Decisions",
    "Door",
    "Events",
    "Listing",
    "Messages",
]
