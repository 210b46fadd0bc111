"""Letters after the answer: the stated date, the promised one, the end, the contact; and rework, to those who lead."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.services import casework, correspondence, follow_ups
from complaints.vocabulary import Outcome
from escalation.services import policies
from tests.factories.escalation import publish_calendar, working_hours

pytestmark = pytest.mark.django_db

COMPLAINANT = "lin@example.org"


@pytest.fixture
def policy(db, settings):
    settings.COMPLAINT_EVENT_HANDLERS = ["escalation.handlers.keep_clocks", *settings.COMPLAINT_EVENT_HANDLERS]
    publish_calendar()
    document = {
        "calendar": "office",
        "clocks": {"resolution": {"target": working_hours(24)}},
        "silence": {"unit": "calendar_days", "amount": 14},
    }
    return policies.publish(code="standard", document=document, name="standard", position=100, is_active=True)


@pytest.fixture
def complaint(register, agent, handler):
    complaint = register().complaint
    return casework.assign(complaint_id=complaint.pk, by=agent, to=handler)


@pytest.fixture
def answer(complaint, handler):
    def _answer():
        return casework.resolve(
            complaint_id=complaint.pk, by=handler, outcome=Outcome.UPHELD, reasons="The till.", message="Paid back."
        )

    return _answer


def test_the_answer_states_the_date_only_where_the_policy_does(told, answer):
    answer()
    assert "You can disagree until" not in told(to=COMPLAINANT, kind="resolve")[-1].body


def test_the_answer_states_the_date_and_names_the_contact(policy, told, answer, complaint, handler):
    handler.phone = "02-1234"
    handler.save()
    answer()
    body = told(to=COMPLAINANT, kind="resolve")[-1].body
    assert "You can disagree until" in body
    assert "Your contact: Handler, North branch, phone 02-1234" in body


def test_the_department_of_the_contact_is_named_in_the_readers_language(told, answer, branch, complaint):
    branch.translations = {"zh-hant": "北區"}
    branch.save()
    complaint.language = "zh-hant"
    complaint.save()
    answer()
    body = told(to=COMPLAINANT, kind="resolve")[-1].body
    assert "北區" in body
    assert "North branch" not in body


def test_a_contact_that_the_answer_names_is_not_named_again(told, complaint, handler):
    message = "Paid back. Ask Handler."
    given = {"outcome": Outcome.UPHELD, "reasons": "The till.", "message": message}
    casework.resolve(complaint_id=complaint.pk, by=handler, **given)
    assert "Your contact" not in told(to=COMPLAINANT, kind="resolve")[-1].body


def test_a_desk_stands_for_its_people(told, answer, branch):
    branch.desk_name = "Service desk"
    branch.save()
    answer()
    body = told(to=COMPLAINANT, kind="resolve")[-1].body
    assert "Your contact: Service desk, North branch" in body
    assert "Handler" not in body


def test_a_desk_is_named_in_the_language_of_the_letter(told, register, handler, branch):
    branch.desk_name, branch.desk_translations = "Service desk", {"zh-hant": "客服專線"}
    branch.save()
    complaint = register(language="zh-hant").complaint
    given = {"outcome": Outcome.UPHELD, "reasons": "The till.", "message": "已退款。"}
    with translation.override("en"):
        casework.resolve(complaint_id=complaint.pk, by=handler, **given)
    body = told(to=COMPLAINANT, kind="resolve")[-1].body
    assert "客服專線" in body
    assert "Service desk" not in body


def test_a_reply_says_what_it_promises(policy, told, complaint, handler):
    ahead = timezone.now() + timedelta(days=2)
    correspondence.reply(complaint_id=complaint.pk, by=handler, body="We call you back.", promise_until=ahead)
    assert "We promise to come back to you by" in told(to=COMPLAINANT, kind="reply")[-1].body


def test_the_end_is_told_with_its_reason_and_none_of_our_words(told, answer, complaint, agent):
    answer()
    casework.close(complaint_id=complaint.pk, by=agent, reason=CloseReason.NO_CONTACT, note="canary")
    letter = told(to=COMPLAINANT, kind="close")[-1]
    assert "We could not reach you." in letter.body
    assert "canary" not in letter.body


def test_rework_is_told_to_those_who_lead_and_an_unhappy_rating_to_the_holder(
    told, answer, complaint, agent, handler, supervisor
):
    answer()
    follow_ups.rate(complaint_id=complaint.pk, satisfied=False, words="canary")
    letter = told(to=handler.email, kind="rate")[-1]
    assert "not satisfied" in letter.subject
    assert "canary" not in letter.body
    follow_ups.follow_up(
        complaint_id=complaint.pk,
        by=agent,
        mode=FollowUpMode.PHONE,
        result=Satisfaction.DISSATISFIED,
        words="canary",
        upheld=True,
        reasons="canary",
    )
    letter = told(to=supervisor.email, kind="follow_up")[-1]
    assert "Reworks of this complaint so far: 1" in letter.body
    assert "canary" not in letter.body
    assert told(to=COMPLAINANT, kind="reopen")
    assert not told(to=supervisor.email, kind="rate")


def test_a_content_follow_up_and_rating_are_told_to_nobody(told, answer, complaint, agent):
    answer()
    follow_ups.rate(complaint_id=complaint.pk, satisfied=True)
    follow_ups.follow_up(
        complaint_id=complaint.pk, by=agent, mode=FollowUpMode.LETTER, result=Satisfaction.SATISFIED, words="Yes."
    )
    assert not told(kind="rate")
    assert not told(kind="follow_up")
