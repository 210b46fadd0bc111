"""What the complainant sees of their case: the story from now downwards, and what they can do. Reads only.

Only what stands in `TOLD` is ever told, and notes and internal files are never even read from the database: the
class, the priority, the tier and the office's own words have no way onto the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.aftercare import CLOSED_BECAUSE, Satisfaction
from complaints.lifecycle import COMPLAINANTS_OWN, Status, Verb, possible
from complaints.models import ActorKind, Attachment, Complaint, Event, Message
from complaints.remedying import RemedyKind
from complaints.selectors.contact import Contact, contact_of, name_shown
from complaints.selectors.public_matters import PublicMatter, part_of, public_matters
from complaints.vocabulary import DeclineCode, Outcome, PauseReason

OURS, THEIRS = "ours", "theirs"

OFFERED = "offered"
"""What we wait for when it is the complainant's choice among what is offered."""

TOGETHER = timedelta(minutes=2)
"""Files added within this time of each other are told as one."""


@dataclass(frozen=True)
class Telling:
    """How one kind of event is told: its heading, and who speaks."""

    heading: Promise
    side: str = OURS


TOLD: Mapping[str, Telling] = MappingProxyType(
    {
        Verb.REGISTER.value: Telling(_("We received your complaint")),
        Verb.ACKNOWLEDGE.value: Telling(_("We have taken on your complaint")),
        Verb.REPLY.value: Telling(_("We wrote to you")),
        Verb.WAIT.value: Telling(_("We asked you something")),
        Verb.RESUME.value: Telling(_("We are going on with our work")),
        Verb.RESOLVE.value: Telling(_("We answered your complaint")),
        Verb.CLOSE.value: Telling(_("The complaint is closed")),
        Verb.REOPEN.value: Telling(_("We are looking at your complaint again")),
        Verb.WITHDRAW.value: Telling(_("The complaint was withdrawn")),
        Verb.DECLINE.value: Telling(_("We cannot deal with this complaint")),
        Verb.MERGE.value: Telling(_("We are dealing with this together with another complaint about the same matter")),
        Verb.GRANT_EXTENSION.value: Telling(_("We need more time")),
        Verb.SPLIT.value: Telling(_("We look at your letter as several matters")),
        Verb.SPLIT_OFF.value: Telling(_("A part of your letter goes on by itself")),
        Verb.OFFER.value: Telling(_("We offered to put things right")),
        Verb.ACCEPT_OFFER.value: Telling(_("You accepted what we offered"), THEIRS),
        Verb.REFUSE_OFFER.value: Telling(_("You did not want what we offered"), THEIRS),
        Verb.CARRY_OUT.value: Telling(_("We did this for you")),
        Verb.STILL_BROKEN.value: Telling(_("Something is still not right"), THEIRS),
        Verb.DROP_REMEDY.value: Telling(_("Something that we offered will not be done")),
        Verb.CLASSIFY.value: Telling(_("A decision about how your complaint is pursued no longer applies")),
        Verb.CONFIRM_CLASS.value: Telling(_("We decided something about how your complaint is pursued")),
        Verb.LAPSE_CLASS.value: Telling(_("A decision about how your complaint is pursued no longer applies")),
        Verb.OBJECT.value: Telling(_("You objected to the decision"), THEIRS),
        Verb.DECIDE_OBJECTION.value: Telling(_("We looked at your objection")),
        Verb.ASK_ANOTHER.value: Telling(_("You asked for somebody else to handle it"), THEIRS),
        Verb.GRANT_ANOTHER.value: Telling(_("Somebody else handles your complaint now")),
        Verb.REFUSE_ANOTHER.value: Telling(_("We answered your wish for somebody else")),
        Verb.ATTACH.value: Telling(_("We added a document")),
        Verb.UPGRADE.value: Telling(_("You asked us to take it further"), THEIRS),
        Verb.HEAR.value: Telling(_("You wrote to us"), THEIRS),
        Verb.FOLLOW_UP.value: Telling(_("We asked you whether our answer holds")),
        Verb.CONFIRM.value: Telling(_("You told us that the answer settles it, and the complaint was closed"), THEIRS),
        Verb.DISPUTE.value: Telling(_("You told us that you disagree, and we are looking at it again"), THEIRS),
        Verb.RATE.value: Telling(_("You told us whether you are satisfied"), THEIRS),
    }
)
_NAMES_A_REMEDY = frozenset({Verb.CARRY_OUT.value, Verb.STILL_BROKEN.value, Verb.DROP_REMEDY.value})
_ABOUT_THE_CLASS = frozenset({Verb.CLASSIFY.value, Verb.CONFIRM_CLASS.value})
"""Of the class the complainant hears only where a grave one begins or ends."""
_LIFTED = Telling(_("A decision about how your complaint is pursued no longer applies"))
_YOU_ADDED = Telling(_("You added evidence"), THEIRS)
_WAITS_FOR_OTHERS = Telling(_("Your complaint has to wait"))


@dataclass(frozen=True)
class Entry:
    """One thing that happened, as it is told to the complainant."""

    kind: str
    at: datetime
    heading: Promise
    side: str
    message: Message | None
    files: Sequence[Attachment]
    who: str = ""
    """Who of us wrote the message, as complainants read it."""
    finding: Any = None
    """The outcome of an answer, or the reason for declining, in words."""
    until: datetime | None = None
    """By when we promise it now, where we need more time; by when a letter promises that we come back."""
    because: str = ""
    """The code of the reason for that."""
    matters: Sequence[tuple[str, Any]] = ()
    """Of the answer to a letter that was split: each matter and how it ended."""
    remedy: Any = None
    """What kind of thing was done for the complainant."""
    on: date | None = None
    """The day on which that was done."""


@dataclass(frozen=True)
class PublicCase:
    """All that the page of a case shows."""

    complaint: Complaint
    entries: Sequence[Entry]
    can: frozenset[Verb]
    contact: Contact
    """Who handles it, as complainants read it."""
    waits_for: str = ""
    """The code of what a waiting complaint waits for: a reason of a pause, or `OFFERED`."""
    matters: Sequence[PublicMatter] = ()
    """What the letter was split into."""
    part_of: str = ""
    """The reference of the letter that this was a part of."""


def public_case(complaint: Complaint) -> PublicCase:
    """The case in a constant number of queries. The caller has made sure that the reader may open it."""
    files = public_files(complaint)
    messages = {
        message.pk: message
        for message in complaint.messages.exclude(kind=Message.Kind.NOTE)
        .select_related("author", "author__department")
        .prefetch_related(Prefetch("attachments", files))
    }
    for message in messages.values():
        message.complaint = complaint  # whose department says which names are shown
    alone = {file.pk: file for file in files if file.message_id is None}
    told = list(complaint.events.filter(kind__in=TOLD).order_by("sequence"))
    matters = public_matters(complaint)
    subjects = {matter.number: f"{matter.number}. {matter.subject}" for matter in matters}
    entries = _gathered(_entry(event, messages, alone, subjects) for event in told)
    return PublicCase(
        complaint=complaint,
        entries=entries[::-1],
        can=_can(complaint, told),
        waits_for=_waits_for(complaint, told),
        matters=matters,
        part_of=part_of(complaint),
        contact=contact_of(complaint),
    )


def _can(complaint: Complaint, told: Sequence[Event]) -> frozenset[Verb]:
    """What the complainant can do now; an answer is rated once."""
    can = frozenset(verb for verb in COMPLAINANTS_OWN if possible(Status(complaint.status), verb))
    rated = any(event.kind == Verb.RATE and event.data["cycle"] == complaint.cycle for event in told)
    return can - {Verb.RATE} if rated else can


def _waits_for(complaint: Complaint, told: Sequence[Event]) -> str:
    if complaint.status != Status.WAITING:
        return ""
    asked = [event for event in told if event.kind in (Verb.WAIT, Verb.OFFER)]
    if not asked:
        return ""
    return OFFERED if asked[-1].kind == Verb.OFFER else _reason(asked[-1])


def _reason(asked: Event) -> str:
    return str(asked.data.get("reason", PauseReason.COMPLAINANT.value))


def public_files(complaint: Complaint) -> QuerySet[Attachment]:
    """The files of this case that its complainant may fetch: theirs, and what the office meant for them."""
    meant_for_them = Q(message__isnull=True) | ~Q(message__kind=Message.Kind.NOTE)
    return complaint.attachments.filter(meant_for_them, internal=False).order_by("id")


def _entry(
    event: Event, messages: Mapping[int, Message], alone: Mapping[int, Attachment], subjects: Mapping[int, str]
) -> Entry | None:
    telling = TOLD[event.kind]
    if event.data.get("told") is False:  # more time for a deadline that is the office's own, a remedy never offered
        return None
    if event.kind == Verb.WAIT and _reason(event) != PauseReason.COMPLAINANT:
        telling = _WAITS_FOR_OTHERS
    if event.kind in _ABOUT_THE_CLASS and not event.data.get("told"):
        return None
    if event.data.get("lifts"):
        telling = _LIFTED
    message = messages.get(event.data.get("message", 0))
    files: list[Attachment] = list(message.attachments.all()) if message is not None else []
    if event.kind == Verb.ATTACH:
        file = alone.get(event.data.get("attachment", 0))
        if file is None:
            return None
        files = [file]
        telling = _YOU_ADDED if event.actor_kind == ActorKind.COMPLAINANT else telling
    return Entry(
        kind=event.kind,
        at=event.occurred_at,
        heading=telling.heading,
        side=telling.side,
        message=message,
        files=files,
        who=name_shown(message.author, message.complaint) if message is not None and message.author else "",
        finding=_finding(event),
        until=_until(event),
        because=event.data["reason"] if event.kind == Verb.GRANT_EXTENSION else "",
        matters=[
            (subjects.get(number, str(number)), Outcome(code).label)
            for number, code in event.data.get("matter_outcomes", ())
        ],
        remedy=RemedyKind(event.data["remedy_kind"]).label if event.kind in _NAMES_A_REMEDY else None,
        on=date.fromisoformat(event.data["on"]) if event.kind == Verb.CARRY_OUT else None,
    )


def _gathered(entries: Iterable[Entry | None]) -> list[Entry]:
    """Files that came together, or with the complaint itself, are one entry and not one each."""
    gathered: list[Entry] = []
    for entry in entries:
        if entry is None:
            continue
        last = gathered[-1] if gathered else None
        if (
            last is not None
            and entry.kind == Verb.ATTACH
            and last.kind in (Verb.ATTACH, Verb.REGISTER)
            and last.side == (entry.side if last.kind == Verb.ATTACH else OURS)
            and entry.at - last.at < TOGETHER
        ):
            gathered[-1] = replace(last, files=[*last.files, *entry.files])
        else:
            gathered.append(entry)
    return gathered


def _finding(event: Event) -> Any:
    if event.kind == Verb.RESOLVE:
        return Outcome(event.data["outcome"]).label
    if event.kind == Verb.DECLINE:
        return DeclineCode(event.data["code"]).label
    if event.kind == Verb.FOLLOW_UP:
        return Satisfaction(event.data["result"]).label
    if event.kind == Verb.RATE:
        return Satisfaction.SATISFIED.label if event.data["satisfied"] else Satisfaction.DISSATISFIED.label
    if event.kind == Verb.CLOSE:
        return CLOSED_BECAUSE.get(event.data.get("reason", ""))
    return None


def _until(event: Event) -> datetime | None:
    """The date that the office gave: a new one, or one that a letter promises."""
    field = {Verb.GRANT_EXTENSION.value: "due_at", Verb.REPLY.value: "until"}.get(event.kind, "")
    given = event.data.get(field)
    return datetime.fromisoformat(given) if given else None
