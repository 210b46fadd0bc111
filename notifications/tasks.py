"""What workers do with the outbox."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from notifications import alarms, services

AT_ONCE = 500
"""Messages one task sends at most; the next beat comes two seconds later."""

SENDING = 0x6F7574626F78  # “outbox”
"""The advisory lock of whoever is sending."""


@shared_task(ignore_result=True)
def send_outbox() -> None:
    """Send what is due, unless another worker is at it: a mail server that is slow to answer would otherwise keep all
    workers waiting, and none would be left to sweep. A worker that dies gives the lock back with its connection.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SENDING])
        if not cursor.fetchone()[0]:
            return
    try:
        services.forget_secrets()
        services.send_due(limit=AT_ONCE)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SENDING])


@shared_task(ignore_result=True)
def tell_of_missing_days() -> None:
    """Ask administrators for the next days off, once for each calendar and year."""
    alarms.tell_of_missing_days(now=timezone.now())
