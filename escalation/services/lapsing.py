"""Grave classes that nobody renewed: on their review date they lapse. (Mission M04.)

Where a clock watches the date the sweep does it, before it judges whether anything is broken. This finds those that no
clock watches: of offices without a policy, of complaints that were withdrawn or merged. Any number of workers may look
at once; a class lapses once, because whoever comes second finds that it has.
"""

import logging

from django.db import InterfaceError, OperationalError, connection, transaction

from complaints.services import class_reviews
from escalation import selectors

log = logging.getLogger(__name__)

BATCH = 200
"""Complaints held at once."""

_CLAIM = (
    "SELECT c.id, d.review_at FROM complaints_decision AS d JOIN complaints_complaint AS c ON c.id = d.complaint_id"
    " WHERE d.state = 'in_force' AND d.review_at IS NOT NULL AND d.review_at <= %s"
    " AND (d.review_at, c.id) > (%s, %s)"
    " ORDER BY d.review_at, c.id LIMIT %s FOR NO KEY UPDATE OF c SKIP LOCKED"
)
_BEGINNING = "-infinity"


def lapse_all(*, batch: int = BATCH) -> int:
    """Let all classes lapse whose date has come, in batches; how many. A complaint that cannot be dealt with is
    logged, passed over, and tried again the next time.
    """
    done = 0
    reached: tuple[str, int] | None = (_BEGINNING, 0)
    while reached is not None:
        lapsed, reached = _next_batch(batch, reached)
        done += lapsed
    if done:
        log.info("%d grave classes have lapsed", done)
    return done


def _next_batch(size: int, reached: tuple[str, int]) -> tuple[int, tuple[str, int] | None]:
    with transaction.atomic():
        now = selectors.database_now()
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [now, *reached, size])
            rows = cursor.fetchall()
        if not rows:
            return 0, None
        done = 0
        for pk, _review_at in rows:
            try:
                with transaction.atomic():
                    done += len(class_reviews.lapse_due([pk], now=now))
            except (OperationalError, InterfaceError):  # the connection or the server, not a row
                raise
            except Exception:
                log.exception("the class of complaint %d could not lapse", pk)
    last_id, last_at = rows[-1]
    return done, (last_at.isoformat(), last_id)
