"""What workers do with the outbox."""

from celery import shared_task

from notifications import services

AT_ONCE = 500
"""Messages one task sends at most; the next beat comes two seconds later."""


@shared_task(ignore_result=True)
def send_outbox() -> None:
    """Send what is due. Any number of workers may do this at once."""
    services.forget_secrets()
    services.send_due(limit=AT_ONCE)
