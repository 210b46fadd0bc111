"""The core's tables: the complaint and everything its row guards."""

from complaints.models.category import Category
from complaints.models.complainant import Complainant
from complaints.models.complaint import Complaint, ExternalNumber, SearchEntry, Subject
from complaints.models.decision import Decision
from complaints.models.draft import Draft, DraftFile
from complaints.models.event import ActorKind, Event
from complaints.models.idempotency import IdempotentCreate
from complaints.models.judgement import InvestigationEntry, Judgement, StakeThreshold
from complaints.models.matter import Matter, MatterFinding
from complaints.models.message import Attachment, Message
from complaints.models.response import FinalResponse, ResponsePart, ResponseRule
from complaints.models.task import Task

__all__ = [
    "ActorKind",
    "Attachment",
    "Category",
    "Complainant",
    "Complaint",
    "Decision",
    "Draft",
    "DraftFile",
    "Event",
    "ExternalNumber",
    "FinalResponse",
    "IdempotentCreate",
    "InvestigationEntry",
    "Judgement",
    "Matter",
    "MatterFinding",
    "Message",
    "ResponsePart",
    "ResponseRule",
    "SearchEntry",
    "StakeThreshold",
    "Subject",
    "Task",
]
