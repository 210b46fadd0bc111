"""What the workers do."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from escalation.services import batches, lapsing, recounting, silence, unanswered
from escalation.services import sweep as sweeping

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Fire what is due. Any number of workers may sweep at once; a sweep too many finds nothing to do."""
    sweeping.sweep()


@shared_task(ignore_result=True)
def recount() -> None:
    """Go on counting deadlines anew by calendars that list more days; nothing to do costs three small queries."""
    recounting.go_on()


@shared_task(ignore_result=True)
def migrate() -> None:
    """Go on previewing and moving clocks to other versions of policies; nothing to do costs one small query."""
    batches.carry_on()


@shared_task(ignore_result=True)
def close_silent() -> None:
    """Close what stayed silent after the date that was stated; nothing to do costs one look at a small index."""
    silence.close_silent()


@shared_task(ignore_result=True)
def accept_silent() -> None:
    """Accept the transfers that nobody answered in time; nothing to do costs one look at a small index."""
    unanswered.accept_silent()


@shared_task(ignore_result=True)
def lapse_classes() -> None:
    """Let grave classes lapse that nobody renewed; nothing to do costs one look at a small index."""
    lapsing.lapse_all()


def recount_soon() -> None:
    """Have a worker begin once the present transaction is committed, instead of at the next beat."""
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """A broker that is down costs two seconds: the beat asks again."""
    try:
        recount.apply_async(retry=False, expires=60)
    except OperationalError:
        log.warning("the broker is down: deadlines are counted anew at the next beat")
