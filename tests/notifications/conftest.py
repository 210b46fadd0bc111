"""Only the outbox listens here; deadlines have tests of their own."""

import pytest

from escalation.models import Calendar, OfficeHours
from notifications.models import OutboxMessage
from tests.factories import ComplaintFactory
from tests.factories.escalation import WEEKDAYS, publish_calendar


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


@pytest.fixture
def office_hours(head_office):
    """`office_hours(department)`: Monday to Friday 09:00 to 17:30 there."""

    def _office_hours(department=head_office, code="desk-hours", **changes) -> OfficeHours:
        spans = {"week": {day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in WEEKDAYS}}
        publish_calendar(code, **(spans | changes))
        return OfficeHours.objects.create(department=department, calendar=Calendar.objects.get(code=code))

    return _office_hours


@pytest.fixture
def closed_office(office_hours):
    """The head office, closed in the evening and at weekends."""
    return office_hours()
