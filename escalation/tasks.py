"""What the workers do."""

from celery import shared_task

from escalation.services import sweep as sweeping


@shared_task(ignore_result=True)
def sweep() -> None:
    """Fire what is due. Any number of workers may sweep at once; a sweep too many finds nothing to do."""
    sweeping.sweep()
