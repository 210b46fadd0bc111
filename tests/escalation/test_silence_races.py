"""Closing after silence while others do the same, or object at the last moment."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.errors import IllegalMove
from complaints.models import Complaint, Event
from complaints.services import casework
from complaints.vocabulary import Outcome
from escalation.services import silence
from tests.escalation.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.slow]


@pytest.fixture
def silent(register, agent, executive):
    """Answered complaints whose stated date has passed."""

    def _silent(number: int) -> list[Complaint]:
        complaints = [register().complaint for _n in range(number)]
        for complaint in complaints:
            casework.resolve(
                complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Till.", message="Paid back."
            )
        past = timezone.now() - timedelta(minutes=1)
        Complaint.objects.filter(pk__in=[each.pk for each in complaints]).update(objection_until=past)
        return complaints

    return _silent


def test_three_workers_close_each_once(silent):
    complaints, closed = silent(9), []
    at_once(*[lambda: closed.append(silence.close_silent(batch=2))] * 3)
    closed.append(silence.close_silent())  # what each passed over because another held it
    assert sum(closed) == 9
    assert Event.objects.filter(kind="close").count() == len(complaints)


def test_an_objection_at_the_last_moment_and_the_worker_do_not_both_win(silent):
    complaints, refused = silent(6), []

    def object_to_all():
        for complaint in complaints:
            try:
                casework.dispute(complaint_id=complaint.pk, body="No.")
            except IllegalMove:
                refused.append(complaint.pk)

    at_once(object_to_all, lambda: silence.close_silent(batch=1))
    ended = Counter(Complaint.objects.values_list("status", flat=True))
    assert ended["closed"] == len(refused) == Event.objects.filter(kind="close").count()
    assert ended["assessing"] == 6 - len(refused) == Event.objects.filter(kind="dispute").count()
