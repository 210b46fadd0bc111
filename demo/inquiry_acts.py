"""What is done to look into a demo complaint: investigating, judging, tasks, matters."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import Department
from complaints.judging import Cause, DemandFinding, Grounds, Party, Source
from complaints.models import Category
from complaints.services import inquiries, judgements, matters, splitting, tasks
from complaints.services.judgements import Origin
from complaints.services.matters import Part
from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome

if TYPE_CHECKING:
    from demo.acts import Act, Stage


def _investigate(act: "Act", pk: int, stage: "Stage") -> None:
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


def _judge(act: "Act", pk: int, stage: "Stage") -> None:
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


def _issue_task(act: "Act", pk: int, stage: "Stage") -> None:
    """`{"act": "issue_task", "by": "…", "kind": "site_visit", "department": "repairs", "owner": "…", "what": "…"}`"""
    tasks.issue(
        complaint_id=pk,
        by=stage.people[act["by"]],
        kind=TaskKind(act["kind"]),
        what=act["what"],
        department=Department.objects.get(code=act["department"]),
        owner=stage.people[act["owner"]] if "owner" in act else None,
    )


def _accept_task(act: "Act", pk: int, stage: "Stage") -> None:
    tasks.accept(complaint_id=pk, number=act["number"], by=stage.people[act["by"]])


def _finish_task(act: "Act", pk: int, stage: "Stage") -> None:
    tasks.finish(complaint_id=pk, number=act["number"], by=stage.people[act["by"]], result=act["result"])


def _split(act: "Act", pk: int, stage: "Stage") -> None:
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


def _settle_matter(act: "Act", pk: int, stage: "Stage") -> None:
    matters.settle(
        complaint_id=pk,
        number=act["number"],
        by=stage.people[act["by"]],
        outcome=Outcome(act["outcome"]),
        finding=act["finding"],
        reasons=act["reasons"],
    )


def _split_off(act: "Act", pk: int, stage: "Stage") -> None:
    """Where its category says that it goes."""
    splitting.split_off(complaint_id=pk, number=act["number"], by=stage.people[act["by"]], message=act["message"])


ACTS: Mapping[str, Callable[["Act", int, "Stage"], None]] = {
    "investigate": _investigate,
    "judge": _judge,
    "issue_task": _issue_task,
    "accept_task": _accept_task,
    "finish_task": _finish_task,
    "split": _split,
    "settle_matter": _settle_matter,
    "split_off": _split_off,
}
