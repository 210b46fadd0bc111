"""What happens to classes in the demo: one function for each act, all by the services."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from complaints.models import Complaint
from complaints.selectors import digests
from complaints.services import conversions, decisions, objections

if TYPE_CHECKING:
    from demo.acts import Act, Stage


def _confirm_class(act: "Act", pk: int, stage: "Stage") -> None:
    digest = digests.of_class(Complaint.objects.get(pk=pk))
    decisions.confirm_class(complaint_id=pk, by=stage.people[act["by"]], reasons=act["reasons"], digest=digest)


def _object(act: "Act", pk: int, stage: "Stage") -> None:
    """The complainant objects on their page."""
    objections.object_to_class(complaint_id=pk, words=act["words"])


def _convert(act: "Act", pk: int, stage: "Stage") -> None:
    conversions.convert(
        complaint_id=pk,
        by=stage.people[act["by"]],
        reasons=act["reasons"],
        fault=act["fault"],
        harmed=act["harmed"],
    )


ACTS: Mapping[str, Callable[[Any, int, Any], None]] = {
    "confirm_class": _confirm_class,
    "object": _object,
    "convert": _convert,
}
