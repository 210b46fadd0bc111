"""What a sweep writes, for tests of what is told of it."""

from typing import Any

from django.utils import timezone

from complaints import events
from escalation.happenings import Happening
from escalation.policies import ClockKind


def step(complaint, *, kind=Happening.ESCALATED, holder_before=None, **data: Any) -> events.Act:
    """A step that has just fired; the complaint has been placed already."""
    given = {
        "clock": 1,
        "clock_kind": ClockKind.RESOLUTION.value,
        "cycle": 1,
        "step": 1,
        "repeat": 0,
        "missed": False,
        "notify": True,
        "roles": [],
        "tell_holder": True,
        "tier_before": complaint.tier - 1 or 1,
        "tier": complaint.tier,
        "holder_before": holder_before,
        "holder": complaint.holder_id,
        "priority_before": complaint.priority,
        "priority": complaint.priority,
        "urgent": False,
    } | data
    return events.Act(complaint, kind, None, timezone.now(), given)


def sweep(complaints, **data: Any) -> None:
    """The same step fires for all of these complaints."""
    events.record_many([step(complaint, **data) for complaint in complaints])
