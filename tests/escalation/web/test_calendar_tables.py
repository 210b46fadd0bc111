"""Laying a table of days off onto a calendar on the desk: look first, then publish."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from escalation.models import CalendarVersion
from tests.factories.escalation import OFFICE_HOURS, publish_calendar

TABLE = """country,date,kind,name
XA,2026-03-04,holiday,River day
XA,2026-03-07,makeup_workday,River <b>day</b>
XA,2026-11-04,holiday,Mill day
XB,2027-11-05,holiday,Hill day
"""
PAGE = "escalation:calendar-table"
PUBLISH = "escalation:calendar-table-publish"


@pytest.fixture
def calendar(db):
    return publish_calendar(days={"2026-05-05": []}, notes={"2026-05-05": "Our day"}, covers_until="2025-12-31")


@pytest.fixture
def send(calendar, client, administrator, at):
    client.force_login(administrator)

    def _send(text=TABLE, **given):
        file = SimpleUploadedFile("table.csv", text if isinstance(text, bytes) else text.encode())
        with at("2026-01-05 09:00"):
            return client.post(reverse(PAGE, args=["office"]), {"file": file, "own": "keep"} | given)

    return _send


def test_the_form_starts_with_this_year_and_offers_the_weekdays_that_work(calendar, client, administrator, at):
    client.force_login(administrator)
    with at("2026-01-05 09:00"):
        response = client.get(reverse(PAGE, args=["office"]))
    assert response.context["form"].initial["first_year"] == 2026
    assert [code for code, _name in response.context["form"].fields["make_up"].choices] == [
        "",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    ]


def test_the_preview_shows_what_changes_and_publishes_nothing(send):
    response = send(country="XA")
    text = response.content.decode()
    assert response.status_code == 200
    assert [change.on.isoformat() for change in response.context["laid"].changes] == [
        "2026-03-04",
        "2026-03-07",
        "2026-11-04",
    ]
    assert "2026-12-31" in text
    assert "Our day" in text, "its own day is kept, and said"
    assert "River &lt;b&gt;day" in text
    assert CalendarVersion.objects.count() == 1


def test_what_was_seen_is_published(send, client):
    publish = send(country="XA", make_up="fri").context["publish"]
    response = client.post(reverse(PUBLISH, args=["office"]), publish.initial, follow=True)
    assert "office: version 2 is the newest." in response.content.decode()
    newest = CalendarVersion.objects.get(number=2)
    assert newest.document["days"]["2026-03-07"] == OFFICE_HOURS
    assert newest.document["notes"]["2026-05-05"] == "Our day"
    assert newest.covers_until.isoformat() == "2026-12-31"


def test_days_of_its_own_can_be_dropped(send):
    laid = send(country="XA", own="drop").context["laid"]
    assert not laid.own
    assert "2026-05-05" in [change.on.isoformat() for change in laid.changes]


def test_a_table_that_says_nothing_new_offers_nothing_to_publish(send, client):
    client.post(reverse(PUBLISH, args=["office"]), send(country="XA").context["publish"].initial)
    response = send(country="XA")
    assert "the calendar already says all of this" in response.content.decode()
    assert reverse(PUBLISH, args=["office"]) not in response.content.decode()


def test_what_somebody_else_published_meanwhile_is_not_overwritten(send, client):
    publish = send(country="XA").context["publish"]
    publish_calendar(covers_until="2026-06-30")
    response = client.post(reverse(PUBLISH, args=["office"]), publish.initial, follow=True)
    assert "Somebody published another version meanwhile" in response.content.decode()
    assert CalendarVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "given", "field", "sentence"),
    [
        (TABLE, {}, "country", "choose one of: XA, XB"),
        (TABLE, {"country": "XB", "last_year": 2026}, "first_year", "it has: 2027"),
        ("date,kind\n2026-01-01,maybe", {}, "file", "line 2"),
        (b"", {}, "file", "column names"),
        ("開國".encode("big5"), {}, "file", "UTF-8"),
        ("date,name\n" + "x" * 1_000_000, {}, "file", "more than a megabyte"),
        (TABLE, {"own": ""}, "own", "choose one"),
        (TABLE, {"first_year": "soon"}, "first_year", "whole number"),
        (TABLE, {"covers_until": "soon"}, "covers_until", "valid date"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(send, text, given, field, sentence):
    response = send(text, **given)
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])


@pytest.mark.parametrize("document", ["", "{", "[]", '{"name": "x"}'])
def test_what_no_preview_showed_is_not_published(send, client, document):
    response = client.post(reverse(PUBLISH, args=["office"]), {"document": document, "after": 1}, follow=True)
    assert response.status_code == 200
    assert response.context["messages"]
    assert CalendarVersion.objects.count() == 1


def test_tables_are_for_administrators_and_calendars_that_exist(calendar, client, agent, administrator):
    client.force_login(agent)
    assert client.get(reverse(PAGE, args=["office"])).status_code == 403
    assert client.post(reverse(PUBLISH, args=["office"]), {}).status_code == 403
    assert reverse(PAGE, args=["office"]) not in client.get(reverse("escalation:calendars")).content.decode()
    client.force_login(administrator)
    assert client.get(reverse(PAGE, args=["moon"])).status_code == 404
    assert reverse(PAGE, args=["office"]) in client.get(reverse("escalation:calendars")).content.decode()
