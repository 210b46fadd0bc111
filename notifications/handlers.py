"""What the outbox makes of the news: see settings.COMPLAINT_EVENT_HANDLERS."""

import logging
from collections.abc import Sequence

from django.db import connection, transaction
from kombu.exceptions import OperationalError

from complaints.events import Occurrence
from notifications import selectors, services, tasks

log = logging.getLogger(__name__)


def queue_messages(occurrences: Sequence[Occurrence]) -> None:
    """Write a message to everybody concerned, in the act's own transaction. The same event is told once."""
    letters = selectors.letters_for(occurrences)
    if letters:
        services.queue(letters)
        _nudge_after_commit()


def _nudge_after_commit() -> None:
    """Have the outbox looked at at once, instead of at the next beat: asked for once in a transaction."""
    if not any(entry[1] is _nudge for entry in connection.run_on_commit):  # (savepoints, function, robust)
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """A broker that is down costs two seconds: the beat sends the outbox anyway. The act stands either way."""
    try:
        tasks.send_outbox.apply_async(retry=False, expires=10)
    except OperationalError:
        log.warning("the broker is down: the outbox waits for the next beat")
