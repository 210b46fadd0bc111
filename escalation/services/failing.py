"""Clocks of which the engine can make nothing: looked at again later, in the end only when somebody asks for it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from complaints.models import Complaint
from escalation.models import Clock
from escalation.replay import OPEN_STATES
from escalation.services import clocks as keeping

SET_ASIDE_AFTER = 8
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


def push_back(complaint_id: int, now: datetime, error: Exception) -> None:
    """Look at the due clocks of a held complaint again later, and after many failures only when asked to."""
    due = list(Clock.objects.filter(complaint_id=complaint_id, wake_at__lte=now))
    for clock in due:
        clock.failures += 1
        clock.last_error = f"{type(error).__name__}: {error}"[:2_000]
        clock.wake_at = now + min(FIRST_RETRY * 2 ** (clock.failures - 1), LONGEST_RETRY)
        if clock.failures >= SET_ASIDE_AFTER:
            clock.set_aside_at, clock.wake_at = now, None
    keeping.save(due)


@transaction.atomic
def try_again(*, clock_id: int) -> Clock:
    """Let the next sweep look at a clock that had been set aside."""
    complaint_id = Clock.objects.values_list("complaint_id", flat=True).get(pk=clock_id)
    Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)
    clock = Clock.objects.get(pk=clock_id)
    if clock.state in OPEN_STATES and clock.set_aside_at is not None:
        clock.failures, clock.last_error, clock.set_aside_at = 0, "", None
        clock.wake_at = timezone.now()
        keeping.save([clock])
    return clock
