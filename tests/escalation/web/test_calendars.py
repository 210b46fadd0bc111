"""Calendars on the desk: list, year, export, import."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escalation import selectors, years
from escalation.models import Calendar, CalendarVersion, Recount
from escalation.years import DayKind
from tests.factories.escalation import OFFICE_HOURS, WEEKDAYS, publish_calendar, publish_policy

DOCUMENT = {
    "name": "Office hours",
    "timezone": "Asia/Taipei",
    "week": dict.fromkeys(WEEKDAYS, OFFICE_HOURS),
    "days": {"2026-01-01": [], "2026-02-14": OFFICE_HOURS, "2026-02-16": [["09:00", "12:00"]]},
    "notes": {"2026-01-01": "Founding day"},
    "covers_until": "2026-12-31",
}


@pytest.fixture
def calendar(db):
    return publish_calendar(**DOCUMENT)


@pytest.fixture
def bring_in(client, administrator):
    client.force_login(administrator)
    return lambda **given: client.post(reverse("escalation:calendar-import"), {"code": "office"} | given)


def listed(client, person):
    client.force_login(person)
    return client.get(reverse("escalation:calendars")).content.decode()


def test_the_list_says_zone_version_and_how_far_it_reaches(calendar, client, agent, at):
    with at("2026-03-02 09:00"):
        text = listed(client, agent)
    assert "Office hours" in text
    assert "Asia/Taipei" in text
    assert "2026-12-31" in text
    assert "Load the next days" not in text
    assert reverse("escalation:calendar-import") not in text


def test_less_than_sixty_days_before_the_end_is_an_alarm(calendar, client, agent, at):
    with at("2026-11-01 09:00"):
        assert "Load the next days" not in listed(client, agent)
    with at("2026-11-02 09:00"):
        assert "The listed days end on 2026-12-31." in listed(client, agent)


def test_a_running_deadline_past_the_listed_days_is_an_alarm_until_they_are_loaded(
    calendar, register, client, agent, at
):
    publish_policy(clocks={"resolution": {"target": {"unit": "working_days", "amount": 100}}})
    with at("2026-10-01 09:00"):
        register()
        assert "already lies past the listed days" in listed(client, agent)
        publish_calendar(**DOCUMENT | {"covers_until": "2027-12-31"})
        assert "already lies past the listed days" not in listed(client, agent)


def test_the_calendar_tells_what_became_of_running_deadlines(calendar, register, client, agent, administrator, at):
    publish_policy(clocks={"resolution": {"target": {"unit": "working_days", "amount": 10}}})
    with at("2026-12-21 09:00"):
        complaint = register().complaint
        assert "1 running deadline is provisional." in year_page(client, agent)
        client.force_login(administrator)
        newer = json.dumps(DOCUMENT | {"covers_until": "2027-12-31", "days": {"2027-01-01": []}, "notes": {}})
        client.post(reverse("escalation:calendar-import"), {"code": "office", "text": newer})
        text = year_page(client, agent)
        story = client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()
    assert "1 moved later" in text
    assert "is provisional" not in text
    assert "Administrator" in text, "who published it"
    assert "moved a deadline" in story
    assert "More days off were listed in the calendar." in story


def test_a_recount_that_goes_on_is_shown_as_such(calendar, client, agent, at):
    newest = publish_calendar(**DOCUMENT | {"covers_until": "2027-12-31"})
    Recount.objects.filter(version=newest).update(finished_at=None)
    assert "are being counted anew" in year_page(client, agent)
    assert "are being counted anew" in listed(client, agent)


def year_page(client, person):
    client.force_login(person)
    return client.get(reverse("escalation:calendar", args=["office"])).content.decode()


@pytest.mark.parametrize("page", ["desk:my-work", "escalation:engine"])
def test_administrators_are_told_where_they_work_that_days_are_missing(
    calendar, register, client, agent, administrator, at, page
):
    publish_policy(clocks={"resolution": {"target": {"unit": "working_days", "amount": 100}}})
    with at("2026-10-01 09:00"):
        register()
        client.force_login(administrator)
        text = client.get(reverse(page)).content.decode()
        assert "Office hours: the listed days end on 2026-12-31." in text
        assert "1 running deadline is provisional." in text
        assert reverse("escalation:calendar-table", args=["office"]) in text
        client.force_login(agent)
        assert "the listed days end" not in client.get(reverse("desk:my-work")).content.decode()
        publish_calendar(**DOCUMENT | {"covers_until": "2027-12-31"})
        client.force_login(administrator)
        assert "the listed days end" not in client.get(reverse(page)).content.decode()


def test_an_office_without_calendars_is_told_what_to_do(client, agent, administrator):
    assert "There is no calendar yet" in listed(client, agent)
    assert reverse("escalation:calendar-import") in listed(client, administrator)


def test_each_day_of_the_year_is_told_in_a_word(calendar, client, agent):
    client.force_login(agent)
    text = client.get(reverse("escalation:calendar-year", args=["office", 2026])).content.decode()
    assert text.count('class="month__day ') == 365
    assert "2026-01-01: Off · Founding day" in text
    assert "2026-02-14: Make-up 09:00–12:00, 13:00–18:00" in text
    assert "2026-02-16: Half day 09:00–12:00" in text
    assert reverse("escalation:calendar-year", args=["office", 2027]) in text


def test_what_a_day_is(calendar):
    months = years.year_of(selectors.calendar_rules(calendar.pk), 2026)
    kinds = {day.on: day.kind for month in months for week in month.weeks for day in week if day}
    assert kinds[date(2026, 1, 1)] == DayKind.CLOSED
    assert kinds[date(2026, 1, 2)] == DayKind.WORKING
    assert kinds[date(2026, 1, 3)] == DayKind.CLOSED
    assert kinds[date(2026, 2, 14)] == DayKind.MAKE_UP
    assert kinds[date(2026, 2, 16)] == DayKind.HALF
    assert all(len(week) == 7 for month in months for week in month.weeks)


@pytest.mark.parametrize(("code", "year"), [("moon", 2026), ("office", 1), ("office", 9999)])
def test_what_is_not_there_is_not_found(calendar, client, agent, code, year):
    client.force_login(agent)
    assert client.get(reverse("escalation:calendar-year", args=[code, year])).status_code == 404


def test_an_export_can_be_brought_in_again(calendar, client, agent, administrator):
    client.force_login(agent)
    export = client.get(reverse("escalation:calendar-export", args=["office"]))
    assert export["Content-Disposition"] == 'attachment; filename="office.json"'
    assert json.loads(export.content)["notes"] == {"2026-01-01": "Founding day"}
    client.force_login(administrator)
    again = {"code": "copy", "file": SimpleUploadedFile("office.json", export.content)}
    assert client.post(reverse("escalation:calendar-import"), again).status_code == 302
    assert CalendarVersion.objects.get(calendar__code="copy").document == calendar.document


def test_an_import_is_the_next_version(calendar, bring_in):
    changed = json.dumps(DOCUMENT | {"covers_until": "2027-12-31"})
    file = SimpleUploadedFile("office.json", changed.encode())
    assert bring_in(file=file).status_code == 302
    assert list(CalendarVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert bring_in(text=changed).status_code == 302
    assert CalendarVersion.objects.count() == 2, "the same again publishes nothing"


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"text": "{"}, "text", "This is not JSON"),
        ({"text": "[" * 100_000}, "text", "This is not JSON"),
        ({"text": json.dumps(DOCUMENT | {"timezone": "Mars/Base"})}, "text", "timezone: No time zone"),
        ({"text": json.dumps(DOCUMENT | {"week": {"mon": [["9", "17:00"]]}})}, "text", "week.mon[0]"),
        ({"text": json.dumps(DOCUMENT | {"name": "a\x00b"})}, "text", "U+0000"),
        ({"text": json.dumps(DOCUMENT | {"name": "a\ud800"})}, "text", "UTF-8"),
        ({"text": json.dumps(DOCUMENT), "code": "two words"}, "code", "without spaces"),
        ({}, "file", "Choose a file, or paste the text."),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(db, bring_in, given, field, sentence):
    response = bring_in(**given)
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert not Calendar.objects.exists()


def test_a_file_that_is_no_text_is_refused(db, bring_in):
    response = bring_in(file=SimpleUploadedFile("x.json", b"\xff\xfe\x00"))
    assert "UTF-8" in " ".join(response.context["form"].errors["file"])


def test_importing_is_for_administrators(calendar, client, agent):
    client.force_login(agent)
    assert client.get(reverse("escalation:calendar-import")).status_code == 403
    assert client.post(reverse("escalation:calendar-import"), {"code": "x", "text": "{}"}).status_code == 403


def test_calendars_need_a_person(calendar, client):
    for name, arguments in (("calendars", []), ("calendar", ["office"]), ("calendar-export", ["office"])):
        assert client.get(reverse(f"escalation:{name}", args=arguments)).status_code == 302


def test_more_calendars_cost_no_more_queries(calendar, client, agent):
    listed(client, agent)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("escalation:calendars"))
    for number in range(4):
        publish_calendar(f"office-{number}")
    listed(client, agent)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("escalation:calendars"))
    assert len(many) == len(few) <= 8
