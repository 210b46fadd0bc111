"""The dates we promise, in words, in the office's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template

from complaints import access
from complaints.services import casework
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = pytest.mark.django_db

TAIPEI = ZoneInfo("Asia/Taipei")


def _shown(complaint) -> str:
    template = Template(
        "{% load promises %}{% promises complaint as all %}{% for one in all %}{{ one.sentence }}\n{% endfor %}"
    )
    return template.render(Context({"complaint": complaint}))


@pytest.fixture
def promised(register):
    """Taken in on a Monday morning by an office with hours and a policy."""
    publish_calendar()
    publish_policy()
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=TAIPEI), tick=False):
        yield register().complaint


def test_what_is_due_first_comes_first_with_weekday_and_zone(promised):
    assert _shown(promised).splitlines() == [
        "We will confirm by Monday 23 November 2026, 14:00 Taipei time that we have taken on your complaint.",
        "We will write to you by Monday 23 November 2026, 18:00 Taipei time.",
        "We will answer by Wednesday 25 November 2026, 18:00 Taipei time.",
    ]


def test_a_promise_kept_is_no_longer_shown(promised, agent):
    casework.acknowledge(complaint_id=promised.pk, by=agent)
    assert "We will confirm" not in _shown(promised)


def test_a_promise_broken_is_admitted(promised):
    with time_machine.travel(datetime(2026, 11, 23, 15, 0, tzinfo=TAIPEI), tick=False):
        assert _shown(promised).splitlines()[0] == (
            "By Monday 23 November 2026, 14:00 Taipei time we should have confirmed that we have taken it on."
            " We are late, and we are sorry."
        )


def test_no_date_is_shown_while_the_time_stands_still(promised, agent):
    casework.acknowledge(complaint_id=promised.pk, by=agent)
    casework.wait(complaint_id=promised.pk, by=agent, question="Which card was it?")
    assert "We will answer by" not in _shown(promised)


def test_the_receipt_shows_the_dates(client, filed):
    publish_calendar()
    publish_policy()
    filed()
    body = client.get("/file/receipt/").content.decode()
    assert "We will answer by" in body
    assert "Taipei time" in body


def test_the_page_says_why_each_date_is_that_date(client, promised):
    client.get(access.signed_link(promised).removeprefix("http://127.0.0.1:8000"), follow=True)
    page = client.get(f"/track/{promised.reference}/").content.decode()
    assert page.count("<details") >= 3
    assert "Why this date?" in page
    assert "We have 24 working hours for this: hours in which our office is open." in page
    assert "They count from Monday 23 November 2026, 09:00 Taipei time, when your complaint reached us." in page


def test_the_page_admits_that_it_is_late(client, promised):
    client.get(access.signed_link(promised).removeprefix("http://127.0.0.1:8000"), follow=True)
    address = f"/track/{promised.reference}/"
    assert "go to somebody more senior by themselves" not in client.get(address).content.decode()
    with time_machine.travel(datetime(2026, 11, 23, 15, 0, tzinfo=TAIPEI), tick=False):
        assert "go to somebody more senior by themselves" in client.get(address).content.decode()


def test_the_offices_own_clocks_are_nobody_elses_business(register):
    publish_calendar()
    publish_policy(clocks={"authority_report": {"target": {"unit": "hours", "amount": 12}}})
    complaint = register().complaint
    assert complaint.clocks.count() == 1
    assert _shown(complaint) == ""


def test_word_on_progress_is_promised_too(register):
    publish_calendar()
    publish_policy(clocks={"progress": {"target": {"unit": "working_days", "amount": 3}}})
    assert _shown(register().complaint).startswith("We will tell you by ")


def test_the_dates_of_a_case_cost_the_same_however_many(promised, django_assert_num_queries):
    with django_assert_num_queries(2):
        _shown(promised)
