"""The story of a complaint as the desk tells it: each event with the words, files and names that belong to it.

Event data hold ids and codes only; here they become people, places and words, in a constant number of queries.
Each entry is shown by `templates/desk/events/<kind>.html`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from accounts.models import Department, User
from complaints import permissions
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.classes import ComplaintClass, Kind
from complaints.converting import Conversion
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
from complaints.web.desk.happenings import PROMISES, happened

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
            facts[key] = _list(str(_label(Kind, code)) for code in value)
    return facts


def _options(options: Sequence[Sequence[int]]) -> str:
    """Remedies by the letter of their option: “A (no. 1, 3), B (no. 2)”."""
    return _list(
        gettext("%(letter)s (no. %(numbers)s)") % {"letter": letter(place), "numbers": _list(map(str, option))}
        for place, option in enumerate(options, start=1)
    )


def _list(words: Iterable[str]) -> str:
    """One after the other, as the reader's language lists them."""
    return gettext(", ").join(words)


def _label(words: Any, code: Any) -> Any:
    return words(code).label if code in words.values else code
