"""The duty roster's page: what it shows to whom, and what planners do with it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, DutyShift
from accounts.roles import Role
from escalation.models import Calendar, OfficeHours
from escalation.selectors.duty import roster_week, stretches, zone_of
from tests.escalation.conftest import TAIPEI, taipei
from tests.factories import AbsenceFactory, DepartmentFactory, DutyShiftFactory, UserFactory
from tests.factories.escalation import publish_calendar

MONDAY = date(2026, 3, 2)
NOW = taipei("2026-03-04 10:00")


@pytest.fixture
def wednesday(at):
    with at("2026-03-04 10:00"):
        yield


@pytest.fixture
def roster(client, branch, supervisor, wednesday):
    """`roster(user)` is the week's page as that person sees it."""

    def _roster(user=supervisor, **asked):
        client.force_login(user)
        return client.get(reverse("escalation:duty"), {"department": branch.code} | asked)

    return _roster


def shift(user, department, begin, end, tier=2):
    return DutyShiftFactory(user=user, department=department, tier=tier, starts_at=taipei(begin), ends_at=taipei(end))


def parts(*shifts, absences=()):
    told = stretches(shifts, absences, taipei("2026-03-04 00:00"), taipei("2026-03-05 00:00"))
    return [
        (
            one.shift.user.name if one.shift else "",
            one.starts_at.astimezone(TAIPEI).strftime("%H"),
            one.ends_at.astimezone(TAIPEI).strftime("%H"),
        )
        for one in told
    ]


# --- a day ------------------------------------------------------------------------------------------------------


def test_a_day_without_shifts_is_one_gap(db):
    assert parts() == [("", "00", "00")]


def test_a_day_is_told_from_midnight_to_midnight_with_its_gaps(branch):
    night = shift(UserFactory(name="Night"), branch, "2026-03-03 18:00", "2026-03-04 09:00")
    late = shift(UserFactory(name="Late"), branch, "2026-03-04 18:00", "2026-03-05 09:00")
    assert parts(late, night) == [("Night", "00", "09"), ("", "09", "18"), ("Late", "18", "00")]


def test_shifts_that_overlap_or_whose_person_is_away_say_so(branch):
    first = shift(UserFactory(name="First"), branch, "2026-03-04 00:00", "2026-03-04 12:00")
    second = shift(UserFactory(name="Second"), branch, "2026-03-04 10:00", "2026-03-05 00:00")
    away = Absence(user=second.user, starts_at=taipei("2026-03-04 20:00"), ends_at=taipei("2026-03-06 00:00"))
    told = stretches([first, second], [away], taipei("2026-03-04 00:00"), taipei("2026-03-05 00:00"))
    assert [(one.overlaps, one.away) for one in told] == [(True, False), (True, True)]


def test_the_week_is_told_in_the_zone_of_the_departments_office_hours(branch, head_office):
    assert zone_of(branch.pk) == TAIPEI, "the house's own"
    publish_calendar("tokyo", timezone="Asia/Tokyo")
    OfficeHours.objects.create(department=head_office, calendar=Calendar.objects.get(code="tokyo"))
    assert zone_of(branch.pk) == ZoneInfo("Asia/Tokyo")
    DutyShiftFactory(
        user=UserFactory(),
        department=branch,
        starts_at=datetime(2026, 3, 1, 23, tzinfo=TAIPEI),
        ends_at=datetime(2026, 3, 1, 23, 30, tzinfo=TAIPEI),
    )
    week = roster_week(branch, MONDAY, NOW)
    assert week.tiers[1].days[0].stretches[0].shift is not None, "already Monday in Tokyo"


def test_who_holds_each_tier_now_and_why(branch, head_office, handler, supervisor, specialist, administrator):
    shift(UserFactory(name="Stand-in"), branch, "2026-03-04 09:00", "2026-03-04 18:00")
    AbsenceFactory(user=handler, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    week = roster_week(branch, MONDAY, NOW)
    told = [(row.now.person.name, row.now.found.way, row.now.stands_in) for row in week.tiers]
    assert told == [
        ("Stand-in", "shift", True),
        ("Stand-in", "shift", False),
        ("Specialist", "role", True),
        ("Specialist", "role", True),
        ("Administrator", "administrator", True),
    ]
    assert [person.name for person in week.tiers[0].now.away] == ["Handler"]


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_shows_the_week_its_gaps_and_who_is_away(roster, branch, supervisor, handler, manager):
    shift(manager, branch, "2026-03-04 18:00", "2026-03-05 09:00")
    AbsenceFactory(user=handler, starts_at=NOW, ends_at=NOW + timedelta(days=1), reason="sick", entered_by=supervisor)
    page = roster().content.decode()
    assert "Week 10: 2026-03-02 to 2026-03-08" in page
    assert "18:00–24:00" in page
    assert "00:00–09:00" in page
    assert "nobody on duty" in page
    assert "Handler is away and passed over." in page
    assert "Sick" in page
    assert "entered by Supervisor" in page


def test_everybody_on_the_staff_may_look_but_only_planners_plan_and_read_reasons(roster, branch, agent, handler):
    kept = shift(handler, branch, "2026-03-04 18:00", "2026-03-05 09:00")
    absence = AbsenceFactory(user=handler, starts_at=NOW, ends_at=NOW + timedelta(days=1), reason="sick")
    page = roster(agent).content.decode()
    assert "Handler" in page
    assert "Sick" not in page
    assert reverse("escalation:duty-shift", args=[kept.pk]) not in page
    assert reverse("escalation:duty-absence-end", args=[absence.pk]) not in page
    assert reverse("escalation:duty-shift-new") not in page


def test_visitors_are_led_to_the_sign_in_page(client, branch):
    assert client.get(reverse("escalation:duty")).status_code == 302


def test_without_a_choice_it_is_the_persons_own_department_and_this_week(client, supervisor, wednesday):
    client.force_login(supervisor)
    week = client.get(reverse("escalation:duty")).context["week"]
    assert (week.department, week.first) == (supervisor.department, MONDAY)


def test_another_week_is_a_link_and_htmx_gets_the_roster_alone(roster, client, branch):
    page = roster(week="2026-W11")
    assert page.context["week"].first == date(2026, 3, 9)
    assert "week=2026-W10" in page.context["previous"]
    part = client.get(reverse("escalation:duty"), {"department": branch.code}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b'id="roster"' in part.content


@pytest.mark.parametrize(
    "asked", [{"week": "2026-W60"}, {"week": "x"}, {"week": "9999-W01"}, {"week": "-W-W"}, {"department": "nowhere"}]
)
def test_a_week_or_department_that_does_not_exist_is_not_found(roster, asked):
    assert roster(**asked).status_code == 404


def test_the_page_costs_the_same_for_a_fuller_week(roster, client, branch, supervisor):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert roster().status_code == 200
        return len(caught)

    def fill():
        for day in ("02", "03", "04", "05"):
            person = UserFactory(department=branch, role=Role.HANDLER)
            shift(person, branch, f"2026-03-{day} 18:00", f"2026-03-{day} 23:00", tier=int(day) - 1)
            AbsenceFactory(user=person, starts_at=NOW, ends_at=NOW + timedelta(days=1), entered_by=supervisor)

    fill()
    roster()
    few = queries()
    fill()
    assert queries() <= few


# --- planning ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(branch, handler):
    return {
        "user": handler.pk,
        "tier": 2,
        "starts_at": "2026-03-05T18:00",
        "ends_at": "2026-03-06T09:00",
    }


@pytest.fixture
def new_shift(client, branch, wednesday):
    def _new_shift(user, given, **headers):
        client.force_login(user)
        address = f"{reverse('escalation:duty-shift-new')}?department={branch.code}"
        return client.post(address, given, headers=headers, follow=not headers)

    return _new_shift


def test_a_planner_puts_somebody_on_duty_in_the_departments_own_hours(new_shift, asked, supervisor, handler, branch):
    supervisor.timezone = "Europe/London"
    supervisor.save()
    page = new_shift(supervisor, asked)
    kept = DutyShift.objects.get()
    assert (kept.user, kept.department, kept.tier) == (handler, branch, 2)
    assert (kept.starts_at, kept.ends_at) == (taipei("2026-03-05 18:00"), taipei("2026-03-06 09:00"))
    assert "Handler is on the roster." in page.content.decode()
    assert page.context["week"].first == MONDAY


def test_the_form_comes_with_the_usual_hours_of_the_day_asked_for(client, supervisor, branch, wednesday):
    client.force_login(supervisor)
    page = client.get(reverse("escalation:duty-shift-new"), {"department": branch.code, "day": "2026-03-07"})
    assert b'value="2026-03-07T09:00"' in page.content
    part = client.get(
        reverse("escalation:duty-shift-new"), {"department": branch.code}, headers={"HX-Request": "true"}
    )
    assert b"<html" not in part.content
    assert b'id="duty-form"' in part.content


def test_somebody_who_does_not_plan_gets_neither_form_nor_shift(client, new_shift, asked, agent, outsider, branch):
    for person in (agent, outsider):
        assert new_shift(person, asked).status_code == 403
        assert client.get(reverse("escalation:duty-shift-new"), {"department": branch.code}).status_code == 403
    assert not DutyShift.objects.exists()


def test_a_shift_that_ends_before_it_begins_comes_back_with_the_sentence_at_its_field(new_shift, asked, supervisor):
    page = new_shift(supervisor, asked | {"ends_at": "2026-03-05T17:00"})
    assert page.status_code == 422
    assert "ends before it begins" in str(page.context["form"].errors["ends_at"])
    part = new_shift(supervisor, asked | {"user": ""}, **{"HX-Request": "true"})
    assert part.status_code == 422
    assert b"<html" not in part.content


def test_an_odd_shift_is_kept_and_the_planner_is_told(new_shift, asked, supervisor, manager, handler, branch):
    shift(manager, branch, "2026-03-06 08:00", "2026-03-06 18:00")
    AbsenceFactory(user=handler, starts_at=taipei("2026-03-05 20:00"), ends_at=taipei("2026-03-05 22:00"))
    page = new_shift(supervisor, asked).content.decode()
    assert "Handler is away for some of this shift." in page
    assert "overlaps one of Manager" in page
    assert DutyShift.objects.count() == 2


def test_with_htmx_the_browser_goes_on_to_the_roster(new_shift, asked, supervisor):
    answer = new_shift(supervisor, asked, **{"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith(reverse("escalation:duty"))


def test_a_shift_is_changed_and_taken_off(client, supervisor, manager, handler, branch, asked, wednesday):
    kept = shift(manager, branch, "2026-03-04 18:00", "2026-03-05 09:00")
    client.force_login(supervisor)
    form = client.get(reverse("escalation:duty-shift", args=[kept.pk])).content.decode()
    assert 'value="2026-03-04T18:00"' in form
    client.post(reverse("escalation:duty-shift", args=[kept.pk]), asked)
    kept.refresh_from_db()
    assert (kept.user, kept.starts_at) == (handler, taipei("2026-03-05 18:00"))
    gone = client.post(reverse("escalation:duty-shift-remove", args=[kept.pk]), follow=True)
    assert "off the roster" in gone.content.decode()
    assert not DutyShift.objects.exists()


def test_nobody_else_changes_or_removes_it(client, outsider, manager, branch, asked, wednesday):
    kept = shift(manager, branch, "2026-03-04 18:00", "2026-03-05 09:00")
    client.force_login(outsider)
    assert client.get(reverse("escalation:duty-shift", args=[kept.pk])).status_code == 403
    assert client.post(reverse("escalation:duty-shift", args=[kept.pk]), asked).status_code == 403
    assert client.post(reverse("escalation:duty-shift-remove", args=[kept.pk])).status_code == 403
    assert client.get(reverse("escalation:duty-shift-remove", args=[kept.pk])).status_code == 405
    assert DutyShift.objects.get().user == manager


def test_a_planner_enters_an_absence_and_ends_it(client, supervisor, handler, branch, wednesday):
    client.force_login(supervisor)
    address = f"{reverse('escalation:duty-absence-new')}?department={branch.code}"
    given = {
        "user": handler.pk,
        "starts_at": "2026-03-04T08:00",
        "ends_at": "2026-03-06T18:00",
        "reason": "training",
    }
    page = client.post(address, given, follow=True).content.decode()
    assert "Handler is passed over while away." in page
    absence = Absence.objects.get()
    assert (absence.entered_by, absence.reason) == (supervisor, "training")
    assert client.get(address).status_code == 200
    back = f"{reverse('escalation:duty-absence-end', args=[absence.pk])}?department={branch.code}"
    assert "The absence has ended." in client.post(back, follow=True).content.decode()
    absence.refresh_from_db()
    assert absence.ends_at <= timezone.now()


def test_an_absence_needs_somebody_of_the_department_and_a_planner(client, supervisor, outsider, handler, branch):
    client.force_login(supervisor)
    address = f"{reverse('escalation:duty-absence-new')}?department={branch.code}"
    given = {"user": outsider.pk, "starts_at": "2026-03-04T08:00", "ends_at": "2026-03-06T18:00", "reason": "leave"}
    assert client.post(address, given).status_code == 422
    client.force_login(outsider)
    assert client.get(address).status_code == 403
    assert client.post(address, given | {"user": handler.pk}).status_code == 403
    assert not Absence.objects.exists()


def test_a_department_that_is_closed_has_no_page(roster, branch):
    closed = DepartmentFactory(parent=branch, is_active=False)
    assert roster(department=closed.code).status_code == 404


def test_a_department_that_no_table_could_hold_is_not_found(roster):
    assert roster(department="a\x00b").status_code == 404
