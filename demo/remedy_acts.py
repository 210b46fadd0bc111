"""What is done about remedies of a demo complaint: planned, signed, offered, carried out, claimed back."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from complaints.models import Complaint
from complaints.remedying import Loss, RemedyKind
from complaints.selectors import digests
from complaints.services import carrying_out, offers, remedies, signoff, supplier_claims
from complaints.services.remedies import Line

if TYPE_CHECKING:
    from demo.acts import Act, Stage


def _plan_remedy(act: "Act", pk: int, stage: "Stage") -> None:
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


def _offer(act: "Act", pk: int, stage: "Stage") -> None:
    offers.offer(complaint_id=pk, by=stage.people[act["by"]], options=act["options"], message=act["message"])


def _accept_offer(act: "Act", pk: int, stage: "Stage") -> None:
    """The complainant chooses on their page."""
    offers.choose(complaint_id=pk, option=act["option"], digest=digests.of_offer(Complaint.objects.get(pk=pk)))


def _carry_out(act: "Act", pk: int, stage: "Stage") -> None:
    """Today."""
    carrying_out.carry_out(
        complaint_id=pk,
        number=act["number"],
        by=stage.people[act["by"]],
        on=timezone.localdate(),
        proof=act["proof"],
    )


def _claim_from_supplier(act: "Act", pk: int, stage: "Stage") -> None:
    supplier_claims.claim(
        complaint_id=pk,
        by=stage.people[act["by"]],
        supplier=act["supplier"],
        amount=Decimal(act["amount"]),
        currency=act["currency"],
        grounds=act["grounds"],
        remedy_number=act.get("remedy"),
    )


def _propose(act: "Act", pk: int, stage: "Stage") -> None:
    signoff.propose(complaint_id=pk, by=stage.people[act["by"]], text=act["text"])


def _sign(act: "Act", pk: int, stage: "Stage") -> None:
    """`{"act": "sign", "by": "…", "checked": [1, 2], "instruction": "…"}`"""
    signoff.sign(
        complaint_id=pk,
        by=stage.people[act["by"]],
        digest=digests.of_proposal(Complaint.objects.get(pk=pk)),
        instruction=act.get("instruction", ""),
        checked=act.get("checked", ()),
    )


def _refuse_to_sign(act: "Act", pk: int, stage: "Stage") -> None:
    signoff.refuse_to_sign(complaint_id=pk, by=stage.people[act["by"]], instruction=act["instruction"])


ACTS: Mapping[str, Callable[["Act", int, "Stage"], None]] = {
    "plan_remedy": _plan_remedy,
    "offer": _offer,
    "accept_offer": _accept_offer,
    "carry_out": _carry_out,
    "claim_from_supplier": _claim_from_supplier,
    "propose": _propose,
    "sign": _sign,
    "refuse_to_sign": _refuse_to_sign,
}
