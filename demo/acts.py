"""What happens to a demo complaint, as written in its document: one function for each act, all by the services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.classes import ComplaintClass, Kind
from complaints.models import Complaint
from complaints.responding import Part as ResponsePart
from complaints.responding import Text
from complaints.selectors import final_responses
from complaints.services import casework, correspondence, decisions, evidence, follow_ups, responses
from complaints.validity import Basis
from complaints.vocabulary import DeclineCode, Outcome, PauseReason
from demo import class_acts, department_acts, grave_acts, inquiry_acts, pictures, remedy_acts
from demo.people import People
from escalation import selectors
from escalation.extending import Ground
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.services import extensions, promises

Act = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """The people who act, and the complaints by their keys."""

    people: People
    complaints: Mapping[str, Complaint]


def play(act: Act, complaint: Complaint, stage: Stage) -> None:
    """Do one act: `{"act": "reply", "by": "lu.yuhang", "body": "…"}`."""
    _ACTS[act["act"]](act, complaint.pk, stage)


def _acknowledge(act: Act, pk: int, stage: Stage) -> None:
    casework.acknowledge(complaint_id=pk, by=stage.people[act["by"]])


def _assign(act: Act, pk: int, stage: Stage) -> None:
    """Whoever is on duty at this hour may have got a complaint that came back already."""
    to = stage.people[act["to"]]
    if not Complaint.objects.filter(pk=pk, holder=to).exists():
        casework.assign(complaint_id=pk, by=stage.people[act["by"]], to=to)


def _classify(act: Act, pk: int, stage: Stage) -> None:
    decisions.classify(
        complaint_id=pk,
        by=stage.people[act["by"]],
        complaint_class=ComplaintClass(act["class"]),
        kind=Kind(act["kind"]),
        reasons=act["reasons"],
        evidence=act.get("evidence", ""),
        told=act.get("told", ""),
        earlier=stage.complaints[act["earlier"]] if "earlier" in act else None,
        none_found=act.get("none_found", False),
        basis=Basis(**act.get("basis", {})),
    )


def _reply(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "reply", "by": "…", "body": "…", "promise_working_hours": 6}`: the letter may promise a date."""
    hours = act.get("promise_working_hours")
    correspondence.reply(
        complaint_id=pk,
        by=stage.people[act["by"]],
        body=act["body"],
        promise_until=None if hours is None else _ahead(pk, hours),
    )


def _note(act: Act, pk: int, stage: Stage) -> None:
    correspondence.note(complaint_id=pk, by=stage.people[act["by"]], body=act["body"])


def _hear(act: Act, pk: int, stage: Stage) -> None:
    correspondence.hear(complaint_id=pk, body=act["body"])


def _attach(act: Act, pk: int, stage: Stage) -> None:
    file = evidence.check_file(pictures.picture(act["picture"]))
    evidence.attach(complaint_id=pk, by=stage.people[act["by"]], file=file, internal=act.get("internal", False))


def _wait(act: Act, pk: int, stage: Stage) -> None:
    reason = PauseReason(act.get("reason", PauseReason.COMPLAINANT))
    casework.wait(complaint_id=pk, by=stage.people[act["by"]], question=act["question"], reason=reason)


def _promise(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "promise", "by": "…", "working_hours": 6, "what": "…"}`: so much working time ahead."""
    promises.promise(
        complaint_id=pk, by=stage.people[act["by"]], until=_ahead(pk, act["working_hours"]), what=act["what"]
    )


def _ahead(pk: int, working_hours: float) -> datetime:
    """So much working time from now, by the calendar of the complaint."""
    clock = Clock.objects.filter(complaint=pk, kind=ClockKind.RESOLUTION).latest("cycle")
    return selectors.calendar_rules(clock.calendar_version_id).advance(timezone.now(), working_hours * 3_600)


def _ask_extension(act: Act, pk: int, stage: Stage) -> None:
    clock = Clock.objects.filter(complaint=pk, kind=ClockKind.RESOLUTION).latest("cycle")
    extensions.ask(
        complaint_id=pk,
        clock_id=clock.pk,
        by=stage.people[act["by"]],
        amount=act["amount"],
        reason=Ground(act["reason"]),
        reasons=act["reasons"],
    )


def _resolve(act: Act, pk: int, stage: Stage) -> None:
    casework.resolve(
        complaint_id=pk,
        by=stage.people[act["by"]],
        outcome=Outcome(act["outcome"]),
        reasons=act["reasons"],
        message=act["message"],
    )


def _draft_response(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "draft_response", "by": "…", "outcome": "upheld", "ready": true, "parts": {"finding": "…"}}`"""
    responses.draft(
        complaint_id=pk,
        by=stage.people[act["by"]],
        outcome=Outcome(act["outcome"]),
        texts=[Text(ResponsePart(part), text) for part, text in act["parts"].items()],
        ready=act["ready"],
    )


def _approve_response(act: Act, pk: int, stage: Stage) -> None:
    read = final_responses.digest(Complaint.objects.get(pk=pk))
    responses.approve(complaint_id=pk, by=stage.people[act["by"]], digest=read)


def _send_response(act: Act, pk: int, stage: Stage) -> None:
    responses.send(complaint_id=pk, by=stage.people[act["by"]])


def _close(act: Act, pk: int, stage: Stage) -> None:
    casework.close(
        complaint_id=pk, by=stage.people[act["by"]], reason=CloseReason(act["reason"]), note=act.get("note", "")
    )


def _follow_up(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "follow_up", "by": "…", "mode": "phone", "result": "satisfied", "words": "…"}`"""
    follow_ups.follow_up(
        complaint_id=pk,
        by=stage.people[act["by"]],
        mode=FollowUpMode(act["mode"]),
        result=Satisfaction(act["result"]),
        words=act["words"],
        own_words=act.get("own_words", False),
        upheld=act.get("upheld"),
        reasons=act.get("reasons", ""),
    )


def _rate(act: Act, pk: int, stage: Stage) -> None:
    follow_ups.rate(complaint_id=pk, satisfied=act["satisfied"], words=act.get("words", ""))


def _confirm(act: Act, pk: int, stage: Stage) -> None:
    casework.confirm(complaint_id=pk)


def _dispute(act: Act, pk: int, stage: Stage) -> None:
    casework.dispute(complaint_id=pk, body=act["body"])


def _withdraw(act: Act, pk: int, stage: Stage) -> None:
    casework.withdraw(complaint_id=pk, by=stage.people[act["by"]], reasons=act["reasons"])


def _decline(act: Act, pk: int, stage: Stage) -> None:
    casework.decline(
        complaint_id=pk,
        by=stage.people[act["by"]],
        code=DeclineCode(act["code"]),
        reasons=act["reasons"],
        recourse=act["recourse"],
    )


def _merge(act: Act, pk: int, stage: Stage) -> None:
    casework.merge(complaint_id=pk, by=stage.people[act["by"]], into_id=stage.complaints[act["into"]].pk)


_ACTS: Mapping[str, Callable[[Act, int, Stage], None]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "classify": _classify,
    "reply": _reply,
    "note": _note,
    "hear": _hear,
    "attach": _attach,
    "wait": _wait,
    "promise": _promise,
    "ask_extension": _ask_extension,
    "resolve": _resolve,
    "draft_response": _draft_response,
    "approve_response": _approve_response,
    "send_response": _send_response,
    "close": _close,
    "follow_up": _follow_up,
    "rate": _rate,
    "confirm": _confirm,
    "dispute": _dispute,
    "withdraw": _withdraw,
    "decline": _decline,
    "merge": _merge,
    **inquiry_acts.ACTS,
    **remedy_acts.ACTS,
    **grave_acts.ACTS,
    **class_acts.ACTS,
    **department_acts.ACTS,
}
