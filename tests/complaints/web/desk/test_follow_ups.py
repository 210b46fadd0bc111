"""Follow-ups, closing and promising replies at the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.aftercare import FollowUpMode, Satisfaction
from complaints.models import Complainant, Complaint, FollowUp
from complaints.services import casework, closing, follow_ups
from complaints.vocabulary import Outcome, Priority
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

CALL = {"mode": "phone", "result": "satisfied", "words": "All is well."}
UNHAPPY = {
    "mode": "visit",
    "result": "dissatisfied",
    "words": "Charged again.",
    "upheld": "yes",
    "reasons": "It is so.",
}


@pytest.fixture
def answered(complaint, handler):
    return casework.resolve(
        complaint_id=complaint.pk,
        by=_holds(complaint, handler),
        outcome=Outcome.UPHELD,
        reasons="The till.",
        message="Paid back.",
    )


def _holds(complaint, person):
    Complaint.objects.filter(pk=complaint.pk).update(holder=person)
    return person


def test_a_follow_up_by_form_stands_in_the_panel_and_the_story(desk, agent, answered, words):
    browser = desk(agent)
    assert "Nobody has asked yet" in words(browser.opens(answered))
    assert "What they said" in words(browser.opens(answered, "follow-up"))
    assert browser.does("follow-up", answered, **CALL, own_words="on").status_code == 302
    page = words(browser.opens(answered))
    assert 'id="follow-up-1"' in page
    assert "No. 1, Phone call" in page
    assert "asked the complainant whether the answer holds (Phone call): Satisfied. In their own words:" in page


def test_rework_by_form_is_shown_to_whoever_leads(desk, agent, supervisor, answered, words):
    assert desk(agent).does("follow-up", answered, **UNHAPPY).status_code == 302
    page = words(desk(supervisor).opens(answered))
    assert "Reworked once" in page
    assert "found by follow-up no. 1 that the answer did not hold" in page
    answered.refresh_from_db()
    assert (answered.status, answered.cycle) == ("assessing", 2)
    listed = words(desk(supervisor).get(reverse("desk:complaints"), {"reworked": "true"}))
    assert answered.reference in listed
    assert answered.reference not in words(desk(supervisor).get(reverse("desk:complaints"), {"reworked": "false"}))


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    "wrong",
    [{"words": ""}, {"mode": "smoke"}, {"result": "partly"}, {"upheld": "yes"}, {"at": "soon"}, {"result": ""}],
)
def test_a_form_that_is_not_right_comes_back(desk, agent, answered, wrong, htmx):
    headers = {"HX-Request": "true"} if htmx else None
    assert desk(agent).does("follow-up", answered, **CALL | wrong, headers=headers).status_code == 422
    assert not FollowUp.objects.exists()


def test_refused_to_outsiders_and_of_major_ones_to_all_but_the_head(desk, outsider, agent, manager, answered, words):
    assert desk(outsider).does("follow-up", answered, **CALL).status_code == 404
    Complaint.objects.filter(pk=answered.pk).update(priority=Priority.MAJOR)
    page = words(desk(agent).opens(answered))
    assert "the head of the department follows up in person. Manager" in " ".join(page.split()).replace(
        '<span class="strong">', ""
    )
    assert desk(agent).does("follow-up", answered, **CALL, headers={"HX-Request": "true"}).status_code == 403
    assert desk(manager).does("follow-up", answered, **CALL).status_code == 302


def test_closing_asks_why(desk, agent, answered, words):
    browser = desk(agent)
    assert "Closed because" in words(browser.opens(answered, "close"))
    assert browser.does("close", answered).status_code == 422
    answer = browser.does("close", answered, reason="silent", note="x")
    assert answer.status_code == 422
    assert "silence says nothing" in words(answer)
    assert browser.does("close", answered, reason="no_contact", note="Called three times.").status_code == 302
    page = words(browser.opens(answered))
    assert "closed the complaint: The complainant could not be reached." in page
    assert "Called three times." in page


def test_the_stated_date_stands_on_the_dossier(desk, agent, answered, words):
    assert "Nothing closes it by itself" in words(desk(agent).opens(answered))
    closing.state_last_date(answered, timezone.now() + timedelta(days=3))
    page = words(desk(agent).opens(answered))
    assert "The complainant can object until" in page
    assert "Say the date by phone or on paper" not in page, "an e-mail says it"
    Complainant.objects.update(email="")
    assert "Say the date by phone or on paper" in words(desk(agent).opens(answered))


def test_a_rating_stands_on_the_dossier(desk, agent, answered, words):
    follow_ups.rate(complaint_id=answered.pk, satisfied=False, words="Too slow.")
    page = words(desk(agent).opens(answered))
    assert "said on their page" in page
    assert "is not satisfied with the answer." in page
    assert "Too slow." in page


def test_a_reply_promises_a_date_by_the_composer(desk, agent, complaint, words):
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}})
    browser = desk(agent)
    assert "You promise to come back to them by" in words(browser.opens(complaint))
    assert browser.does("reply", complaint, body="We call.", promise_until="2001-01-01T10:00").status_code == 422
    ahead = timezone.localtime() + timedelta(days=2)
    given = {"body": "We call you back.", "promise_until": ahead.strftime("%Y-%m-%dT%H:%M")}
    assert browser.does("reply", complaint, **given).status_code == 302
    assert "The letter promises a date" in words(browser.opens(complaint))
    assert complaint.clocks.get(kind="promise").state == "running"


def test_after_the_answer_the_composer_promises_nothing(desk, agent, answered, words):
    assert "You promise to come back" not in words(desk(agent).opens(answered))


def test_the_dossier_costs_the_same_however_many_follow_ups(desk, agent, answered):
    browser, costs = desk(agent), []
    for _round in range(3):
        for _one in range(2):
            follow_ups.follow_up(
                complaint_id=answered.pk,
                by=agent,
                mode=FollowUpMode.PHONE,
                result=Satisfaction.SATISFIED,
                words="Yes.",
            )
        with CaptureQueriesContext(connection) as queries:
            browser.opens(answered)
        costs.append(len(queries))
    assert costs[1] == costs[2]
