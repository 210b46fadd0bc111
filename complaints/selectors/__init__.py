"""Reads: the queue, the dossier, and rows held for change. What belongs to one slice has a module of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from common.text import query_terms
from complaints import permissions
from complaints.lifecycle import OPEN, Status, Verb, verbs_from
from complaints.models import (
    Attachment,
    Complaint,
    Decision,
    Event,
    FinalResponse,
    FollowUp,
    Message,
    Proposal,
    Rating,
    Remedy,
    SupplierClaim,
    Transfer,
)
from complaints.selectors import proposals, transfers
from complaints.selectors.remedies import remedies_with_all, supplier_claims_of
from complaints.selectors.tasks import TaskEntry, tasks_of

MOST_RELATED = 50


def locked(complaint_id: int) -> Complaint:
    """Hold the complaint until the transaction ends. Always the first lock (ADR 0001).

    NO KEY: another transaction may still write rows that only point at this complaint.
    """
    return Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)


def locked_both(first_id: int, second_id: int) -> tuple[Complaint, Complaint]:
    """Hold two complaints, taken in the order of their numbers so that two people cannot block each other."""
    rows = {
        row.pk: row
        for row in Complaint.objects.select_for_update(no_key=True).filter(pk__in={first_id, second_id}).order_by("pk")
    }
    return rows[first_id], rows[second_id]


def locked_all(complaint_ids: Sequence[int]) -> list[Complaint]:
    """Hold several complaints, taken in the order of their numbers. Those that are not there are left out."""
    rows = Complaint.objects.select_for_update(no_key=True).filter(pk__in=set(complaint_ids))
    return list(rows.order_by("pk"))


def listed(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """With what a row of a list shows, in a constant number of queries."""
    return complaints.select_related("complainant", "department", "holder", "category")


def queue(user: User) -> QuerySet[Complaint]:
    """My work: what I hold, and what nobody holds yet where I work or supervise; what is due next comes first."""
    mine = Q(holder=user)
    theirs = permissions.standing(user)
    departments = theirs.departments(permissions.WORKING_ROLES) | set(theirs.held.get(Role.SUPERVISOR, ()))
    if departments:
        mine |= Q(holder__isnull=True, department__in=departments)
    open_ones = permissions.visible_to(user).filter(mine, status__in=sorted(OPEN))
    return listed(open_ones).order_by(F("due_at").asc(nulls_last=True), "id")


def waiting_for_second_person(user: User) -> QuerySet[Decision]:
    """Class decisions that this person, not having made them, may confirm or reject."""
    standing = permissions.standing(user)
    roles = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.CONFIRM_CLASS in verbs)
    return (
        Decision.objects.filter(
            state=Decision.State.PROPOSED,
            conversion="",
            complaint__department__in=standing.departments(roles),
            complaint__status__in=sorted(OPEN),
            complaint__in=permissions.visible_to(user),
        )
        .exclude(decided_by=user)
        .select_related("complaint", "decided_by")
    )


def with_text(complaints: QuerySet[Complaint], text: str) -> QuerySet[Complaint]:
    """Those that contain every word, Traditional and Simplified alike; a reference finds its complaint."""
    terms = query_terms(text)
    return complaints.filter(search_entry__terms__contains=terms) if terms else complaints.none()


def overdue(complaints: QuerySet[Complaint], at: datetime) -> QuerySet[Complaint]:
    """Those whose next promise was already broken at that moment."""
    return complaints.filter(status__in=sorted(OPEN), due_at__lte=at)


@dataclass(frozen=True)
class StreamEntry:
    """One thing in the story of a complaint: a message or an event."""

    at: datetime
    message: Message | None = None
    event: Event | None = None


@dataclass(frozen=True)
class Dossier:
    """Everything the office sees of one complaint."""

    complaint: Complaint
    stream: Sequence[StreamEntry]
    decisions: Sequence[Decision]
    proposal: Decision | None
    attachments: Sequence[Attachment]
    response: FinalResponse | None
    related: Sequence[Complaint]
    tasks: Sequence["TaskEntry"]
    remedies: Sequence[Remedy]
    supplier_claims: Sequence[SupplierClaim]
    follow_ups: Sequence[FollowUp]
    ratings: Sequence[Rating]
    proposals: Sequence[Proposal]
    transfers: Sequence[Transfer]
    possible: Sequence[Verb]
    allowed: frozenset[Verb]


def dossier(user: User, complaint: Complaint) -> Dossier:
    """The whole case in a constant number of queries. The caller found the complaint through `visible_to`."""
    messages = list(
        complaint.messages.select_related("author").prefetch_related(
            Prefetch("attachments", Attachment.objects.order_by("id"))
        )
    )
    events = list(complaint.events.select_related("actor"))
    stream = sorted(
        [StreamEntry(at=message.created_at, message=message) for message in messages]
        + [StreamEntry(at=event.recorded_at, event=event) for event in events],
        key=lambda entry: entry.at,
    )
    decisions = list(
        complaint.decisions.select_related(
            "decided_by", "second_person", "earlier", "renews", "objection__decided_by", "objection__recorded_by"
        )
    )
    return Dossier(
        complaint=complaint,
        stream=stream,
        decisions=decisions,
        proposal=next((d for d in decisions if d.state == Decision.State.PROPOSED and not d.conversion), None),
        attachments=list(complaint.attachments.select_related("uploaded_by")),
        response=complaint.responses.filter(cycle=complaint.cycle).select_related("drafted_by", "sent_by").first(),
        related=list(related(user, complaint)),
        tasks=tasks_of(user, complaint),
        remedies=list(remedies_with_all([complaint])),
        supplier_claims=list(supplier_claims_of(complaint)),
        follow_ups=list(follow_ups_of(complaint)),
        ratings=list(complaint.ratings.select_related("message")),
        proposals=list(proposals.with_all([complaint])),
        transfers=list(transfers.with_all([complaint])),
        possible=verbs_from(Status(complaint.status)),
        allowed=permissions.allowed_verbs(user, complaint),
    )


def follow_ups_of(complaint: Complaint) -> QuerySet[FollowUp]:
    """How the office went back to the complainant, with everything that is shown of it, in that order."""
    return complaint.follow_ups.select_related("by", "message").order_by("number")


def related(user: User, complaint: Complaint) -> QuerySet[Complaint]:
    """Other complaints of the same person, by e-mail or phone, that the reader may see; newest first, 50 at most."""
    person = complaint.complainant
    same = Q(pk__in=[])
    if person.email:
        same |= Q(complainant__email__iexact=person.email)
    if person.phone:
        same |= Q(complainant__phone=person.phone)
    return in_short(permissions.visible_to(user).filter(same).exclude(pk=complaint.pk))


def in_short(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Complaints beside another one, with what is shown of them there; newest first, 50 at most."""
    shown = complaints.only("reference", "subject", "status", "outcome", "received_at", "resolved_at")
    return shown.order_by("-received_at", "-id")[:MOST_RELATED]


def last_events(complaints: Sequence[Complaint]) -> dict[int, Event]:
    """The newest event of each complaint of a page, by the complaint's id, in one query."""
    newest = Event.objects.filter(
        complaint__in=[complaint.pk for complaint in complaints], sequence=F("complaint__event_count")
    )
    return {event.complaint_id: event for event in newest.select_related("actor")}


def events_after(complaint: Complaint, sequence: int) -> list[Event]:
    """What happened to the complaint after its event of that number, oldest first."""
    return list(complaint.events.filter(sequence__gt=sequence).select_related("actor").order_by("sequence"))
