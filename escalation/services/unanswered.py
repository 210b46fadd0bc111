"""Accepting what stayed unanswered: transfers whose receiving department has said nothing within the stated time.

The date is that of the transfer's clock. Any number of workers may look at once: each holds one complaint, passes over
what others hold, and reads the clock again under the lock. So a transfer is accepted once, never before its time by
the database's clock, and never while somebody decides about it.
"""

import logging
import time

from django.db import InterfaceError, OperationalError, transaction

from complaints.models import Complaint, Transfer
from complaints.services import transfers
from complaints.transferring import TransferState, about
from escalation import selectors
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES

log = logging.getLogger(__name__)

TIME_BUDGET = 20.0
"""Seconds after which a worker begins with no other complaint; the next one goes on."""

MOST_AT_ONCE = 1_000

_OPEN_VALUES = sorted(OPEN_STATES)


def accept_silent(*, seconds: float = TIME_BUDGET) -> int:
    """Accept all that is unanswered by now, what was due first coming first; how many. One that cannot be accepted is
    logged, passed over, and tried again the next time.
    """
    until = time.monotonic() + seconds
    due = Clock.objects.filter(
        kind=ClockKind.TRANSFER,
        state__in=_OPEN_VALUES,
        due_at__lte=selectors.database_now(),
        complaint__transfers__state=TransferState.ASKED,
    )
    accepted = 0
    for complaint_id in list(due.order_by("due_at", "id").values_list("complaint_id", flat=True)[:MOST_AT_ONCE]):
        if time.monotonic() >= until:
            break
        try:
            accepted += _accept(complaint_id)
        except (OperationalError, InterfaceError):  # the connection or the server, not a row
            raise
        except Exception:
            log.exception("the transfer of complaint %d could not be accepted by silence", complaint_id)
    if accepted:
        log.info("accepted %d transfers after silence", accepted)
    return accepted


@transaction.atomic
def _accept(complaint_id: int) -> bool:
    held = Complaint.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=complaint_id).first()
    asked = Transfer.objects.filter(complaint=complaint_id, state=TransferState.ASKED).first()
    if held is None or asked is None:
        return False
    now = selectors.database_now()
    clock = Clock.objects.filter(
        complaint=held,
        kind=ClockKind.TRANSFER,
        about=about(asked.number),
        state__in=_OPEN_VALUES,
        due_at__lte=now,
    )
    if not clock.exists():
        return False
    transfers.accept_by_silence(held, at=now)
    return True
