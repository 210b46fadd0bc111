"""Only the outbox listens here; deadlines have tests of their own."""

import pytest

from notifications.models import OutboxMessage
from tests.factories import ComplaintFactory


@pytest.fixture(autouse=True)
def _only_the_outbox_listens(settings):
    settings.COMPLAINT_EVENT_HANDLERS = ["notifications.handlers.queue_messages"]


@pytest.fixture
def mail_server(settings, mailoutbox):
    """A mail server that takes everything; returns what it has taken."""
    settings.MAIL_IS_KEPT = False
    settings.OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mailoutbox


@pytest.fixture
def told(db):
    """The messages written so far: `told(kind="assign")`, `told(to=user)`."""

    def _told(*, to=None, **wanted) -> list[OutboxMessage]:
        messages = OutboxMessage.objects.filter(**wanted).order_by("id")
        if to is not None:
            messages = messages.filter(address=getattr(to, "email", to))
        return list(messages)

    return _told


@pytest.fixture
def climbed(branch, supervisor):
    """Complaints that have just climbed to tier 2, into the supervisor's hands."""

    def _climbed(count=1, **fields):
        return [
            ComplaintFactory(**({"department": branch, "tier": 2, "holder": supervisor, "overdue": True} | fields))
            for _number in range(count)
        ]

    return _climbed
