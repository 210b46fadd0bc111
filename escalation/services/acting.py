"""What the acts about deadlines share: the held complaint, and the clock an act is about."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from complaints import lifecycle, permissions, selectors
from complaints.errors import invalid
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from escalation.models import Clock
from escalation.services.cases import Case
from escalation.services.docket import Docket


def held_for(complaint_id: int, by: User, verb: Verb) -> Complaint:
    """Hold the complaint and ask both questions at once: may this person, and is it possible now?

    Raises NotAllowed or IllegalMove.
    """
    complaint = selectors.locked(complaint_id)
    permissions.check(by, verb, complaint)
    lifecycle.after(Status(complaint.status), verb)
    return complaint


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
