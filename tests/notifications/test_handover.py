"""The list that is handed over in the morning."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from complaints import events
from complaints.lifecycle import Verb
from escalation.happenings import Happening
from escalation.models import Calendar, OfficeHours
from notifications import selectors
from notifications.selectors import Mark, Period
from tests.factories import ComplaintFactory, DepartmentFactory, UserFactory
from tests.factories.escalation import ALL_DAY, publish_calendar
from tests.notifications.ladder import step, sweep

pytestmark = pytest.mark.django_db

TAIPEI = ZoneInfo("Asia/Taipei")


def taipei(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


def at(text: str) -> time_machine.travel:
    return time_machine.travel(taipei(text), tick=False)


@pytest.fixture
def office_hours(head_office):
    def _office_hours(**changes):
        publish_calendar("office", **changes)
        return OfficeHours.objects.create(department=head_office, calendar=Calendar.objects.get(code="office"))

    return _office_hours


# --- when the office was closed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "since", "until"),
    [
        ("2026-03-10 10:30", "2026-03-09 18:00", "2026-03-10 09:00"),  # a Tuesday morning
        ("2026-03-10 14:00", "2026-03-09 18:00", "2026-03-10 09:00"),  # the break at noon does not count
        ("2026-03-10 08:00", "2026-03-09 18:00", "2026-03-10 08:00"),  # not open yet
        ("2026-03-10 21:00", "2026-03-10 18:00", "2026-03-10 21:00"),  # closed again
        ("2026-03-09 09:00", "2026-03-06 18:00", "2026-03-09 09:00"),  # a weekend
        ("2026-03-08 12:00", "2026-03-06 18:00", "2026-03-08 12:00"),  # in the middle of it
    ],
)
def test_it_tells_of_the_time_since_the_office_closed(office_hours, agent, now, since, until):
    office_hours()
    assert selectors.last_closed(agent, taipei(now)) == Period(taipei(since), taipei(until), closed=True)


def test_an_office_that_never_closes_hands_over_the_last_day(office_hours, agent):
    office_hours(week=ALL_DAY)
    now = taipei("2026-03-10 10:30")
    assert selectors.last_closed(agent, now) == Period(now - timedelta(days=1), now, closed=False)


def test_so_does_one_whose_hours_nobody_knows(agent):
    now = taipei("2026-03-10 10:30")
    assert selectors.last_closed(agent, now) == Period(now - timedelta(days=1), now, closed=False)


# --- the list -----------------------------------------------------------------------------------------------


@pytest.fixture
def night(office_hours, branch, supervisor, register):
    """What happened in the night to Tuesday: a new complaint, a broken promise that climbed, one taken over."""
    office_hours()
    broken = ComplaintFactory(department=branch, subject="Broken", tier=2, holder=supervisor)
    taken = ComplaintFactory(department=branch, subject="Taken", tier=2, holder=supervisor)
    due = ComplaintFactory(department=branch, subject="Due", due_at=taipei("2026-03-10 16:00"))
    with at("2026-03-09 17:59"):
        events.record_many([step(ComplaintFactory(department=branch, subject="Before"))])
    with at("2026-03-09 20:00"):
        new = register(subject="New").complaint
        events.record(
            broken, kind=Happening.BREACHED, by=None, at=timezone.now(), clock=1, clock_kind="resolution", notify=False
        )
        sweep([broken])
        events.record(taken, kind=Verb.TAKE_OVER, by=supervisor, at=timezone.now())
    return {"broken": broken, "taken": taken, "due": due, "new": new}


def _list(user, now="2026-03-10 09:05") -> selectors.Handover:
    with at(now):
        moment = timezone.now()
        return selectors.handover_list(user, selectors.last_closed(user, moment), moment)


def test_the_most_urgent_comes_first_with_all_that_happened_to_it(night, agent):
    (section,) = _list(agent).sections
    assert [row.complaint.subject for row in section.rows] == ["Broken", "Due", "New", "Taken"]
    first = section.rows[0]
    assert [(line.mark, line.promises) for line in first.lines] == [
        (Mark.BROKEN, ["Resolution"]),
        (Mark.ESCALATED, []),
    ]
    assert [note.mark for note in first.notes] == [Mark.BROKEN, Mark.ESCALATED]
    assert first.notes[0].clock_kind == "Resolution"
    assert first.notes[1].tier == 2
    assert section.rows[3].notes[0].person == "Supervisor"


def test_whoever_was_to_be_told_sees_what_waited(night, supervisor):
    counts = _list(supervisor).counts
    assert counts[Mark.WAITED] == 1
    assert counts[Mark.BROKEN] == 1


def test_each_department_has_its_own_part(night, executive, head_office, register):
    with at("2026-03-09 21:00"):
        register(subject="Elsewhere", department=DepartmentFactory(code="a-south", parent=head_office))
    assert [section.department.code for section in _list(executive).sections] == ["a-south", "north"]


def test_nobody_reads_of_complaints_they_do_not_see(night, outsider):
    assert _list(outsider).sections == ()


def test_a_very_long_list_names_the_most_urgent_and_counts_the_rest(night, agent, monkeypatch):
    monkeypatch.setattr("notifications.selectors.handover.MOST_LISTED", 2)
    listed = _list(agent)
    assert [row.complaint.subject for row in listed.rows] == ["Broken", "Due"]
    assert listed.unlisted == 2


def test_twice_as_many_complaints_and_departments_cost_no_more_statements(
    client, office_hours, executive, branch, head_office
):
    office_hours()
    client.force_login(executive)

    def cost(count) -> int:
        with at("2026-03-09 20:00"):
            places = [DepartmentFactory(parent=head_office) for _number in range(count)]
            clerks = [UserFactory(department=place, role=Role.HANDLER) for place in places]
            complaints = [
                ComplaintFactory(department=place, holder=clerk) for place, clerk in zip(places, clerks, strict=True)
            ]
            sweep(complaints, roles=[Role.EXECUTIVE])
            for complaint, clerk in zip(complaints, clerks, strict=True):
                events.record(complaint, kind=Verb.TAKE_OVER, by=clerk, at=timezone.now())
        with at("2026-03-10 09:05"), CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("notifications:handover")).status_code == 200
        return len(queries)

    cost(1)
    assert cost(3) == cost(6)


# --- the page -----------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, agent):
    client.force_login(agent)

    def _page(now="2026-03-10 09:05", **address):
        with at(now):
            return client.get(reverse("notifications:handover"), address)

    return _page


def test_the_page_links_to_every_complaint_and_says_which_time_it_tells_of(night, page):
    html = page().content.decode()
    assert "While the office was closed, from" in html
    assert "Monday 9 March 2026, 18:00" in html
    for complaint in night.values():
        assert reverse("desk:dossier", args=[complaint.reference]) in html
    assert "data-print" in html


def test_another_period_stands_in_the_address(night, page):
    html = page(since="2026-03-09T17:00", until="2026-03-09T18:00").content.decode()
    assert "Before" in html
    assert "Broken" not in html


def test_an_empty_night_says_so(office_hours, page):
    office_hours()
    assert "Nothing to hand over" in page().content.decode()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ({"since": "2026-03-09T18:00", "until": "2026-03-09T17:00"}, "later than the beginning"),
        ({"since": "2026-01-01T00:00", "until": "2026-03-09T17:00"}, "more than a month"),
        ({"since": "yesterday", "until": "2026-03-09T17:00"}, "valid date"),
        ({"since": "2026-03-09T18:00"}, "may not be empty"),
    ],
)
def test_a_period_that_is_none_is_refused_in_words(page, address, says):
    response = page(**address)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_visitors_are_led_to_the_sign_in_page(client):
    assert client.get(reverse("notifications:handover")).status_code == 302
