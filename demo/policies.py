"""The demo's promises, as policy documents: what is due when, and how a broken promise climbs. (Mission M08.)

Three calendars: office hours in Taiwan, office hours in mainland China, and around the clock. The first policy
that matches a complaint counts, so the special ones stand before the general ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

DAY_AND_NIGHT = "always"
FIRST_REPLY = {"unit": "hours", "amount": 24}
"""Within 24 hours everybody has an answer, were it only how things go on (mission M08)."""


PAUSES: Document = {
    "complainant": {},
    "expert": {"budget_working_hours": 24},
    "third_party": {"budget_working_hours": 16},
    "authority": {},
    "agreed": {},
}
"""Time stops while the complainant is asked, as long as that takes; for an expert, three working days at most."""


SILENCE: Document = {"unit": "calendar_days", "amount": 14, "roll": True}
"""Who has not objected two weeks after the answer is taken to agree; the answer says so."""


@dataclass(frozen=True)
class Rule:
    """A policy to be published. Lower positions are tried first."""

    code: str
    name: str
    position: int
    document: Document


def demo() -> list[Rule]:
    """All policies of the demo office."""
    return [
        Rule("short-fuse", "Demonstration: short fuse", 10, short_fuse()),
        Rule("major", "Major: the manager leads, day and night", 20, _major()),
        Rule("major-by-law", "Major: what the law asks for", 25, _major_by_law()),
        Rule("incident", "Incidents and safety, day and night", 30, _incident()),
        *_region("mainland", "Mainland China", 40, "mainland-office", {"department": ["shanghai"]}),
        *_region("taiwan", "Taiwan", 60, "taiwan-office", {}),
    ]


def empty() -> Rule:
    """The one policy of an office without furniture."""
    return Rule("standard", "Every complaint", 100, _document({}, "office", _standard()))


def _region(prefix: str, name: str, position: int, calendar: str, match: Document) -> Iterator[Rule]:
    """The promises that go by the office hours of a region: the same ladders, the region's own days."""
    mainland = prefix == "mainland"
    in_the_end = {"unit": "calendar_days", "amount": 15, "roll": True} if mainland else _working_days(7)
    kinds: Sequence[tuple[str, str, Document, Document]] = (
        ("upgrade", "upgraded", {"class": ["upgrade"]}, _upgrade()),
        ("urgent", "urgent", {"priority": ["urgent"]}, _urgent()),
        ("communicative", "communicative", {"class": ["communicative"]}, _communicative()),
        ("kind-words", "suggestions and praise", {"track": ["suggestion", "praise"]}, _kind_words()),
        ("standard", "everything else", {}, _plain(ack=4, resolve=in_the_end)),
    )
    for place, (code, words, also, clocks) in enumerate(kinds):
        document = _document(match | also, calendar, clocks)
        yield Rule(f"{prefix}-{code}", f"{name}: {words}", position + place, document)


# --- what is promised ---------------------------------------------------------------------------------------


def _standard() -> Document:
    return _plain(ack=4, resolve=_working_days(7))


def _plain(*, ack: float, resolve: Document) -> Document:
    """Acknowledged within some working hours, answered within 24 hours, resolved within `resolve`, which may be put
    off twice; and what is owed besides.
    """
    return {
        "acknowledge": _clock(_working_hours(ack), [_remind("4/5", "holder"), _climb(0, 2), _climb(4, 3)]),
        "first_response": _clock(
            FIRST_REPLY,
            [_remind("4/5", "holder"), _climb(0, 2), _climb(4, 3), _also("propose_upgrade", _climb(12, 4, "manager"))],
        ),
        "resolution": _clock(resolve, _to_the_top()) | {"extensions": {"times": 2, "most": 5}},
        **_besides(),
    }


def _besides() -> Document:
    """What the office owes besides: word on progress, what somebody promised, a follow-up, taking over, answers to
    transfers and briefings, tasks, the dates of courts and regulators, sign-off.
    """
    return {
        "progress": _clock(_working_days(5), [_remind("4/5", "holder"), _remind("deadline", "holder", "supervisor")]),
        "promise": {"steps": [_remind("9/10", "holder"), _remind("deadline", "holder", "supervisor")]},
        "follow_up": _clock(_working_days(5), [_remind("4/5", "holder"), _remind("deadline", "holder", "supervisor")]),
        "takeover": _clock(_working_hours(2), [_remind("deadline", "holder")]),
        "transfer": _clock(_working_hours(8), [_remind("deadline", "supervisor")]),
        "briefing": {"steps": [_remind("4/5", "holder", "supervisor"), _remind("deadline", "holder", "manager")]},
        "task": _clock(_working_days(2), [_remind("4/5", "holder"), _remind("deadline", "holder", "supervisor")]),
        "proceeding": {"steps": [_remind("4/5", "holder"), _remind("deadline", "holder", "manager")]},
        "signoff": _clock(
            _working_days(1),
            [_remind("4/5", "holder", "manager"), _remind("deadline", "holder", "manager"), _climb(8, 3)],
        ),
        "objection": _clock(_rolled_days(60), [_remind("1/2", "holder"), _remind("9/10", "holder", "manager")]),
    }


def _communicative() -> Document:
    """Of what an explanation settles one in four is called on; of everything else all are."""
    clocks = _plain(ack=4, resolve=_working_days(3))
    return clocks | {"follow_up": clocks["follow_up"] | {"share": 25}}


def _urgent() -> Document:
    return _plain(ack=2, resolve=_working_days(3)) | {
        "first_response": _clock(
            {"unit": "hours", "amount": 8}, [_remind("4/5", "holder"), _climb(0, 2), _climb(2, 3), _climb(6, 4)]
        )
    }


def _upgrade() -> Document:
    """Enters at the desk for upgraded complaints, tier 4, as soon as it is classed so: its first step is long past."""
    entry = {"at": "1/10000", "effects": {"raise_to_tier": 4, "assign": True, "notify": ["holder"]}}
    return {
        "acknowledge": _clock(_working_hours(2), [_climb(0, 4), _climb(2, 5)]),
        "first_response": _clock(FIRST_REPLY, [_remind("4/5", "holder"), _climb(0, 4), _climb(4, 5)]),
        "resolution": _clock(
            _rolled_days(7), [entry, _remind("4/5", "holder"), _climb(0, 5, "specialist"), _nag(8, 8, "executive")]
        ),
        **_besides(),
    }


def _kind_words() -> Document:
    return {
        "acknowledge": _clock(_working_hours(16), [_remind("4/5", "holder"), _climb(0, 2)]),
        "resolution": _clock(_rolled_days(30), [_remind("4/5", "holder"), _climb(0, 2)]),
    }


def _major() -> Document:
    clocks = {
        "acknowledge": _clock(_hours(0.5), _urgently([_climb(0, 3, "supervisor"), _climb(0.5, 4)])),
        "first_response": _clock(
            _hours(4), _urgently([_remind("4/5", "holder"), _climb(0, 3), _climb(1, 4), _climb(3, 5)])
        ),
        "resolution": _clock(_hours(72), _urgently([_remind("4/5", "holder"), _climb(0, 5), _nag(6, 6, "executive")])),
        "authority_report": _clock(_hours(6), _urgently([_remind("1/2", "holder", "manager"), _climb(0, 5)]))
        | {"pausable": False},  # no authority waits until the complainant has answered us
        "major_notice": _clock(
            _hours(0.5), _urgently([_remind("1/2", "manager"), _climb(0, 5), _nag(0.5, 0.5, "executive")])
        ),
        "proceeding": {"steps": [_remind("4/5", "holder", "manager"), _remind("deadline", "holder", "manager")]},
        "progress": _clock(_hours(24), [_remind("4/5", "holder")]),
        "promise": {"steps": [_remind("9/10", "holder"), _remind("deadline", "holder", "manager")]},
        "follow_up": _clock(_hours(72), [_remind("4/5", "holder", "manager")]),
        "takeover": _clock(_hours(0.5), [_remind("deadline", "holder")]),
        "transfer": _clock(_hours(1), _urgently([_remind("deadline", "manager")])),
        "briefing": {"steps": [_remind("deadline", "holder", "manager")]},
        "task": _clock(_hours(24), [_remind("4/5", "holder"), _remind("deadline", "holder", "manager")]),
        "signoff": _clock(_hours(12), [_remind("4/5", "holder", "manager"), _climb(0, 4, "executive")]),
    }
    return _document({"priority": ["major"]}, DAY_AND_NIGHT, clocks)


def _major_by_law() -> Document:
    """Never the first that fits: it stands beside the house's own, shorter hours, so that both are seen."""
    report = {"target": _hours(12) | {"statutory": True}, "steps": [_climb(0, 5)]}
    return _document({"priority": ["major"]}, DAY_AND_NIGHT, {"authority_report": report})


def _incident() -> Document:
    clocks = {
        "acknowledge": _clock(_hours(1), [_remind("4/5", "holder", "supervisor"), _climb(0, 2), _climb(1, 3)]),
        "first_response": _clock(_hours(8), [_remind("4/5", "holder"), _climb(0, 2), _climb(2, 3), _climb(6, 4)]),
        "resolution": _clock(
            _hours(120),
            _urgently(
                [_remind("4/5", "holder"), _climb(0, 3), _climb(12, 4), _climb(24, 5), _nag(36, 12, "executive")]
            ),
        ),
        "signoff": _clock(_hours(12), [_remind("4/5", "holder", "manager"), _climb(0, 3, "manager")]),
    }
    return _document({"category": ["sudden-incident", "safety"]}, DAY_AND_NIGHT, clocks)


def short_fuse() -> Document:
    """Everything in minutes: tier 2 two minutes after the complaint is received, then 3, 4 and, at nine, 5."""
    minute = 1 / 60
    clocks = {
        "acknowledge": _clock(
            _hours(1.5 * minute), _urgently([_remind("2/3", "holder"), _remind("deadline", "holder")])
        ),
        "first_response": _clock(
            _hours(2 * minute),
            _urgently(
                [
                    _remind("3/4", "holder"),
                    _climb(0, 2),
                    _climb(2 * minute, 3),
                    _also("propose_upgrade", _climb(4 * minute, 4, "manager")),
                    _climb(7 * minute, 5, "specialist"),
                    _also("refer", _nag(10 * minute, 5 * minute, "holder", times=3)),
                ]
            ),
        ),
        "resolution": _clock(_hours(30 * minute), [_remind("4/5", "holder"), _climb(0, 5)]),
    }
    return _document({"category": ["short-fuse"]}, DAY_AND_NIGHT, clocks)


# --- ladders ------------------------------------------------------------------------------------------------


def _to_the_top() -> list[Document]:
    """A reminder, then a tier at a time until the executive, who is reminded every working day; after two weeks the
    letter to somebody outside is prepared.
    """
    return [
        _remind("4/5", "holder", "supervisor"),
        _climb(0, 2),
        _climb(4, 3),
        _climb(8, 4, "manager"),
        _climb(16, 5, "specialist"),
        _nag(24, 8, "holder", times=10),
        {"after_working_hours": 80, "effects": {"refer": True, "notify": ["holder"]}},
    ]


def _climb(after_hours: float, tier: int, *also_tell: str) -> Document:
    """So many working hours after the deadline: up to the tier, to whoever holds it then."""
    effects = {"raise_to_tier": tier, "assign": True, "notify": ["holder", *also_tell]}
    return {"after_working_hours": after_hours, "effects": effects} if after_hours else {"effects": effects}


def _also(effect: str, step: Document) -> Document:
    """The same step with one more effect: an upgrade is proposed, or the referral prepared."""
    return step | {"effects": step["effects"] | {effect: True}}


def _urgently(steps: Sequence[Document]) -> list[Document]:
    """The same steps, told at any hour, and out of hours to whoever is on duty."""
    return [step | {"urgent": True} for step in steps]


def _remind(at: str, *whom: str) -> Document:
    return {"at": at, "effects": {"notify": list(whom)}}


def _nag(after_hours: float, every_hours: float, whom: str, *, times: int = 5) -> Document:
    """From then on a reminder every so many working hours."""
    repeat = {"every_working_hours": every_hours, "times": times}
    return {"after_working_hours": after_hours, "repeat": repeat, "effects": {"notify": [whom]}}


# --- the parts of a document --------------------------------------------------------------------------------


def _document(match: Mapping[str, Any], calendar: str, clocks: Document) -> Document:
    return {
        "match": dict(match),
        "calendar": calendar,
        "clocks": clocks,
        "reopen": "new_cycle",
        "pauses": PAUSES,
        "takeover": {"working_hours": 4},
        "silence": SILENCE,
    }


def _clock(target: Document, steps: list[Document]) -> Document:
    return {"target": target, "steps": steps}


def _hours(amount: float) -> Document:
    return {"unit": "hours", "amount": amount}


def _working_hours(amount: float) -> Document:
    return {"unit": "working_hours", "amount": amount}


def _working_days(amount: int) -> Document:
    return {"unit": "working_days", "amount": amount}


def _rolled_days(amount: int) -> Document:
    return {"unit": "calendar_days", "amount": amount, "roll": True}
