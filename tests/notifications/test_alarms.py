"""What administrators are written that belongs to no complaint."""

from datetime import UTC, datetime

import pytest

from notifications import alarms, services
from notifications.models import OutboxMessage
from tests.factories.escalation import publish_calendar

NOVEMBER = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def calendar(db):
    return publish_calendar(covers_until="2026-12-31")


def test_every_administrator_is_told_once_for_each_calendar_and_year(calendar, administrator, agent, told):
    alarms.tell_of_missing_days(now=NOVEMBER)
    alarms.tell_of_missing_days(now=datetime(2026, 12, 22, tzinfo=UTC))
    (message,) = told(kind="missing_days")
    assert message.recipient == administrator
    assert message.key == f"calendar:office:2027:user:{administrator.pk}"
    assert message.subject == "office: load the days off of 2027"
    assert "2026-12-31" in message.body
    assert "/desk/deadlines/calendars/office/table/" in message.body
    publish_calendar(covers_until="2027-12-31")
    alarms.tell_of_missing_days(now=datetime(2027, 12, 22, tzinfo=UTC))
    assert len(told(kind="missing_days")) == 2


def test_while_the_days_last_nobody_is_told(calendar, administrator):
    alarms.tell_of_missing_days(now=datetime(2026, 6, 22, tzinfo=UTC))
    assert not OutboxMessage.objects.exists()


def test_it_leaves_as_any_other_mail(calendar, administrator, mail_server):
    alarms.tell_of_missing_days(now=NOVEMBER)
    assert services.send_due(limit=10) == 1
    assert mail_server[0].to == [administrator.email]
