"""What goes on between the departments of the demo: one function for each act, all by the services."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import Department
from complaints.services import head_office, transfers
from escalation import selectors
from escalation.models import Clock
from escalation.policies import ClockKind

if TYPE_CHECKING:
    from demo.acts import Act, Stage


def _transfer(act: "Act", pk: int, stage: "Stage") -> None:
    """`{"act": "transfer", "by": "…", "to": "billing", "reasons": "…", "spoken": "…"}`; the note may be left out."""
    note = {part: act[part] for part in ("spoken", "promised", "knows") if part in act}
    to = Department.objects.get(code=act["to"])
    transfers.transfer(complaint_id=pk, by=stage.people[act["by"]], to=to, reasons=act["reasons"], **note)


def _accept_transfer(act: "Act", pk: int, stage: "Stage") -> None:
    transfers.accept(complaint_id=pk, by=stage.people[act["by"]])


def _object_to_transfer(act: "Act", pk: int, stage: "Stage") -> None:
    transfers.object_to(complaint_id=pk, by=stage.people[act["by"]], reasons=act["reasons"])


def _brief(act: "Act", pk: int, stage: "Stage") -> None:
    """With `working_hours` an answer is wanted so much working time ahead."""
    answer_by: dict[str, Any] = {}
    if "working_hours" in act:
        clock = Clock.objects.filter(complaint=pk, kind=ClockKind.RESOLUTION).latest("cycle")
        calendar = selectors.calendar_rules(clock.calendar_version_id)
        answer_by["answer_by"] = calendar.advance(timezone.now(), act["working_hours"] * 3_600)
    head_office.brief(complaint_id=pk, by=stage.people[act["by"]], text=act["text"], **answer_by)


def _watch(act: "Act", pk: int, stage: "Stage") -> None:
    head_office.watch(complaint_id=pk, by=stage.people[act["by"]])


ACTS: Mapping[str, Callable[["Act", int, "Stage"], None]] = {
    "transfer": _transfer,
    "accept_transfer": _accept_transfer,
    "object_to_transfer": _object_to_transfer,
    "brief": _brief,
    "watch": _watch,
}
