"""The story of a complaint as the desk tells it: each event with the words, files and names that belong to it.

Event data hold ids and codes only; here they become people, places and words, in a constant number of queries.
Each entry is shown by `templates/desk/events/<kind>.html`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from complaints import permissions
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.classes import ComplaintClass, Kind
from complaints.converting import CONVERSION_PROPOSED, Conversion
from complaints.gravity import Criterion, SafetyGrade, SafetyKind, Told
from complaints.guiding import Step
from complaints.judging import DemandFinding, Grounds, Source
from complaints.lifecycle import Status, Verb
from complaints.models import ActorKind, Attachment, Category, Complaint, Decision, Event, Message
from complaints.outside import Basis, ProceedingKind
from complaints.proving import NumberKind, ProofFrom, ProofKind, ProofState
from complaints.rehandling import Wish
from complaints.remedying import RemedyKind, SupplierClaimState, in_money, letter
from complaints.tasking import TaskKind
from complaints.validity import Fault, Harmed
from complaints.vocabulary import Channel, DeclineCode, Outcome, Priority, Track

HAPPENED: Mapping[str, str | Promise] = {
    Verb.REGISTER: _("Registered"),
    Verb.ACKNOWLEDGE: _("Acknowledged"),
    Verb.ASSIGN: _("Assigned"),
    Verb.ASK_ANOTHER: _("Another handler asked for"),
    Verb.GRANT_ANOTHER: _("Another handler granted"),
    Verb.REFUSE_ANOTHER: _("Another handler refused"),
    Verb.TRANSFER: _("Transferred"),
    Verb.ACCEPT_TRANSFER: _("Transfer accepted"),
    Verb.OBJECT_TO_TRANSFER: _("Transfer objected to"),
    Verb.ARBITRATE: _("Decided where it belongs"),
    Verb.TAKE_BACK_TRANSFER: _("Transfer taken back"),
    Verb.INTRODUCE: _("Complainant was told"),
    Verb.CATEGORISE: _("Category corrected"),
    Verb.BRIEF: _("Department briefed"),
    Verb.REPORT_BACK: _("Reported back"),
    Verb.WATCH: _("Watched"),
    Verb.UNWATCH: _("Watched no more"),
    Verb.CLASSIFY: _("Class decided"),
    Verb.CONFIRM_CLASS: _("Class confirmed"),
    Verb.REJECT_CLASS: _("Class rejected"),
    Verb.PRIORITISE: _("Priority set"),
    Verb.REPLY: _("Reply sent"),
    Verb.NOTE: _("Note added"),
    Verb.ATTACH: _("Evidence added"),
    Verb.LIST_PROOF: _("Proof listed"),
    Verb.SETTLE_PROOF: _("Proof settled"),
    Verb.RECORD_NUMBER: _("Number recorded"),
    Verb.WAIT: _("Waiting for an answer"),
    Verb.RESUME: _("Taken up again"),
    Verb.RESOLVE: _("Answered"),
    Verb.CLOSE: _("Closed"),
    Verb.REOPEN: _("Reopened"),
    Verb.WITHDRAW: _("Withdrawn"),
    Verb.DECLINE: _("Declined"),
    Verb.MERGE: _("Merged"),
    Verb.TAKE_OVER: _("Taken over"),
    Verb.PROMISE: _("Date promised"),
    Verb.FULFIL: _("Recorded as done"),
    Verb.ASK_EXTENSION: _("More time asked for"),
    Verb.GRANT_EXTENSION: _("More time granted"),
    Verb.REFUSE_EXTENSION: _("More time refused"),
    Verb.REFER: _("Referral"),
    Verb.ISSUE_TASK: _("Task issued"),
    Verb.ACCEPT_TASK: _("Task accepted"),
    Verb.REFUSE_TASK: _("Task refused"),
    Verb.FINISH_TASK: _("Task done"),
    Verb.CANCEL_TASK: _("Task cancelled"),
    Verb.SPLIT: _("Split into matters"),
    Verb.SETTLE_MATTER: _("Matter settled"),
    Verb.DROP_MATTER: _("Matter dropped"),
    Verb.SPLIT_OFF: _("Matter split off"),
    Verb.INVESTIGATE: _("Fact recorded"),
    Verb.JUDGE: _("Judged"),
    Verb.DRAFT_RESPONSE: _("Final response written"),
    Verb.APPROVE_RESPONSE: _("Final response approved"),
    Verb.RETURN_RESPONSE: _("Final response sent back"),
    Verb.DECLARE_MAJOR: _("Declared major"),
    Verb.ACKNOWLEDGE_MAJOR: _("Management acknowledged"),
    Verb.REPORT_TO_AUTHORITY: _("Authority told"),
    Verb.REPORT_SAFETY: _("Safety incident"),
    Verb.TELL_SAFETY: _("Somebody was told"),
    Verb.NOTE_MEDIA: _("Media attention"),
    Verb.GATHER: _("Gathered"),
    Verb.RELEASE: _("Taken out"),
    Verb.OPEN_PROCEEDING: _("Outside proceeding"),
    Verb.MOVE_PROCEEDING: _("Proceeding moved"),
    Verb.END_PROCEEDING: _("Proceeding ended"),
    Verb.PLACE_HOLD: _("Legal hold placed"),
    Verb.LIFT_HOLD: _("Legal hold lifted"),
    Verb.RECORD_AUTHORITY: _("Authority recorded"),
    Verb.REVOKE_AUTHORITY: _("Authority revoked"),
    Verb.ADD_COMPLAINANT: _("Complainant joined"),
    Verb.REMOVE_COMPLAINANT: _("Complainant left"),
    Verb.PLAN_REMEDY: _("Remedy planned"),
    Verb.DROP_REMEDY: _("Remedy dropped"),
    Verb.OFFER: _("Remedies offered"),
    Verb.ACCEPT_OFFER: _("Offer accepted"),
    Verb.REFUSE_OFFER: _("Offer refused"),
    Verb.CARRY_OUT: _("Remedy carried out"),
    Verb.STILL_BROKEN: _("Still not put right"),
    Verb.CLAIM_FROM_SUPPLIER: _("Claimed from a supplier"),
    Verb.SETTLE_SUPPLIER_CLAIM: _("Supplier's claim settled"),
    Verb.RESTRICT: _("Restricted"),
    Verb.LIFT_RESTRICTION: _("Restriction lifted"),
    Verb.ADMIT: _("Somebody admitted"),
    Verb.DISMISS: _("Somebody dismissed"),
    Verb.ORDER_MEASURE: _("Interim measure ordered"),
    Verb.END_MEASURE: _("Interim measure ended"),
    Verb.FOLLOW_UP: _("Followed up"),
    Verb.PROPOSE: _("Proposed"),
    Verb.SIGN: _("Signed"),
    Verb.REFUSE_TO_SIGN: _("Sent back unsigned"),
    Verb.TAKE_BACK_PROPOSAL: _("Proposal taken back"),
    Verb.CONVERT: _("Converted to valid"),
    Verb.KEEP_CLASS: _("Class kept"),
    Verb.RENEW_CLASS: _("Renewal proposed"),
    Verb.LAPSE_CLASS: _("Class lapsed"),
    Verb.OBJECT: _("Objection"),
    Verb.DECIDE_OBJECTION: _("Objection decided"),
    Verb.UPGRADE: _("Taken further"),
    Verb.NAME_EARLIER: _("Earlier complaint named"),
    Verb.HEAR: _("Complainant wrote"),
    Verb.CONFIRM: _("Complainant agreed"),
    Verb.DISPUTE: _("Complainant disagreed"),
    Verb.RATE: _("Complainant rated"),
    "escalated": _("Escalated"),
    "reminded": _("Reminded"),
    "breached": _("Deadline broken"),
    "moved": _("Deadline moved"),
    "called_off": _("Deadline called off"),
    "pause_ended": _("Pause used up"),
    "upgrade_proposed": _("Upgrade proposed"),
    CONVERSION_PROPOSED: _("Conversion proposed"),
    "referred": _("Referral prepared"),
    "merged_from": _("Another merged in"),
    "repeat_contact": _("Repeated contact"),
    "link_requested": _("Link asked for"),
    "circle_restored": _("Circle restored"),
}
"""Kind of event → what a list says of it in two words."""

PROMISES: Mapping[str, str | Promise] = {
    "acknowledge": _("Acknowledgement"),
    "first_response": _("First reply"),
    "progress": _("Word on progress"),
    "resolution": _("Resolution"),
    "signoff": _("Sign-off"),
    "task": _("Task"),
    "promise": _("Promised date"),
    "authority_report": _("Report to the authority"),
    "follow_up": _("Follow-up"),
    "objection": _("Review of a grave class"),
    "takeover": _("Taking over"),
    "major_notice": _("The management's acknowledgement"),
    "proceeding": _("Outside proceeding"),
    "transfer": _("Answer to a transfer"),
    "briefing": _("Answer to a briefing"),
}
"""The promises that events of deadlines name; the clocks themselves belong to another app."""

_PEOPLE = frozenset({"holder", "holder_before", "owner", "person"})
_DEPARTMENTS = frozenset({"department", "department_before", "department_proposed", "department_overruled"})
_CATEGORIES = frozenset({"category", "category_before", "routed_by"})
_MOMENTS = frozenset({"due_at", "due_before", "until", "stands_until"})
_COMPLAINTS = frozenset({"into", "merged", "earlier", "went_to", "upgrade_of"})
_CODES: Mapping[str, Any] = {
    "after": Status,
    "before": Status,
    "outcome": Outcome,
    "outcome_before": Outcome,
    "code": DeclineCode,
    "priority": Priority,
    "priority_before": Priority,
    "complaint_class": ComplaintClass,
    "class_before": ComplaintClass,
    "class_kind": Kind,
    "conversion": Conversion,
    "kind_before": Kind,
    "task_kind": TaskKind,
    "track": Track,
    "source": Source,
    "grounds": Grounds,
    "demand": DemandFinding,
    "safety_kind": SafetyKind,
    "safety_grade": SafetyGrade,
    "whom": Told,
    "proceeding_kind": ProceedingKind,
    "basis": Basis,
    "remedy_kind": RemedyKind,
    "proposed": RemedyKind,
    "claim_state": SupplierClaimState,
    "through": Channel,
    "wished": Wish,
    "proof_kind": ProofKind,
    "proof_from": ProofFrom,
    "proof_state": ProofState,
    "number_kind": NumberKind,
    "mode": FollowUpMode,
    "result": Satisfaction,
    "fault": Fault,
    "harm_to": Harmed,
}


@dataclass(frozen=True)
class Entry:
    """One thing in the story. `facts` are the event's data in words and rows instead of codes and ids."""

    kind: str
    at: datetime
    complaint: Complaint
    event: Event | None = None
    message: Message | None = None
    decision: Decision | None = None
    files: Sequence[Attachment] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def templates(self) -> list[str]:
        """Where it is told; a kind that this version does not know is still told."""
        return [f"desk/events/{self.kind}.html", "desk/event.html"]

    @property
    def who(self) -> str:
        """Who did it."""
        if self.event is not None and self.event.actor is not None:
            return str(self.event.actor)
        if self.message is not None and self.message.author is not None:
            return str(self.message.author)
        by_complainant = self.event is None or self.event.actor_kind == ActorKind.COMPLAINANT
        return str(self.complaint.complainant) if by_complainant else str(ActorKind.SYSTEM.label)

    @property
    def title(self) -> str:
        """What happened, in two words."""
        return happened(self.kind)


def happened(kind: str) -> str:
    """What happened, in two words; a kind that this version does not know by its own name."""
    return str(HAPPENED.get(kind, kind))


def entries(
    complaint: Complaint,
    *,
    events: Sequence[Event],
    messages: Iterable[Message] = (),
    attachments: Iterable[Attachment] = (),
    decisions: Iterable[Decision] = (),
    reader: User,
) -> list[Entry]:
    """Events with what belongs to them, and messages that no event speaks of; oldest first. Four queries at most, and
    three more where a restricted complaint is named: one that is kept from the reader is left out.
    """
    spoken = {message.pk: message for message in messages}
    kept = {attachment.pk: attachment for attachment in attachments}
    with_message = {attachment.pk for attachment in kept.values() if attachment.message_id in spoken}
    decided = {decision.pk: decision for decision in decisions}
    names = _names(events, reader)
    told: list[Entry] = []
    for event in events:
        if event.data.get("attachment") in with_message:
            continue  # it came with a message and stands there
        message = spoken.pop(event.data.get("message"), None)
        file = kept.get(event.data.get("attachment"))
        told.append(
            Entry(
                kind=event.kind,
                at=event.recorded_at,
                complaint=complaint,
                event=event,
                message=message,
                decision=decided.get(event.data.get("decision")),
                files=_files(message, file),
                facts=_facts(event, names),
            )
        )
    told += [
        Entry(
            kind=_KIND_OF_MESSAGE[message.kind],
            at=message.created_at,
            complaint=complaint,
            message=message,
            files=_files(message, None),
        )
        for message in spoken.values()
    ]
    return sorted(told, key=lambda entry: entry.at)


_KIND_OF_MESSAGE: Mapping[str, str] = {
    Message.Kind.REPLY: Verb.REPLY.value,
    Message.Kind.NOTE: Verb.NOTE.value,
    Message.Kind.HEARD: Verb.HEAR.value,
}


def _files(message: Message | None, file: Attachment | None) -> list[Attachment]:
    files = list(message.attachments.all()) if message is not None else []
    return [*files, file] if file is not None and file not in files else files


@dataclass(frozen=True)
class _Names:
    """The rows that the events of one complaint speak of, by id."""

    people: Mapping[int, User]
    departments: Mapping[int, Department]
    complaints: Mapping[int, Complaint]
    categories: Mapping[int, Category]


def _names(events: Sequence[Event], reader: User) -> _Names:
    def ids(keys: frozenset[str]) -> set[int]:
        return {event.data[key] for event in events for key in keys if isinstance(event.data.get(key), int)}

    people, departments, complaints = ids(_PEOPLE), ids(_DEPARTMENTS), ids(_COMPLAINTS)
    categories = ids(_CATEGORIES)
    named = Complaint.objects.in_bulk(complaints) if complaints else {}
    unnamed = permissions.unnamed_to(reader, named.values())
    return _Names(
        people=User.objects.in_bulk(people) if people else {},
        departments=Department.objects.in_bulk(departments) if departments else {},
        complaints={pk: complaint for pk, complaint in named.items() if pk not in unnamed},
        categories=Category.objects.in_bulk(categories) if categories else {},
    )


def _facts(event: Event, names: _Names) -> dict[str, Any]:
    facts: dict[str, Any] = dict(event.data)
    for key, value in event.data.items():
        if key in _PEOPLE:
            facts[key] = names.people.get(value)
        elif key in _DEPARTMENTS:
            facts[key] = names.departments.get(value)
        elif key in _CATEGORIES:
            facts[key] = names.categories.get(value)
        elif key in _COMPLAINTS:
            facts[key] = names.complaints.get(value)
        elif key in _MOMENTS and value is not None:
            facts[key] = datetime.fromisoformat(value)
        elif key == "on":
            facts[key] = date.fromisoformat(value)
        elif key == "amount" and "currency" in event.data:  # of an extension it is a length of time
            facts[key] = in_money(Decimal(value), event.data["currency"])
        elif key == "options":
            facts[key] = _options(value)
        elif key == "clock_kind":
            facts[key] = PROMISES.get(value, value)
        elif key == "reason" and event.kind == Verb.CLOSE:
            facts[key] = _label(CloseReason, value)
        elif key in _CODES:
            facts[key] = _label(_CODES[key], value)
        elif key == "steps":
            facts[key] = [_label(Step, code) for code in value]
        elif key == "criteria":
            facts[key] = [str(_label(Criterion, code)) for code in value]
        elif key == "kinds":
            facts[key] = ", ".join(str(_label(Kind, code)) for code in value)
    return facts


def _options(options: Sequence[Sequence[int]]) -> str:
    """Remedies by the letter of their option: “A: 1, 3; B: 2”."""
    return "; ".join(
        f"{letter(place)}: {', '.join(map(str, option))}" for place, option in enumerate(options, start=1)
    )


def _label(words: Any, code: Any) -> Any:
    return words(code).label if code in words.values else code
