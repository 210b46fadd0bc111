"""Trying out a deadline on the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Event
from tests.factories.escalation import publish_calendar

ASKED = {
    "calendar": "office",
    "amount": "8",
    "unit": "working_hours",
    "start_on": "2026-03-06",
    "start_at": "15:00",
}


@pytest.fixture
def calendar(db):
    return publish_calendar(
        name="Office hours",
        covers_until="2026-12-31",
        days={"2026-03-09": []},
        notes={"2026-03-09": "Founders' day"},
    )


@pytest.fixture
def ask(client, calendar, agent):
    client.force_login(agent)
    return lambda **changes: client.get(reverse("escalation:what-if"), ASKED | changes)


def test_the_answer_is_the_deadline_the_points_and_every_stretch(ask):
    response = ask()
    text = response.content.decode()
    assert response.status_code == 200
    assert "Tuesday 10 March 2026, 15:00 Taipei time" in text  # 3 h on Friday, 5 h on Tuesday
    assert "Tuesday 10 March 2026, 10:00 Taipei time" in text  # half of it
    assert "1/2 of the time" in text
    assert "4/5 of the time" in text
    assert "day off, not counted" in text
    assert "holiday (Founders&#x27; day), not counted" in text
    assert "Provisional" not in text


def test_what_counts_adds_up_to_the_target(ask):
    answer = ask().context["answer"]
    assert sum(stretch.counted_seconds for stretch in answer.stretches) == 8 * 3600


def test_the_day_of_receipt_is_marked_as_not_counted(ask):
    lines = ask(unit="working_days", amount="1").context["answer"].lines
    assert ["not counted" in line.sentence for line in lines] == [not line.counts for line in lines]
    assert "the day of receipt is not counted" in lines[0].sentence


def test_the_page_before_anything_is_asked_suggests_a_question(client, calendar, agent):
    client.force_login(agent)
    response = client.get(reverse("escalation:what-if"))
    assert response.status_code == 200
    assert "answer" not in response.context
    assert response.context["form"].initial["amount"] == 3


def test_calendars_that_share_a_name_are_told_apart(client, calendar, agent):
    publish_calendar("office-south", name="Office hours")
    publish_calendar("night", name="Night shift")
    client.force_login(agent)
    form = client.get(reverse("escalation:what-if")).context["form"]
    assert [label for _code, label in form.fields["calendar"].choices] == [
        "Night shift",
        "Office hours · office",
        "Office hours · office-south",
    ]


def test_an_office_without_calendars_is_told_so(client, agent):
    client.force_login(agent)
    assert "There is no calendar yet" in client.get(reverse("escalation:what-if")).content.decode()


def test_pauses_put_the_deadline_off_and_stay_in_the_form(ask):
    response = ask(
        **{
            "unit": "hours",
            "pause1-begins": "2026-03-06T16:00",
            "pause1-ends": "2026-03-06T18:00",
            "pause2-begins": "2026-03-06T20:00",
            "pause2-ends": "2026-03-06T21:00",
        }
    )
    text = response.content.decode()
    assert "Saturday 7 March 2026, 02:00 Taipei time" in text
    assert text.count("paused while waiting, not counted") == 2
    assert 'name="pause3-begins"' in text


def test_working_days_may_count_the_day_of_the_receipt(ask):
    counted = {"unit": "working_days", "amount": "1", "count_from": "same_day"}
    assert "Friday 6 March 2026, 18:00 Taipei time" in ask(**counted).content.decode()
    assert "Tuesday 10 March 2026, 18:00 Taipei time" in ask(unit="working_days", amount="1").content.decode()


def test_calendar_days_may_roll_to_a_working_day(ask):
    assert "Saturday 7 March 2026, 23:59" in ask(unit="calendar_days", amount="1").content.decode()
    assert "Tuesday 10 March 2026, 23:59" in ask(unit="calendar_days", amount="1", roll="on").content.decode()


def test_the_start_is_meant_by_the_clock_of_the_calendars_place(ask):
    publish_calendar("london", name="London", timezone="Europe/London")
    assert "Friday 6 March 2026, 17:00 London time" in ask(calendar="london", amount="2").content.decode()


def test_a_deadline_past_the_listed_days_is_provisional(ask):
    text = ask(start_on="2026-12-31").content.decode()
    assert "this calendar lists days off only until 2026-12-31" in text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"calendar": "moon"}, "calendar", "There is no such calendar"),
        ({"calendar": ""}, "calendar", "“Calendar”: choose one."),
        ({"amount": "0"}, "amount", "This must be a number above 0"),
        ({"amount": "-1"}, "amount", "This must be a number above 0"),
        ({"amount": "999999999"}, "amount", "This must be a number above 0 and up to"),
        ({"amount": "1e999999"}, "amount", "This is far too much"),
        ({"amount": "NaN"}, "amount", "Enter a number"),
        ({"amount": "1.5", "unit": "working_days"}, "amount", "This must be a whole number from 1 to 3653."),
        ({"unit": "moons"}, "unit", "There is no such unit"),
        ({"start_on": "9999-12-31"}, "start_on", "Write a date from the year 2000 to 2199."),
        ({"start_on": "0001-01-01"}, "start_on", "Write a date from the year 2000 to 2199."),
        ({"start_on": "yesterday"}, "start_on", "Enter a valid date"),
        ({"start_at": "25:00"}, "start_at", "Enter a valid time"),
        ({"count_from": "x", "unit": "working_days"}, "count_from", "Choose one of the list."),
    ],
)
def test_what_cannot_be_computed_is_said_at_its_field(ask, changes, field, sentence):
    response = ask(**changes)
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert "answer" not in response.context


@pytest.mark.parametrize(
    ("begins", "ends", "field", "sentence"),
    [
        ("2026-03-06T18:00", "2026-03-06T16:00", "ends", "The pause ends before it begins"),
        ("2026-03-06T18:00", "", "ends", "Say when the pause ends, too."),
        ("", "2026-03-06T18:00", "begins", "Say when the pause begins, too."),
        ("9999-12-31T23:59", "9999-12-31T23:59", "begins", "Write a date from the year 2000 to 2199."),
        ("soon", "later", "begins", "Write date and time"),
    ],
)
def test_a_pause_that_cannot_be_is_said_at_its_field(ask, begins, ends, field, sentence):
    response = ask(**{"pause1-begins": begins, "pause1-ends": ends})
    assert response.status_code == 422
    assert sentence in " ".join(response.context["pauses"][0].errors[field])
    assert sentence in response.content.decode()


def test_everything_that_is_wrong_is_told_in_one_list_on_top(ask):
    response = ask(
        calendar="moon",
        amount="0",
        start_on="9999-12-31",
        **{"pause1-begins": "2026-03-06T18:00", "pause1-ends": "2026-03-06T16:00"},
    )
    text = response.content.decode()
    assert text.count("There is a problem") == 1
    assert set(response.context["form"].errors) == {"amount", "start_on", "calendar"}
    assert 'href="#id_pause1-ends"' in text


def test_a_time_that_summer_time_skips_is_refused(ask):
    publish_calendar("london", timezone="Europe/London")
    response = ask(calendar="london", start_on="2026-03-29", start_at="01:30")
    assert "skip this time of day" in " ".join(response.context["form"].errors["start_on"])


def test_a_target_that_is_never_reached_is_refused(ask):
    publish_calendar("rare", week={"mon": [["09:00", "09:30"]]})
    response = ask(calendar="rare", amount="80000")
    assert response.status_code == 422
    assert "outside the years" in " ".join(response.context["form"].errors["amount"])


def test_a_very_long_list_of_stretches_is_cut_and_says_so(ask):
    text = ask(amount="8000").content.decode()
    assert "more stretches are not listed" in text


def test_nobody_without_an_account_may_ask(client, calendar):
    assert client.get(reverse("escalation:what-if")).status_code == 302


def test_a_question_is_not_sent_to_be_kept(client, calendar, agent):
    client.force_login(agent)
    assert client.post(reverse("escalation:what-if"), ASKED).status_code == 405
    assert not Event.objects.exists()


def test_more_calendars_cost_no_more_queries(ask):
    ask()
    with CaptureQueriesContext(
        connection,
    ) as few:
        ask()
    for number in range(5):
        publish_calendar(f"office-{number}", name=f"Office {number}")
    ask()
    with CaptureQueriesContext(connection) as many:
        ask()
    assert len(many) == len(few) <= 5
