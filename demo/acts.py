"""What happens to a demo complaint, as written in its document: one function for each act, all by the services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Department
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.classes import ComplaintClass, Kind
from complaints.judging import Cause, DemandFinding, Grounds, Party, Source
from complaints.models import Category, Complaint
from complaints.remedying import Loss, RemedyKind
from complaints.responding import Part as ResponsePart
from complaints.responding import Text
from complaints.selectors import digests, final_responses
from complaints.services import (
    carrying_out,
    casework,
    correspondence,
    decisions,
    evidence,
    follow_ups,
    inquiries,
    judgements,
    matters,
    offers,
    remedies,
    responses,
    signoff,
    splitting,
    supplier_claims,
    tasks,
)
from complaints.services.judgements import Origin
from complaints.services.matters import Part
from complaints.services.remedies import Line
from complaints.tasking import TaskKind
from complaints.validity import Basis
from complaints.vocabulary import DeclineCode, Outcome, PauseReason
from demo import class_acts, department_acts, grave_acts, pictures
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
    casework.assign(complaint_id=pk, by=stage.people[act["by"]], to=stage.people[act["to"]])


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


def _investigate(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "investigate", "by": "…", "source": "record", "what": "…", "how": "…", "amount": "900", …}`

    What says how it was verified is verified.
    """
    inquiries.investigate(
        complaint_id=pk,
        by=stage.people[act["by"]],
        source=Source(act["source"]),
        what=act["what"],
        verified="how" in act,
        how=act.get("how", ""),
        amount=Decimal(act["amount"]) if "amount" in act else None,
        currency=act.get("currency", ""),
    )


def _judge(act: Act, pk: int, stage: Stage) -> None:
    department = act.get("department")
    judgements.judge(
        complaint_id=pk,
        by=stage.people[act["by"]],
        grounds=Grounds(act["grounds"]),
        grounds_reasons=act["grounds_reasons"],
        demand=DemandFinding(act["demand"]),
        demand_reasons=act["demand_reasons"],
        origin=Origin(
            cause=Cause(act["cause"]),
            cause_note=act["cause_note"],
            party=Party(act["party"]),
            department=Department.objects.get(code=department) if department else None,
            party_name=act.get("party_name", ""),
        ),
        share=act.get("share", 0),
        share_reasons=act.get("share_reasons", ""),
        enough_because=act.get("enough_because", ""),
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


def _issue_task(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "issue_task", "by": "…", "kind": "site_visit", "department": "repairs", "owner": "…", "what": "…"}`"""
    tasks.issue(
        complaint_id=pk,
        by=stage.people[act["by"]],
        kind=TaskKind(act["kind"]),
        what=act["what"],
        department=Department.objects.get(code=act["department"]),
        owner=stage.people[act["owner"]] if "owner" in act else None,
    )


def _accept_task(act: Act, pk: int, stage: Stage) -> None:
    tasks.accept(complaint_id=pk, number=act["number"], by=stage.people[act["by"]])


def _finish_task(act: Act, pk: int, stage: Stage) -> None:
    tasks.finish(complaint_id=pk, number=act["number"], by=stage.people[act["by"]], result=act["result"])


def _split(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "split", "by": "…", "parts": [{"subject": "…", "category": "billing", "about": "…", "words": "…"}]}`"""
    matters.split(
        complaint_id=pk,
        by=stage.people[act["by"]],
        parts=[
            Part(
                subject=part["subject"],
                category=Category.objects.get(code=part["category"]),
                about=part.get("about", ""),
                words=part.get("words", ""),
            )
            for part in act["parts"]
        ],
    )


def _settle_matter(act: Act, pk: int, stage: Stage) -> None:
    matters.settle(
        complaint_id=pk,
        number=act["number"],
        by=stage.people[act["by"]],
        outcome=Outcome(act["outcome"]),
        finding=act["finding"],
        reasons=act["reasons"],
    )


def _split_off(act: Act, pk: int, stage: Stage) -> None:
    """Where its category says that it goes."""
    splitting.split_off(complaint_id=pk, number=act["number"], by=stage.people[act["by"]], message=act["message"])


def _plan_remedy(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "plan_remedy", "by": "…", "kind": "discount", "what": "…", "currency": "CNY",
    "lines": [{"loss": "price", "what": "…", "claimed": "500", "offered": "300"}]}`
    """
    remedies.plan(
        complaint_id=pk,
        by=stage.people[act["by"]],
        kind=RemedyKind(act["kind"]),
        what=act["what"],
        currency=act.get("currency", ""),
        lines=[_line(line) for line in act.get("lines", ())],
    )


def _line(line: Mapping[str, str]) -> Line:
    claimed = Decimal(line["claimed"]) if "claimed" in line else None
    return Line(Loss(line["loss"]), Decimal(line["offered"]), claimed, line.get("what", ""))


def _offer(act: Act, pk: int, stage: Stage) -> None:
    offers.offer(complaint_id=pk, by=stage.people[act["by"]], options=act["options"], message=act["message"])


def _accept_offer(act: Act, pk: int, stage: Stage) -> None:
    """The complainant chooses on their page."""
    offers.choose(complaint_id=pk, option=act["option"], digest=digests.of_offer(Complaint.objects.get(pk=pk)))


def _carry_out(act: Act, pk: int, stage: Stage) -> None:
    """Today."""
    carrying_out.carry_out(
        complaint_id=pk,
        number=act["number"],
        by=stage.people[act["by"]],
        on=timezone.localdate(),
        proof=act["proof"],
    )


def _claim_from_supplier(act: Act, pk: int, stage: Stage) -> None:
    supplier_claims.claim(
        complaint_id=pk,
        by=stage.people[act["by"]],
        supplier=act["supplier"],
        amount=Decimal(act["amount"]),
        currency=act["currency"],
        grounds=act["grounds"],
        remedy_number=act.get("remedy"),
    )


def _propose(act: Act, pk: int, stage: Stage) -> None:
    signoff.propose(complaint_id=pk, by=stage.people[act["by"]], text=act["text"])


def _sign(act: Act, pk: int, stage: Stage) -> None:
    """`{"act": "sign", "by": "…", "checked": [1, 2], "instruction": "…"}`"""
    signoff.sign(
        complaint_id=pk,
        by=stage.people[act["by"]],
        digest=digests.of_proposal(Complaint.objects.get(pk=pk)),
        instruction=act.get("instruction", ""),
        checked=act.get("checked", ()),
    )


def _refuse_to_sign(act: Act, pk: int, stage: Stage) -> None:
    signoff.refuse_to_sign(complaint_id=pk, by=stage.people[act["by"]], instruction=act["instruction"])


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
    "investigate": _investigate,
    "judge": _judge,
    "classify": _classify,
    "reply": _reply,
    "note": _note,
    "hear": _hear,
    "attach": _attach,
    "wait": _wait,
    "issue_task": _issue_task,
    "accept_task": _accept_task,
    "finish_task": _finish_task,
    "split": _split,
    "settle_matter": _settle_matter,
    "split_off": _split_off,
    "plan_remedy": _plan_remedy,
    "offer": _offer,
    "accept_offer": _accept_offer,
    "carry_out": _carry_out,
    "claim_from_supplier": _claim_from_supplier,
    "propose": _propose,
    "sign": _sign,
    "refuse_to_sign": _refuse_to_sign,
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
    **grave_acts.ACTS,
    **class_acts.ACTS,
    **department_acts.ACTS,
}
