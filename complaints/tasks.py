"""What workers do for the core by themselves: clearing up, and seeing that nothing is lost.

Deadlines are escalation's, mail is notifications'.
"""

from celery import shared_task
from django.utils import timezone

from complaints.services import leftovers, restriction


@shared_task
def sweep_out_leftovers() -> None:
    """Clear up what nobody needs any more. Short, and harmless when it runs twice or at the same time."""
    leftovers.sweep_out(now=timezone.now())


@shared_task
def sweep_out_files() -> None:
    """Remove stored files that no row names. It looks at every file, so once a day is enough."""
    leftovers.sweep_out_files(now=timezone.now())


@shared_task
def restore_circles() -> None:
    """Find somebody for restricted complaints that nobody sees any more."""
    restriction.restore_circles()
