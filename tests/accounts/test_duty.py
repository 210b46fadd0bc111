"""Shifts on duty and absences: who may enter them, and what cannot be."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import permissions, selectors
from accounts.models import Absence, DutyShift
from accounts.services import absences, duty
from common.refusals import Forbidden, Refusal, Unfit
from tests.factories import AbsenceFactory, DepartmentFactory, DutyShiftFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def hours(now, begin, end):
    return {"starts_at": now + timedelta(hours=begin), "ends_at": now + timedelta(hours=end)}


def test_those_who_lead_a_department_plan_it_and_all_below(head_office, branch, supervisor, manager, administrator):
    desk = DepartmentFactory(parent=branch)
    assert permissions.planned_departments(supervisor) == {branch.pk, desk.pk}
    assert permissions.planned_departments(manager) == {branch.pk, desk.pk}
    assert permissions.planned_departments(administrator) == {head_office.pk, branch.pk, desk.pk}


def test_others_plan_nothing_nor_does_somebody_who_has_left(agent, handler, executive, supervisor):
    supervisor.is_active = False
    for person in (agent, handler, executive, supervisor):
        assert permissions.planned_departments(person) == set()


def test_a_shift_is_added_changed_and_removed(supervisor, handler, agent, branch, now):
    shift = duty.add_shift(by=supervisor, user=handler, department=branch, tier=2, **hours(now, 0, 8))
    assert selectors.on_duty_at(now + timedelta(hours=1)) == {handler.pk}
    duty.change_shift(shift_id=shift.pk, by=supervisor, user=agent, tier=3, **hours(now, 2, 8))
    shift.refresh_from_db()
    assert (shift.user, shift.tier, shift.starts_at) == (agent, 3, now + timedelta(hours=2))
    duty.remove_shift(shift_id=shift.pk, by=supervisor)
    assert not DutyShift.objects.exists()


def test_who_does_not_lead_the_department_plans_no_shift(outsider, agent, branch, now):
    shift = DutyShiftFactory(user=agent, department=branch)
    for person in (outsider, agent):
        with pytest.raises(Forbidden, match="plan its duty roster"):
            duty.add_shift(by=person, user=agent, department=branch, tier=2, **hours(now, 0, 8))
        with pytest.raises(Forbidden):
            duty.change_shift(shift_id=shift.pk, by=person, user=agent, tier=1, **hours(now, 0, 8))
        with pytest.raises(Forbidden):
            duty.remove_shift(shift_id=shift.pk, by=person)
    assert DutyShift.objects.get().tier == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"end": 0}, "ends_at"), ({"end": -1}, "ends_at"), ({"tier": 0}, "tier"), ({"tier": 6}, "tier")],
)
def test_a_shift_that_cannot_be_is_refused_at_its_field(supervisor, handler, branch, now, changes, field):
    given = {"tier": 2, "end": 8} | changes
    with pytest.raises(Unfit) as refusal:
        duty.add_shift(
            by=supervisor, user=handler, department=branch, tier=given["tier"], **hours(now, 0, given["end"])
        )
    assert list(refusal.value.errors) == [field]


def test_nobody_who_has_left_is_put_on_duty_and_no_closed_department_gets_shifts(supervisor, handler, branch, now):
    gone = UserFactory(is_active=False)
    with pytest.raises(Unfit, match="no longer works here"):
        duty.add_shift(by=supervisor, user=gone, department=branch, tier=2, **hours(now, 0, 8))
    branch.is_active = False
    with pytest.raises(Unfit, match="no longer active"):
        duty.add_shift(by=supervisor, user=handler, department=branch, tier=2, **hours(now, 0, 8))


def test_everybody_enters_their_own_absence(agent, now):
    absence = absences.enter(by=agent, user=agent, reason=Absence.Reason.SICK, **hours(now, -1, 30))
    assert (absence.entered_by, absence.reason) == (agent, "sick")
    assert selectors.absences_at(now) == {agent.pk: now + timedelta(hours=30)}


def test_those_who_lead_somebodys_home_department_enter_their_absence(supervisor, administrator, agent, outsider, now):
    for person in (supervisor, administrator):
        absences.enter(by=person, user=agent, reason=Absence.Reason.LEAVE, **hours(now, 0, 8))
    for person in (outsider, UserFactory(department=agent.department)):
        with pytest.raises(Forbidden, match="own department"):
            absences.enter(by=person, user=agent, reason=Absence.Reason.LEAVE, **hours(now, 0, 8))


@pytest.mark.parametrize(("begin", "end"), [(2, 2), (2, 1), (-3, -1)])
def test_an_absence_that_ends_before_it_begins_or_is_over_is_refused(agent, now, begin, end):
    with pytest.raises(Unfit) as refusal:
        absences.enter(by=agent, user=agent, reason=Absence.Reason.LEAVE, **hours(now, begin, end))
    assert list(refusal.value.errors) == ["ends_at"]


@pytest.mark.parametrize(("begin", "end", "field"), [(1, 2026, "starts_at"), (2026, 9999, "ends_at")])
def test_a_year_far_away_is_refused_at_its_field_for_it_could_not_be_read_back(
    client, agent, supervisor, branch, now, begin, end, field
):
    local = ZoneInfo("Asia/Taipei")
    span = {
        "starts_at": datetime(begin, 1, 1, tzinfo=local),
        "ends_at": datetime(end, 12, 31, 23, 59, tzinfo=local),
    }
    with pytest.raises(Unfit) as refusal:
        absences.enter(by=agent, user=agent, reason=Absence.Reason.LEAVE, **span)
    assert list(refusal.value.errors) == [field]
    with pytest.raises(Unfit) as refusal:
        duty.add_shift(by=supervisor, user=supervisor, department=branch, tier=2, **span)
    assert list(refusal.value.errors) == [field]
    client.force_login(agent)
    typed = {name: at.isoformat()[:16] for name, at in span.items()} | {"reason": "leave"}
    page = client.post(reverse("accounts:absence-enter"), typed)
    assert page.status_code == 422
    assert "from the year 2000 to 2199" in page.content.decode()


def test_where_absences_overlap_the_longest_counts(agent, now):
    AbsenceFactory(user=agent, **hours(now, -3, 40))
    AbsenceFactory(user=agent, **hours(now, -1, 20))
    assert selectors.absences_at(now) == {agent.pk: now + timedelta(hours=40)}


def test_whoever_is_back_early_is_back_now(agent, supervisor, now):
    absence = AbsenceFactory(user=agent, **hours(now, -3, 40))
    ended = absences.end(absence_id=absence.pk, by=supervisor)
    assert ended is not None
    assert ended.ends_at < now + timedelta(minutes=1)
    assert selectors.absences_at(timezone.now()) == {}
    with pytest.raises(Refusal, match="over already"):
        absences.end(absence_id=absence.pk, by=agent)


def test_an_absence_that_has_not_begun_is_taken_off(agent, now):
    absence = AbsenceFactory(user=agent, **hours(now, 3, 40))
    assert absences.end(absence_id=absence.pk, by=agent) is None
    assert not Absence.objects.exists()


def test_nobody_ends_the_absence_of_somebody_elsewhere(agent, outsider, now):
    absence = AbsenceFactory(user=agent, **hours(now, 3, 40))
    with pytest.raises(Forbidden):
        absences.end(absence_id=absence.pk, by=outsider)


# --- on the profile page ----------------------------------------------------------------------------------------


def given(now, begin, end, reason="leave"):
    local = ZoneInfo("Asia/Taipei")
    moments = hours(now, begin, end)
    return {name: at.astimezone(local).strftime("%Y-%m-%dT%H:%M") for name, at in moments.items()} | {"reason": reason}


def test_somebody_enters_their_own_absence_on_the_profile_page_and_comes_back(client, agent, now):
    client.force_login(agent)
    page = client.post(reverse("accounts:absence-enter"), given(now, -1, 30, "sick"), follow=True)
    assert "passed over while you are away" in page.content.decode()
    absence = Absence.objects.get()
    assert (absence.user, absence.entered_by, absence.reason) == (agent, agent, "sick")
    page = client.get(reverse("accounts:profile")).content.decode()
    assert "I am back" in page
    client.post(reverse("accounts:absence-end", args=[absence.pk]))
    assert selectors.absences_at(timezone.now()) == {}


@pytest.mark.parametrize(("begin", "end", "reason"), [(3, 1, "leave"), (1, 3, "flu")])
def test_an_absence_that_cannot_be_comes_back_with_the_form(client, agent, now, begin, end, reason):
    client.force_login(agent)
    page = client.post(reverse("accounts:absence-enter"), given(now, begin, end, reason))
    assert page.status_code == 422
    assert page.context["absence_form"].errors
    assert not Absence.objects.exists()


def test_nobody_ends_somebody_elses_absence_there_and_visitors_sign_in_first(client, agent, supervisor, now):
    absence = AbsenceFactory(user=agent)
    assert client.post(reverse("accounts:absence-enter"), given(now, 1, 3)).status_code == 302
    client.force_login(supervisor)
    assert client.post(reverse("accounts:absence-end", args=[absence.pk])).status_code == 404
    assert client.get(reverse("accounts:absence-enter")).status_code == 405
    assert Absence.objects.get().ends_at == absence.ends_at
