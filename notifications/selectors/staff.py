"""What the staff are told, and when: the letters that what happened causes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.functional import lazy

from complaints.converting import CONVERSION_PROPOSED
from complaints.events import Occurrence
from complaints.gravity import Criterion, SafetyKind
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from complaints.services.restriction import CIRCLE_RESTORED
from complaints.tasking import TaskKind
from complaints.vocabulary import Priority
from escalation import amounts, takeover_links
from escalation.happenings import Happening
from escalation.policies import ClockKind
from notifications.letters import Letter
from notifications.selectors.calls import ENDS, TO_STAFF, handed_over_to, left_alone_by_all, watching
from notifications.selectors.readers import UNCALLED, Call, OfficeDoors, Readers

UNMANNED = "unmanned"
"""The alarm that nobody of any tier could take a complaint."""

ON_DUTY = "on_duty"
"""What the duty officer reads of an urgent step whose reader is out of office."""

ENTRUSTED = "entrusted"
"""What somebody reads who has come to be in the circle of a restricted complaint."""

WATCHED_ENDED = "watched_ended"
"""What those who watch a complaint read when it has ended."""

WATCHED_OVERDUE = "watched_overdue"
"""What they read when its answer is overdue."""

STAFF_LETTERS: Mapping[str, str] = {
    Verb.REOPEN.value: "opened_again",
    Verb.REGISTER.value: ENTRUSTED,
    Verb.RESTRICT.value: ENTRUSTED,
    Verb.ADMIT.value: ENTRUSTED,
    Verb.RENEW_CLASS.value: "classify",
    CIRCLE_RESTORED: ENTRUSTED,
}
"""What the staff read where the letter of the same name is the complainant's, or one serves for several acts."""

BY_TIME: tuple[str, ...] = (
    Happening.ESCALATED.value,
    Happening.REMINDED.value,
    Happening.UPGRADE_PROPOSED.value,
    CONVERSION_PROPOSED,
    Happening.REFERRED.value,
    Happening.PAUSE_ENDED.value,
    Happening.CALLED_OFF.value,
    Happening.MOVED.value,
)
"""What happens by itself, the most pressing first. Several of these about one complaint are one letter to one reader;
unless the step is urgent it waits for the reader's working hours.
"""

FOLDED: tuple[str, ...] = (UNMANNED, ON_DUTY, *BY_TIME, WATCHED_OVERDUE, WATCHED_ENDED)
"""What may leave within one letter when it is much, the most pressing first."""


@dataclass(slots=True)
class _News:
    """What has happened by itself to one complaint, for one reader."""

    complaint: Complaint
    reader: int
    heard: list[Occurrence] = field(default_factory=list)
    waits_until: datetime | None = None
    """When the reader's office opens, where the news waits for that."""
    told_too: int | None = None
    """The duty officer who is told as well, because the reader is out of office."""

    @property
    def urgent(self) -> bool:
        """Whether it may disturb its reader at any hour."""
        return any(occurrence.event.data.get("urgent") for occurrence in self.heard)

    @property
    def lead(self) -> Occurrence:
        """What the letter is about: the most pressing, and of several such the last."""
        if len(self.heard) == 1:  # nearly always
            return self.heard[0]
        first = min(BY_TIME.index(occurrence.event.kind) for occurrence in self.heard)
        return [occurrence for occurrence in self.heard if occurrence.event.kind == BY_TIME[first]][-1]

    @property
    def clock(self) -> int | None:
        """The clock that speaks."""
        return next(iter(_clocks_of(self.lead)), None)


def to_staff(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause for the staff."""
    heard = [occurrence for occurrence in occurrences if occurrence.event.kind in TO_STAFF]
    calls = _calls(heard, lambda occurrence: TO_STAFF[occurrence.event.kind](occurrence))
    handed_over = _calls(heard, handed_over_to)
    left_alone = _calls(heard, left_alone_by_all)
    watched = watching(occurrences)
    everybody = [*calls, *handed_over, *left_alone, *watched]
    if not everybody:
        return []
    now = occurrences[0].event.recorded_at
    readers = Readers(everybody, now)
    acts: dict[tuple[str, int, int], Occurrence] = {}
    news: dict[tuple[int, int], _News] = {}
    alarms: dict[tuple[int, int], Occurrence] = {}
    for occurrence, call in calls:
        called = readers.called(occurrence, call)
        if call.or_on_duty:
            called += _on_duty_too(occurrence, called, readers, now)
        for person in called:
            if occurrence.event.kind in BY_TIME:
                _gather(news, occurrence, person)
            else:
                acts[occurrence.event.kind, occurrence.complaint.id, person] = occurrence
    told = set(news)
    for occurrence, call in handed_over:
        for person in readers.called(occurrence, call):
            if (occurrence.complaint.id, person) not in told:
                _gather(news, occurrence, person)
    for occurrence, call in left_alone:
        for person in readers.called(occurrence, call):
            alarms[occurrence.complaint.id, person] = occurrence
            news.pop((occurrence.complaint.id, person), None)  # an administrator who holds it hears of it once
            acts.pop((occurrence.event.kind, occurrence.complaint.id, person), None)
    readers.load(person for _kind, _complaint, person in acts)
    readers.load(person for _complaint, person in (*news, *alarms))
    seen = [(occurrence, person) for occurrence, call in watched for person in readers.called(occurrence, call)]
    return [
        *(_letter(occurrence, readers, person) for (_kind, _complaint, person), occurrence in acts.items()),
        *_by_time(news, readers, now),
        *(_letter(occurrence, readers, person, UNMANNED) for (_complaint, person), occurrence in alarms.items()),
        *(_letter(occurrence, readers, person, _word_for_watchers(occurrence)) for occurrence, person in seen),
    ]


def _word_for_watchers(occurrence: Occurrence) -> str:
    return WATCHED_OVERDUE if occurrence.event.kind == Happening.BREACHED else WATCHED_ENDED


def _calls(occurrences: Iterable[Occurrence], of: Callable[[Occurrence], Call]) -> list[tuple[Occurrence, Call]]:
    """The calls of these occurrences, without those that call nobody."""
    return [(occurrence, call) for occurrence in occurrences if (call := of(occurrence)) is not UNCALLED]


def _on_duty_too(occurrence: Occurrence, called: Sequence[int], readers: Readers, now: datetime) -> list[int]:
    """Whoever is on duty, if they are on a shift or nobody of those called is at work now."""
    officer = readers.duty_officer(occurrence.complaint)
    if officer is None or officer in (*called, occurrence.event.actor_id):
        return []
    doors = OfficeDoors((), now)
    readers.load(called)
    if doors.is_on_shift(officer) or all(doors.opens_at(readers[person], None) is not None for person in called):
        return [officer]
    return []


def _gather(news: dict[tuple[int, int], _News], occurrence: Occurrence, person: int) -> None:
    piece = news.get((occurrence.complaint.id, person))
    if piece is None:
        piece = news[occurrence.complaint.id, person] = _News(occurrence.complaint, person)
    piece.heard.append(occurrence)


def _by_time(news: Mapping[tuple[int, int], _News], readers: Readers, now: datetime) -> list[Letter]:
    """One letter for each piece of news: at once, or held until its reader works. What is urgent and finds its reader
    out of office goes to the duty officer, too.
    """
    if not news:
        return []
    doors = OfficeDoors((clock for piece in news.values() for one in piece.heard for clock in _clocks_of(one)), now)
    standing_in: dict[tuple[int, int], list[_News]] = defaultdict(list)
    for piece in news.values():
        opens_at = doors.opens_at(readers[piece.reader], piece.clock)
        if opens_at is None:
            continue
        if not piece.urgent:
            piece.waits_until = opens_at
            continue
        officer = readers.duty_officer(piece.complaint)
        if officer is not None and officer != piece.reader:
            piece.told_too = officer
            if (piece.complaint.id, officer) not in news:
                standing_in[piece.complaint.id, officer].append(piece)
    readers.load(officer for _complaint, officer in standing_in)
    return [
        *(_news_letter(piece, readers) for piece in news.values()),
        *(_duty_letter(pieces, readers, officer) for (_complaint, officer), pieces in standing_in.items()),
    ]


def _news_letter(piece: _News, readers: Readers) -> Letter:
    lead = piece.lead
    return Letter(
        kind=lead.event.kind,
        event_id=lead.event.id,
        reader=readers.reader(piece.reader),
        complaint=piece.complaint,
        facts=partial(_news_facts, piece, readers),
        not_before=piece.waits_until,
    )


def _news_facts(piece: _News, readers: Readers) -> dict[str, Any]:
    lead = piece.lead
    besides = {occurrence.event.kind for occurrence in piece.heard} - {lead.event.kind}
    facts = _facts(lead, piece.reader) | {
        "climbed": any(_has_climbed(occurrence) for occurrence in piece.heard),
        "also": sorted(besides, key=BY_TIME.index),
        "duty_officer": readers[piece.told_too].name if piece.told_too is not None else "",
    }
    if facts["climbed"] and facts["yours"]:
        facts["take_over_link"] = _take_over_link(
            user_id=piece.reader, complaint_id=piece.complaint.id, event_id=lead.event.id
        )
    return facts


def _duty_letter(pieces: Sequence[_News], readers: Readers, officer: int) -> Letter:
    lead = pieces[0].lead
    facts = _facts(lead, officer) | {"out_of_office": [readers[piece.reader].name for piece in pieces]}
    return Letter(
        kind=ON_DUTY,
        event_id=lead.event.id,
        reader=readers.reader(officer),
        complaint=pieces[0].complaint,
        facts=facts,
    )


def _letter(occurrence: Occurrence, readers: Readers, person: int, kind: str = "") -> Letter:
    return Letter(
        kind=kind or STAFF_LETTERS.get(occurrence.event.kind, occurrence.event.kind),
        event_id=occurrence.event.id,
        reader=readers.reader(person),
        complaint=occurrence.complaint,
        facts=_facts(occurrence, person),
    )


def _facts(occurrence: Occurrence, person: int) -> dict[str, Any]:
    complaint, data = occurrence.complaint, occurrence.event.data
    facts = {
        "about": "" if complaint.restriction else complaint.subject,  # mail is read over shoulders
        "priority": Priority(complaint.priority).label,
        "tier": complaint.tier,
        "due_at": complaint.due_at,
        "overdue": complaint.is_overdue(occurrence.event.recorded_at),
        "yours": complaint.holder_id == person,
    }
    if "clock_kind" in data:
        facts["promise"] = ClockKind(data["clock_kind"]).label
    if "task" in data:
        facts |= {"task": data["task"], "task_kind": TaskKind(data["task_kind"]).label}
        facts["until"] = _moment(data.get("until"))
    if "safety_kind" in data:
        facts["safety_kind"] = SafetyKind(data["safety_kind"]).label
    if "criteria" in data:
        facts |= {"criteria": [Criterion(code).label for code in data["criteria"]]}
        facts |= {"harmed": data["harmed"], "dead": data["dead"]}
    if "briefing" in data:
        facts["until"] = _moment(data.get("until"))
    if occurrence.event.kind in ENDS:
        facts["status"] = Status(complaint.status).label
    if "transfer" in data:
        facts |= {"transfer_state": data.get("state", ""), "silent": data.get("silent", False)}
        facts |= {"moved": data["department"] != data["department_before"]}
    if "contacts" in data:
        facts |= {"contacts": data["contacts"], "days": data["days"]}
    if "reworks" in data:
        facts["reworks"] = data["reworks"]
    if "proposal" in data:
        facts |= {"proposal": data["proposal"], "last": data.get("last", False)}
    if "upheld" in data and "objection" in data:
        facts["upheld"] = data["upheld"]
    if "unit" in data:
        facts["more"] = _in_words(data["unit"], data["amount"])
    if occurrence.event.kind == Happening.MOVED:
        facts |= {"due_before": _moment(data["due_before"]), "due_now": _moment(data["due_at"])}
    return facts


_in_words = lazy(amounts.in_words, str)
"""Written out when the letter is, in its reader's language."""

_take_over_link = lazy(takeover_links.signed_link, str)
"""Signed when the letter is written: those that become one digest hold none."""


def _moment(text: str | None) -> datetime | str:
    """A moment of event data; empty where a paused clock had none."""
    return datetime.fromisoformat(text) if text else ""


def _has_climbed(occurrence: Occurrence) -> bool:
    data = occurrence.event.data
    if occurrence.event.kind != Happening.ESCALATED:
        return False
    return (data["tier"], data["holder"]) != (data["tier_before"], data["holder_before"])


def _clocks_of(occurrence: Occurrence) -> Iterable[int]:
    """The clocks that an event names."""
    data = occurrence.event.data
    return [data["clock"]] if data.get("clock") is not None else data.get("clocks", [])
