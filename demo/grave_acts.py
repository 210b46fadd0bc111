"""What is grave in the demo, and what happens outside: one function for each act, all by the services."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import Department
from complaints.gravity import Criterion, SafetyKind, Told
from complaints.models import MassIncident
from complaints.outside import ProceedingKind
from complaints.services import incidents, majors, media, proceedings, safety

if TYPE_CHECKING:
    from demo.acts import Act, Stage


def _declare_major(act: "Act", pk: int, stage: "Stage") -> None:
    criteria = [Criterion(code) for code in act["criteria"]]
    majors.declare_major(
        complaint_id=pk,
        by=stage.people[act["by"]],
        criteria=criteria,
        harmed=act.get("harmed", 0),
        reasons=act["reasons"],
    )


def _acknowledge_major(act: "Act", pk: int, stage: "Stage") -> None:
    majors.acknowledge_major(complaint_id=pk, by=stage.people[act["by"]], remark=act["remark"])


def _report_safety(act: "Act", pk: int, stage: "Stage") -> None:
    safety.report_safety(
        complaint_id=pk,
        by=stage.people[act["by"]],
        kind=SafetyKind(act["kind"]),
        what=act["what"],
        told=Told(act["told"]),
        police_reference=act.get("police_reference", ""),
    )


def _note_media(act: "Act", pk: int, stage: "Stage") -> None:
    media.note_media(
        complaint_id=pk,
        by=stage.people[act["by"]],
        source=act["source"],
        link=act["link"],
        published_on=timezone.localdate(),
    )


def _gather(act: "Act", pk: int, stage: "Stage") -> None:
    """`{"act": "gather", "by": "…", "incident": {"title": "…", "text": "…", "department": "taipei"}}`: the first one
    opens it, those with the same title join it.
    """
    by, given = stage.people[act["by"]], act["incident"]
    incident = MassIncident.objects.filter(title=given["title"]).first()
    if incident is None:
        department = Department.objects.get(code=given["department"])
        incident = incidents.open_incident(by=by, title=given["title"], text=given["text"], department=department)
    incidents.gather(complaint_id=pk, by=by, incident=incident)


def _open_proceeding(act: "Act", pk: int, stage: "Stage") -> None:
    proceedings.open_proceeding(
        complaint_id=pk,
        by=stage.people[act["by"]],
        kind=ProceedingKind(act["kind"]),
        body=act["body"],
        reference=act["reference"],
        what=act["what"],
        due=timezone.now() + timedelta(days=act["days"]),
    )


def _place_hold(act: "Act", pk: int, stage: "Stage") -> None:
    proceedings.place_hold(complaint_id=pk, by=stage.people[act["by"]], reasons=act["reasons"])


ACTS: Mapping[str, Callable[[Any, int, Any], None]] = {
    "declare_major": _declare_major,
    "acknowledge_major": _acknowledge_major,
    "report_safety": _report_safety,
    "note_media": _note_media,
    "gather": _gather,
    "open_proceeding": _open_proceeding,
    "place_hold": _place_hold,
}
