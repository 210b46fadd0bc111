"""Clearing up: drafts nobody took up again, memories of old API calls, sessions that have ended."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from complaints.models import IdempotentCreate
from complaints.services import drafts

IDEMPOTENCY_KEPT_FOR = timedelta(days=7)
"""How long a program may repeat a create with the same key and get the same answer."""


def sweep_out(*, now: datetime) -> None:
    """Delete what has had its time. Each part can be repeated at will."""
    drafts.sweep_out(now=now)
    IdempotentCreate.objects.filter(created_at__lte=now - IDEMPOTENCY_KEPT_FOR).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
