"""Closing what stayed silent: answered complaints whose stated date has passed and to which nobody has objected.

The date is a column of the complaint, found by an index of those alone. Any number of workers may look at once: each
holds a batch, passes over what others hold, and reads under the lock what it judges by. So every complaint is closed
once, never before its date by the database's clock, and never while a follow-up is due or a legal hold is in force.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from complaints.lifecycle import Status
from complaints.models import Complaint, LegalHold
from complaints.services import closing
from escalation import selectors
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES

log = logging.getLogger(__name__)

BATCH = 200
"""Complaints held at once."""
TIME_BUDGET = 20.0
"""Seconds after which a worker takes no new batch; the next one goes on."""

_OPEN_VALUES = sorted(OPEN_STATES)

_CLAIM = (
    "SELECT c.id, c.objection_until FROM complaints_complaint AS c"
    " WHERE c.status = 'resolved' AND c.objection_until IS NOT NULL AND c.objection_until <= %s"
    " AND (c.objection_until, c.id) > (%s, %s)"
    " AND NOT EXISTS (SELECT FROM escalation_clock AS k"
    " WHERE k.complaint_id = c.id AND k.kind = 'follow_up' AND k.state = ANY(%s))"
    " AND NOT EXISTS (SELECT FROM complaints_legalhold AS h WHERE h.complaint_id = c.id AND h.lifted_at IS NULL)"
    " ORDER BY c.objection_until, c.id LIMIT %s FOR NO KEY UPDATE OF c SKIP LOCKED"
)
_BEGINNING = "-infinity"


def close_silent(*, batch: int = BATCH, seconds: float = TIME_BUDGET) -> int:
    """Close all that is silent by now, in batches, what could be objected to longest ago first; how many. A complaint
    that cannot be closed is logged, passed over, and tried again the next time.
    """
    until = time.monotonic() + seconds
    closed = 0
    reached: tuple[str, int] | None = (_BEGINNING, 0)
    while reached is not None and time.monotonic() < until:
        done, reached = _next_batch(batch, reached)
        closed += done
    if closed:
        log.info("closed %d complaints after silence", closed)
    return closed


def _next_batch(size: int, reached: tuple[str, int]) -> tuple[int, tuple[str, int] | None]:
    """Do the batch after that place; how many were closed, and where it ended. None when there is no more."""
    with transaction.atomic():
        now = selectors.database_now()
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [now, *reached, _OPEN_VALUES, size])
            rows = cursor.fetchall()
        if not rows:
            return 0, None
        ids = [pk for pk, _until in rows]
        try:
            with transaction.atomic():
                done = _close(ids, now)
        except (OperationalError, InterfaceError):  # the connection or the server, not a row
            raise
        except Exception:
            log.exception("a batch of %d silent complaints failed; they are taken one by one", len(ids))
            done = _one_by_one(ids, now)
    last_id, last_until = rows[-1]
    return done, (last_until.isoformat(), last_id)


def _close(ids: Sequence[int], now: datetime) -> int:
    """Close held complaints. They are read here, under the lock, and so are their follow-ups and
    holds: what the claim saw of these may be older than what somebody has committed since.
    """
    due = Clock.objects.filter(complaint__in=ids, kind=ClockKind.FOLLOW_UP, state__in=_OPEN_VALUES)
    kept_open = set(due.values_list("complaint", flat=True))
    kept = LegalHold.objects.filter(complaint__in=ids, lifted_at=None)
    kept_open |= set(kept.values_list("complaint", flat=True))
    held = Complaint.objects.filter(pk__in=ids, status=Status.RESOLVED, objection_until__lte=now)
    silent = [
        complaint for complaint in held.select_related("complainant").order_by("pk") if complaint.pk not in kept_open
    ]
    if silent:
        closing.close_silent(silent, at=now)
    return len(silent)


def _one_by_one(ids: Sequence[int], now: datetime) -> int:
    """Do a batch again, each complaint for itself."""
    done = 0
    for pk in ids:
        try:
            with transaction.atomic():
                done += _close([pk], now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("complaint %d could not be closed after silence", pk)
    return done
