"""A promise breaks on Friday evening: nobody is woken for it before something urgent, and on Monday all is told."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from escalation.models import Calendar, OfficeHours, Referral
from notifications import services
from notifications.models import OutboxMessage
from tests.escalation.conftest import taipei
from tests.factories import UserFactory
from tests.factories.escalation import ALL_DAY, WEEKDAYS, publish_calendar, publish_policy


@pytest.fixture
def mails(settings, mailoutbox):
    """A mail server that takes everything; returns what it has taken."""
    settings.MAIL_IS_KEPT = False
    settings.OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mailoutbox


@pytest.fixture
def office(db, head_office, handler, supervisor, manager, specialist, executive, administrator):
    """Promises count day and night; the people work from nine to half past five."""
    publish_calendar("always", week=ALL_DAY)
    publish_calendar("desk-hours", week={day: [["09:00", "17:30"]] for day in WEEKDAYS})
    OfficeHours.objects.create(department=head_office, calendar=Calendar.objects.get(code="desk-hours"))
    steps = [
        {"effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}},
        {"after_working_hours": 4, "effects": {"notify": ["holder"]}},
        {
            "after_working_hours": 24,
            "effects": {"raise_to_tier": 3, "assign": True, "notify": ["holder"]},
            "urgent": True,
        },
        {"after_working_hours": 48, "effects": {"refer": True, "notify": ["holder"]}},
    ]
    publish_policy(
        calendar="always", clocks={"first_response": {"target": {"unit": "hours", "amount": 8}, "steps": steps}}
    )


def test_a_quiet_weekend(office, branch, register, at, sweep_at, mails, supervisor, manager, client):
    duty_officer = UserFactory(role=Role.DUTY_OFFICER, department=branch)
    with at("2026-03-06 09:55"):
        case = register().complaint
        services.send_due(limit=50)
    mails.clear()

    def leave(moment: str) -> dict[str, str]:
        """Who gets which mail by that moment."""
        sweep_at(moment)
        with at(moment):
            services.send_due(limit=50)
        left = {mail.to[0]: mail.subject for mail in mails}
        mails.clear()
        return left

    assert leave("2026-03-06 17:55") == {}
    assert leave("2026-03-06 21:55") == {}
    case.refresh_from_db()
    assert (case.tier, case.holder) == (2, supervisor), "the climb itself waits for nobody"

    urgent = leave("2026-03-07 17:55")
    assert urgent.keys() == {manager.email, duty_officer.email}
    assert "climbed to you (tier 3)" in urgent[manager.email]
    assert "urgent" in urgent[duty_officer.email]

    assert leave("2026-03-08 17:55") == {}
    assert Referral.objects.get().complaint == case
    assert leave("2026-03-09 08:59") == {}

    morning = leave("2026-03-09 09:00")
    assert morning.keys() == {supervisor.email, manager.email}
    assert "1 complaint" in morning[supervisor.email], "two letters waited, about one complaint"
    waited = OutboxMessage.objects.filter(recipient=supervisor, not_before=taipei("2026-03-09 09:00"))
    assert waited.count() == 2

    client.force_login(manager)
    with at("2026-03-09 09:01"):
        page = client.get(reverse("notifications:handover")).content.decode()
    assert case.reference in page
    assert "Deadline broken" in page
    assert "A notice to you waited" in page
