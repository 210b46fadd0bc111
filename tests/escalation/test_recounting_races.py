"""Counting deadlines anew while others are at the same complaints."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.models import Event
from complaints.services import correspondence
from escalation.models import Clock, Recount
from escalation.services import recounting
from escalation.services.rebuilding import rebuild
from tests.escalation.test_races import at_once
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.slow]

DAYS = 20


@pytest.fixture
def waiting(agent, register):
    """Complaints due in twenty working days, by a calendar whose days end in ten."""
    publish_calendar(covers_until=(timezone.now() + timedelta(days=10)).date().isoformat())
    publish_policy(clocks={"resolution": {"target": {"unit": "working_days", "amount": DAYS}}})
    return [register().complaint for _number in range(12)]


def test_two_workers_and_an_agent_move_each_deadline_once(waiting, agent, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", 0)
    monkeypatch.setattr(recounting, "BATCH", 3)
    off = {(timezone.now() + timedelta(days=number)).date().isoformat(): [] for number in range(12, 17)}
    publish_calendar(days=off, covers_until=(timezone.now() + timedelta(days=90)).date().isoformat())

    def answer():
        for complaint in reversed(waiting):
            correspondence.reply(complaint_id=complaint.pk, by=agent, body="We are looking into it.")

    at_once(recounting.go_on, recounting.go_on, answer)
    recounting.go_on()
    recount = Recount.objects.get()
    assert recount.finished_at is not None
    assert (recount.later, recount.failed) == (len(waiting), 0)
    assert not Clock.objects.filter(provisional=True).exists()
    told = Counter(Event.objects.filter(kind="moved").values_list("complaint_id", flat=True))
    assert told == dict.fromkeys([complaint.pk for complaint in waiting], 1)
    assert Event.objects.filter(kind="reply").count() == len(waiting)
    assert not list(rebuild(check=True))
