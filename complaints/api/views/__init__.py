"""The doors of the REST API. Each finds the complaint among those the person sees, and calls one service.

- `doors.py`: what they share, for this app and others
- `complaints.py`: complaints, and the acts of the office
- `parts.py`: what belongs to one complaint
- `inquiries.py`: what was found out, and how it was judged
- `tasks.py`: the tasks of one complaint, and the acts on them
- `matters.py`: the matters of one complaint, and the acts on them
- `responses.py`: its final responses, and sending one
- `incidents.py`: mass incidents, and one update to all
- `remedies.py`: the remedies and claims against suppliers of one complaint, and the acts on them
- `follow_ups.py`: what came after the answer
- `upgrades.py`: upgrades for the supervision desk, and those without a number
- `signoff.py`: the proposals of one complaint, and the rules of sign-off
- `form_links.py`: links to the public form
- `guides.py`: handling guides and reply templates
- `transfers.py`: how it went from department to department
- `headers.py`: versions, and creates that are sent again
"""

from complaints.api.views.complaints import Acting, ComplaintDoor, Complaints
from complaints.api.views.doors import Door, Listing
from complaints.api.views.follow_ups import FollowUps
from complaints.api.views.form_links import FormLinks
from complaints.api.views.guides import (
    FillingTemplate,
    GuideDoor,
    Guides,
    GuidesOfComplaint,
    ReplyTemplateDoor,
    ReplyTemplates,
    TemplatesOfComplaint,
)
from complaints.api.views.headers import ChangedMeanwhile
from complaints.api.views.incidents import ClosingIncident, IncidentDoor, Incidents, Updates
from complaints.api.views.inquiries import Facts, InquiryDoor, Judgements
from complaints.api.views.matters import ActingOnMatter, Matters
from complaints.api.views.parts import AttachmentDoor, Attachments, Circle, Decisions, Events, Messages, Viewings
from complaints.api.views.remedies import ActingOnClaim, ActingOnRemedy, Remedies, SupplierClaims
from complaints.api.views.responses import FinalResponses, SendingResponse
from complaints.api.views.signoff import AuthorityLimits, Proposals, SignoffRules
from complaints.api.views.tasks import ActingOnTask, Tasks
from complaints.api.views.transfers import Briefings, Transfers
from complaints.api.views.upgrades import Upgrades

__all__ = [
    "Acting",
    "ActingOnClaim",
    "ActingOnMatter",
    "ActingOnRemedy",
    "ActingOnTask",
    "AttachmentDoor",
    "Attachments",
    "AuthorityLimits",
    "Briefings",
    "ChangedMeanwhile",
    "Circle",
    "ClosingIncident",
    "ComplaintDoor",
    "Complaints",
    "Decisions",
    "Door",
    "Events",
    "Facts",
    "FillingTemplate",
    "FinalResponses",
    "FollowUps",
    "FormLinks",
    "GuideDoor",
    "Guides",
    "GuidesOfComplaint",
    "IncidentDoor",
    "Incidents",
    "InquiryDoor",
    "Judgements",
    "Listing",
    "Matters",
    "Messages",
    "Proposals",
    "Remedies",
    "ReplyTemplateDoor",
    "ReplyTemplates",
    "SendingResponse",
    "SignoffRules",
    "SupplierClaims",
    "Tasks",
    "TemplatesOfComplaint",
    "Transfers",
    "Updates",
    "Upgrades",
    "Viewings",
]
