"""Whom among the staff some news is for, what they are told of it, and when."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast

from django.utils.functional import SimpleLazyObject, lazy

from accounts.roles import Role
from complaints import permissions as complaint_permissions
from complaints.converting import CONVERSION_PROPOSED
from complaints.events import Occurrence
from complaints.gravity import Criterion, SafetyKind
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, Decision
from complaints.selectors import head_office
from complaints.services.repeats import REPEAT_CONTACT
from complaints.services.restriction import CIRCLE_RESTORED
from complaints.tasking import TaskKind
from complaints.transferring import TransferState
from complaints.vocabulary import Priority
from escalation import amounts, takeover_links
from escalation.happenings import Happening
from escalation.policies import ClockKind
from notifications import letters
from notifications.letters import Letter
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

_ENDS = frozenset(verb.value for verb in (Verb.CLOSE, Verb.CONFIRM, Verb.WITHDRAW, Verb.DECLINE, Verb.MERGE))

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

_HANDLERS: tuple[frozenset[Role], ...] = (frozenset({Role.HANDLER}),)
_SUPERVISORS: tuple[frozenset[Role], ...] = (frozenset({Role.SUPERVISOR}),)
_CONFIRMERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.CONFIRM_CLASS in verbs),
)
_MANAGEMENT: tuple[frozenset[Role], ...] = (frozenset({Role.MANAGER}), frozenset({Role.EXECUTIVE}))
_LEADERS: tuple[frozenset[Role], ...] = (frozenset({Role.SUPERVISOR}), frozenset({Role.MANAGER}))
_GRANTERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.GRANT_EXTENSION in verbs),
)
_APPROVERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.APPROVE_RESPONSE in verbs),
)


def _new_holder(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["holder"],))


def _replaced(occurrence: Occurrence) -> Call:
    """Whoever handles it now, and whoever did."""
    data = occurrence.event.data
    return Call(people=(data["holder"], data["holder_before"]))


def _holder_or_handlers(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.complaint.holder_id,), else_groups=_HANDLERS)


def _confirmers(occurrence: Occurrence) -> Call:
    return Call(groups=_CONFIRMERS if occurrence.event.data["state"] == Decision.State.PROPOSED else ())


def _by_the_ladder(occurrence: Occurrence) -> Call:
    """Whom the step names, and the new holder. Steps that were missed and only recorded tell nobody; what they hand
    to somebody is told by `_handed_over`.
    """
    data, holder = occurrence.event.data, occurrence.complaint.holder_id
    if not data["notify"]:
        return UNCALLED
    groups = tuple(frozenset({Role(role)}) for role in data["roles"])
    if data["holder"] != holder:  # a later step of the same sweep has handed it on
        return Call(groups=groups)
    if data["tell_holder"] or data["holder_before"] != holder:
        return Call(people=(holder,), groups=groups, else_groups=_HANDLERS)
    return Call(groups=groups)


def _handed_over(occurrence: Occurrence) -> Call:
    """The new holder, by a step that tells nobody itself: it names nobody, or was missed and a higher one speaks."""
    data, holder = occurrence.event.data, occurrence.complaint.holder_id
    if occurrence.event.kind != Happening.ESCALATED or data["notify"] or holder is None:
        return UNCALLED
    return Call(people=(holder,)) if data["holder_before"] != data["holder"] == holder else UNCALLED


def _left_alone(occurrence: Occurrence) -> Call:
    """All administrators, when nobody of any tier could take the complaint. Of steps that are only recorded because a
    higher one fired with them the higher one tells it.
    """
    data = occurrence.event.data
    return Call(administrators=True) if data.get("unmanned") and not data.get("missed", False) else UNCALLED


def _holder(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.complaint.holder_id,))


def _who_may_grant(_occurrence: Occurrence) -> Call:
    return Call(groups=_GRANTERS)


def _who_asked(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["asked_by"], occurrence.complaint.holder_id))


def _who_may_confirm(_occurrence: Occurrence) -> Call:
    return Call(groups=_CONFIRMERS)


def _asked(occurrence: Occurrence) -> Call:
    """Whoever is to do the task: its owner, else those who handle complaints in the department that is asked."""
    data = occurrence.event.data
    return Call(people=(data["owner"],), else_groups=_HANDLERS, department=data["department"])


def _owner(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["owner"],))


def _management(_occurrence: Occurrence) -> Call:
    """Who manages the line of the department, and who leads the house; at night whoever is on duty, too."""
    return Call(groups=_MANAGEMENT, or_on_duty=True)


def _declarer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["declared_by"], occurrence.complaint.holder_id))


def _leaders(occurrence: Occurrence) -> Call:
    """Who holds the complaint, and who leads where it lies; at night whoever is on duty, too."""
    return Call(people=(occurrence.complaint.holder_id,), groups=_LEADERS, or_on_duty=True)


def _entrusted(occurrence: Occurrence) -> Call:
    """Whoever comes to be in the circle of a restricted complaint by this."""
    data = occurrence.event.data
    if not occurrence.complaint.restriction:
        return UNCALLED
    return Call(people=(data.get("holder"), data.get("person"), *data.get("people", ())))


def _issuer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["issued_by"],))


def _approvers(occurrence: Occurrence) -> Call:
    """Who may approve a final response, once it was handed to a second person."""
    return Call(groups=_APPROVERS) if occurrence.event.data["ready"] else UNCALLED


def _who_wrote_it(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["written_by"], occurrence.complaint.holder_id))


def _supervisors_of_rework(occurrence: Occurrence) -> Call:
    """An answer did not hold: those who lead hear of it; whoever takes it over reads that it was opened again."""
    return Call(groups=_SUPERVISORS) if occurrence.event.data["rework"] else UNCALLED


def _holder_if_unhappy(occurrence: Occurrence) -> Call:
    return UNCALLED if occurrence.event.data["satisfied"] else _holder_or_handlers(occurrence)


def _who_signs(occurrence: Occurrence) -> Call:
    """Whoever may sign now: those whose turn a proposal or a signature has brought."""
    return Call(people=tuple(occurrence.event.data["asked"]))


def _signed(occurrence: Occurrence) -> Call:
    """After the last signature whoever made the proposal and whoever holds the complaint; before, who signs next."""
    data = occurrence.event.data
    if data["last"]:
        return Call(people=(data["prepared_by"], occurrence.complaint.holder_id))
    return _who_signs(occurrence)


def _third_persons(occurrence: Occurrence) -> Call:
    """Those who may decide: about an objection senior people who had no part in the class, about the wish for another
    handler who is senior to them.
    """
    return Call(people=tuple(occurrence.event.data["asked"]))


def _who_decided_the_class(occurrence: Occurrence) -> Call:
    """Whoever proposed and confirmed the class, and whoever holds the complaint."""
    return Call(people=(*occurrence.event.data["parts"], occurrence.complaint.holder_id))


def _proposer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["prepared_by"], occurrence.complaint.holder_id))


def _transferred(occurrence: Occurrence) -> Call:
    """Whoever works there, once it has moved; those who answer, while it is asked for; those who decide, where only
    they may move it.
    """
    data = occurrence.event.data
    if data["state"] == TransferState.ASKED:
        return Call(groups=_HANDLERS, else_groups=_SUPERVISORS, department=data["department"])
    return _arbiters(occurrence) if data["state"] == TransferState.ARBITRATION else _holder_or_handlers(occurrence)


def _transfer_accepted(occurrence: Occurrence) -> Call:
    """Who asked; and what came by silence is news to those who work there."""
    data = occurrence.event.data
    if not data["silent"]:
        return Call(people=(data["asked_by"],))
    return Call(people=(data["asked_by"], occurrence.complaint.holder_id), groups=_HANDLERS)


def _arbiters(occurrence: Occurrence) -> Call:
    return Call(people=tuple(occurrence.event.data["asked"]))


def _parties(occurrence: Occurrence) -> Call:
    """Those who disagreed, and whoever works where it lies now."""
    data = occurrence.event.data
    people = (data["asked_by"], data["objected_by"], occurrence.complaint.holder_id)
    return Call(people=people, groups=_HANDLERS)


def _briefed(occurrence: Occurrence) -> Call:
    """Who holds it, and who leads where it lies: they see to it."""
    return Call(people=(occurrence.complaint.holder_id,), groups=_SUPERVISORS, else_groups=_HANDLERS)


def _briefer(occurrence: Occurrence) -> Call:
    return Call(people=(occurrence.event.data["briefed_by"],))


def _watched(occurrences: Sequence[Occurrence]) -> list[tuple[Occurrence, Call]]:
    """What those who watch complaints are told: that one has ended, or that its answer is overdue. One query for any
    number of them, and none where nothing of the kind has happened.
    """
    news = [occurrence for occurrence in occurrences if _is_for_watchers(occurrence)]
    watchers = head_office.watchers({occurrence.complaint.id for occurrence in news}) if news else {}
    return [
        (occurrence, Call(people=tuple(watchers[occurrence.complaint.id])))
        for occurrence in news
        if occurrence.complaint.id in watchers
    ]


def _is_for_watchers(occurrence: Occurrence) -> bool:
    event = occurrence.event
    return event.kind in _ENDS or (
        event.kind == Happening.BREACHED and event.data["clock_kind"] == ClockKind.RESOLUTION
    )


TO_STAFF: Mapping[str, Callable[[Occurrence], Call]] = MappingProxyType(
    {
        Verb.ASSIGN.value: _new_holder,
        Verb.ASK_ANOTHER.value: _third_persons,
        Verb.GRANT_ANOTHER.value: _replaced,
        Verb.REFUSE_ANOTHER.value: _holder,
        Verb.TRANSFER.value: _transferred,
        Verb.ACCEPT_TRANSFER.value: _transfer_accepted,
        Verb.OBJECT_TO_TRANSFER.value: _arbiters,
        Verb.ARBITRATE.value: _parties,
        Verb.BRIEF.value: _briefed,
        Verb.REPORT_BACK.value: _briefer,
        Verb.CLASSIFY.value: _confirmers,
        Verb.RENEW_CLASS.value: _confirmers,
        Verb.LAPSE_CLASS.value: _holder,
        Verb.OBJECT.value: _third_persons,
        Verb.DECIDE_OBJECTION.value: _who_decided_the_class,
        Verb.HEAR.value: _holder_or_handlers,
        Verb.DISPUTE.value: _holder_or_handlers,
        Verb.ACCEPT_OFFER.value: _holder_or_handlers,
        Verb.REFUSE_OFFER.value: _holder_or_handlers,
        Verb.STILL_BROKEN.value: _holder_or_handlers,
        Verb.REOPEN.value: _holder_or_handlers,
        Verb.ASK_EXTENSION.value: _who_may_grant,
        Verb.GRANT_EXTENSION.value: _who_asked,
        Verb.REFUSE_EXTENSION.value: _who_asked,
        Verb.ISSUE_TASK.value: _asked,
        Verb.ACCEPT_TASK.value: _issuer,
        Verb.REFUSE_TASK.value: _issuer,
        Verb.FINISH_TASK.value: _issuer,
        Verb.CANCEL_TASK.value: _owner,
        Verb.DRAFT_RESPONSE.value: _approvers,
        Verb.APPROVE_RESPONSE.value: _who_wrote_it,
        Verb.RETURN_RESPONSE.value: _who_wrote_it,
        Verb.DECLARE_MAJOR.value: _management,
        Verb.ACKNOWLEDGE_MAJOR.value: _declarer,
        Verb.REPORT_SAFETY.value: _leaders,
        Verb.REGISTER.value: _entrusted,
        Verb.RESTRICT.value: _entrusted,
        Verb.ADMIT.value: _entrusted,
        CIRCLE_RESTORED: _entrusted,
        REPEAT_CONTACT: _who_may_confirm,
        Verb.FOLLOW_UP.value: _supervisors_of_rework,
        Verb.RATE.value: _holder_if_unhappy,
        Verb.PROPOSE.value: _who_signs,
        Verb.SIGN.value: _signed,
        Verb.REFUSE_TO_SIGN.value: _proposer,
        Verb.TAKE_BACK_PROPOSAL.value: _who_signs,
        Happening.ESCALATED.value: _by_the_ladder,
        Happening.REMINDED.value: _by_the_ladder,
        Happening.UPGRADE_PROPOSED.value: _who_may_confirm,
        CONVERSION_PROPOSED: _who_may_confirm,
        Happening.REFERRED.value: _holder_or_handlers,
        Happening.PAUSE_ENDED.value: _holder,
        Happening.CALLED_OFF.value: _holder,
        Happening.MOVED.value: _holder,
    }
)


@dataclass
class _News:
    """What has happened by itself to one complaint, for one reader."""

    complaint: Complaint
    reader: int
    heard: list[Occurrence] = field(default_factory=list)
    told_too: int | None = None
    """The duty officer who is told as well, because the reader is out of office."""

    @property
    def urgent(self) -> bool:
        """Whether it may disturb its reader at any hour."""
        return any(occurrence.event.data.get("urgent") for occurrence in self.heard)

    @cached_property
    def lead(self) -> Occurrence:
        """What the letter is about: the most pressing, and of several such the last."""
        first = min(BY_TIME.index(occurrence.event.kind) for occurrence in self.heard)
        return [occurrence for occurrence in self.heard if occurrence.event.kind == BY_TIME[first]][-1]

    @property
    def clock(self) -> int | None:
        """The clock that speaks."""
        return next(iter(_clocks_of(self.lead)), None)


def to_staff(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause for the staff."""
    calls = _calls(occurrences, lambda occurrence: TO_STAFF[occurrence.event.kind](occurrence))
    handed_over = _calls(occurrences, _handed_over)
    left_alone = _calls(occurrences, _left_alone)
    watched = _watched(occurrences)
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
        *_by_time(list(news.values()), readers, now),
        *(_letter(occurrence, readers, person, UNMANNED) for (_complaint, person), occurrence in alarms.items()),
        *(_letter(occurrence, readers, person, _word_for_watchers(occurrence)) for occurrence, person in seen),
    ]


def _word_for_watchers(occurrence: Occurrence) -> str:
    return WATCHED_OVERDUE if occurrence.event.kind == Happening.BREACHED else WATCHED_ENDED


def _calls(occurrences: Sequence[Occurrence], of: Callable[[Occurrence], Call]) -> list[tuple[Occurrence, Call]]:
    """The calls of what the staff are told at all, without those that call nobody."""
    calls = [(occurrence, of(occurrence)) for occurrence in occurrences if occurrence.event.kind in TO_STAFF]
    return [(occurrence, call) for occurrence, call in calls if call != UNCALLED]


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
    key = occurrence.complaint.id, person
    news.setdefault(key, _News(occurrence.complaint, person)).heard.append(occurrence)


def _by_time(news: Sequence[_News], readers: Readers, now: datetime) -> list[Letter]:
    """One letter for each piece of news: at once, or held until its reader works. What is urgent and finds its reader
    out of office goes to the duty officer, too.
    """
    if not news:
        return []
    doors = OfficeDoors((clock for piece in news for one in piece.heard for clock in _clocks_of(one)), now)
    opens = {(n.complaint.id, n.reader): doors.opens_at(readers[n.reader], n.clock) for n in news}
    standing_in: dict[tuple[int, int], list[_News]] = defaultdict(list)
    told = opens.keys()
    for piece in news:
        if piece.urgent and opens[piece.complaint.id, piece.reader] is not None:
            officer = readers.duty_officer(piece.complaint)
            if officer is not None and officer != piece.reader:
                piece.told_too = officer
                if (piece.complaint.id, officer) not in told:
                    standing_in[piece.complaint.id, officer].append(piece)
    readers.load(officer for _complaint, officer in standing_in)
    return [
        *(_news_letter(piece, readers, opens[piece.complaint.id, piece.reader]) for piece in news),
        *(_duty_letter(pieces, readers, officer) for (_complaint, officer), pieces in standing_in.items()),
    ]


def _news_letter(piece: _News, readers: Readers, opens_at: datetime | None) -> Letter:
    lead = piece.lead
    return Letter(
        kind=lead.event.kind,
        event_id=lead.event.id,
        reader=letters.staff_reader(readers[piece.reader]),
        complaint=piece.complaint,
        # asked for when the letter is written: most letters of a storm become digests, which need none of it
        facts=cast("Mapping[str, Any]", SimpleLazyObject(lambda: _news_facts(piece, readers))),
        not_before=None if piece.urgent else opens_at,
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
        reader=letters.staff_reader(readers[officer]),
        complaint=pieces[0].complaint,
        facts=facts,
    )


def _letter(occurrence: Occurrence, readers: Readers, person: int, kind: str = "") -> Letter:
    return Letter(
        kind=kind or STAFF_LETTERS.get(occurrence.event.kind, occurrence.event.kind),
        event_id=occurrence.event.id,
        reader=letters.staff_reader(readers[person]),
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
    if occurrence.event.kind in _ENDS:
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
