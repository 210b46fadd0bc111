"""What the acts about deadlines share: the clock an act is about, and how events name it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from complaints.errors import invalid
from escalation.models import Clock
from escalation.services.cases import Case
from escalation.services.docket import Docket


def case_of(docket: Docket, clock_id: int) -> Case:
    """The clock with this id among those of the complaint. Raises Invalid."""
    case = docket.case(clock_id)
    if case is None:
        raise invalid("clock", _("The complaint has no such deadline."))
    return case


def named(clock: Clock) -> dict[str, Any]:
    """How the events of acts say which clock they are about."""
    return {"clock": clock.pk, "clock_kind": str(clock.kind), "cycle": clock.cycle, "number": clock.number}


def iso(at: datetime | None) -> str | None:
    """A moment as events hold it; nothing while a clock is paused."""
    return at.isoformat() if at else None
