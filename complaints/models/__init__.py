"""The core's tables: the complaint and everything its row guards."""

from complaints.models.category import Category
from complaints.models.circle import CirclePlace, Viewing
from complaints.models.complainant import Complainant
from complaints.models.complaint import Complaint, ExternalNumber, SearchEntry
from complaints.models.decision import Decision
from complaints.models.draft import Draft, DraftFile
from complaints.models.event import ActorKind, Event
from complaints.models.follow_up import FollowUp, Rating
from complaints.models.form_link import FormLink
from complaints.models.gravity import AuthorityReport, MajorIncident, MediaReport, SafetyIncident, SafetyNotice
from complaints.models.guidance import Guide, ReplyTemplate
from complaints.models.handler_wish import HandlerWish
from complaints.models.head_office import Briefing, Watch
from complaints.models.idempotency import IdempotentCreate
from complaints.models.judgement import InvestigationEntry, Judgement, StakeThreshold
from complaints.models.mass import Gathered, IncidentUpdate, MassIncident
from complaints.models.matter import Matter, MatterFinding
from complaints.models.measure import InterimMeasure
from complaints.models.message import Attachment, Message
from complaints.models.objection import Objection
from complaints.models.outside import Authority, JointComplainant, LegalHold, Proceeding
from complaints.models.proof import CaseNumber, Proof
from complaints.models.proposal import Proposal, ProposalCheck, ProposedRemedy, Signature
from complaints.models.remedy import Remedy, RemedyItem
from complaints.models.response import FinalResponse, ResponsePart, ResponseRule
from complaints.models.signoff import AuthorityLimit, SignoffCheck, SignoffParty, SignoffRule
from complaints.models.subject import Subject
from complaints.models.supplier_claim import SupplierClaim
from complaints.models.task import Task
from complaints.models.transfer import Transfer
from complaints.models.upgrade import Upgrade, UpgradeGround

__all__ = [
    "ActorKind",
    "Attachment",
    "Authority",
    "AuthorityLimit",
    "AuthorityReport",
    "Briefing",
    "CaseNumber",
    "Category",
    "CirclePlace",
    "Complainant",
    "Complaint",
    "Decision",
    "Draft",
    "DraftFile",
    "Event",
    "ExternalNumber",
    "FinalResponse",
    "FollowUp",
    "FormLink",
    "Gathered",
    "Guide",
    "HandlerWish",
    "IdempotentCreate",
    "IncidentUpdate",
    "InterimMeasure",
    "InvestigationEntry",
    "JointComplainant",
    "Judgement",
    "LegalHold",
    "MajorIncident",
    "MassIncident",
    "Matter",
    "MatterFinding",
    "MediaReport",
    "Message",
    "Objection",
    "Proceeding",
    "Proof",
    "Proposal",
    "ProposalCheck",
    "ProposedRemedy",
    "Rating",
    "Remedy",
    "RemedyItem",
    "ReplyTemplate",
    "ResponsePart",
    "ResponseRule",
    "SafetyIncident",
    "SafetyNotice",
    "SearchEntry",
    "Signature",
    "SignoffCheck",
    "SignoffParty",
    "SignoffRule",
    "StakeThreshold",
    "Subject",
    "SupplierClaim",
    "Task",
    "Transfer",
    "Upgrade",
    "UpgradeGround",
    "Viewing",
    "Watch",
]
