"""After the answer, on the complainant's page: rating, the stated date, the promised one, and whom to turn to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints import access
from complaints.aftercare import CloseReason, FollowUpMode, Satisfaction
from complaints.models import Rating
from complaints.services import casework, closing, correspondence, follow_ups
from complaints.vocabulary import Outcome
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(client, register, agent, handler):
    complaint = register().complaint
    casework.assign(complaint_id=complaint.pk, by=agent, to=handler)
    client.get(access.signed_link(complaint).removeprefix("http://127.0.0.1:8000"), follow=True)
    return complaint


@pytest.fixture
def answered(case, handler):
    return casework.resolve(
        complaint_id=case.pk, by=handler, outcome=Outcome.UPHELD, reasons="The till.", message="Paid back."
    )


def page(client, complaint):
    return client.get(f"/track/{complaint.reference}/").content.decode()


def send(client, complaint, act, **answers):
    return client.post(f"/track/{complaint.reference}/", {"act": act} | answers)


@pytest.mark.parametrize(("said", "satisfied"), [("yes", True), ("no", False)])
def test_satisfied_or_not_with_words_and_then_it_is_written(client, answered, said, satisfied):
    assert "Are you satisfied with our answer?" in page(client, answered)
    assert send(client, answered, "rate", **{"rate-satisfied": said, "rate-body": "So it was."}).status_code == 302
    rating = Rating.objects.get()
    assert (rating.satisfied, rating.message.body) == (satisfied, "So it was.")
    shown = page(client, answered)
    assert "You told us whether you are satisfied" in shown
    assert "So it was." in shown
    assert "Are you satisfied with our answer?" not in shown
    answered.refresh_from_db()
    assert answered.status == "resolved"


def test_a_rating_without_a_choice_comes_back_with_the_words(client, answered):
    answer = send(client, answered, "rate", **{"rate-body": "I wonder."})
    assert answer.status_code == 422
    assert "Say whether you are satisfied or not." in answer.content.decode()
    assert "I wonder." in answer.content.decode()
    send(client, answered, "rate", **{"rate-satisfied": "yes"})
    again = send(client, answered, "rate", **{"rate-satisfied": "no", "rate-body": "After all."})
    assert again.status_code == 422
    assert "After all." in again.content.decode()


def test_before_the_answer_there_is_nothing_to_rate(client, case):
    assert "Are you satisfied" not in page(client, case)
    assert send(client, case, "rate", **{"rate-satisfied": "yes"}).status_code == 422
    assert not Rating.objects.exists()


def test_the_page_states_the_date_only_where_there_is_one(client, answered):
    assert "close the complaint" not in page(client, answered)
    closing.state_last_date(answered, timezone.now() + timedelta(days=14))
    assert "You can disagree until" in page(client, answered)


def test_a_reply_with_a_date_shows_it(client, case, agent):
    publish_calendar()
    publish_policy(clocks={"resolution": {"target": working_hours(24)}})
    ahead = timezone.now() + timedelta(days=2)
    correspondence.reply(complaint_id=case.pk, by=agent, body="We call you back.", promise_until=ahead)
    shown = page(client, case)
    assert "We promised to come back to you by" in shown
    assert "what we promised you" in shown


def test_a_follow_up_and_the_end_are_told_without_the_office_s_words(client, answered, agent):
    follow_ups.follow_up(
        complaint_id=answered.pk, by=agent, mode=FollowUpMode.PHONE, result=Satisfaction.SATISFIED, words="canary-one"
    )
    casework.close(complaint_id=answered.pk, by=agent, reason=CloseReason.CONFIRMED, note="canary-two")
    shown = page(client, answered)
    assert "We asked you whether our answer holds" in shown
    assert "You told us that it is settled." in shown
    assert "canary" not in shown
    assert "Are you satisfied with our answer?" in shown, "what is closed can still be rated"


def test_a_department_that_shows_its_desk_shows_no_names(client, answered, branch):
    assert "Handler" in page(client, answered)
    branch.desk_name, branch.desk_phone = "Service desk", "02-9999"
    branch.save()
    shown = page(client, answered)
    assert "Handler" not in shown
    assert "Service desk" in shown
    assert "02-9999" in shown
    branch.desk_translations = {"zh-hant": "客服專線"}
    branch.save()
    assert "Service desk" in page(client, answered), "in the reader's language"
    client.cookies["django_language"] = "zh-hant"
    shown = page(client, answered)
    assert "客服專線" in shown
    assert "Service desk" not in shown
