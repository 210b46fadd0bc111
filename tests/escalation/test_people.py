"""Who holds a tier at a moment: duty, roles, the department tree, absences, conflicts of interest."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Membership, User
from accounts.roles import Role
from complaints.conflicts import Concern
from complaints.models import Complaint, Event, Subject
from complaints.services import casework
from complaints.vocabulary import Outcome, SubjectKind
from escalation import selectors
from escalation.models import Firing
from escalation.selectors import Roster, Way
from escalation.selectors.left_alone import left_alone
from tests.escalation.conftest import taipei
from tests.factories import AbsenceFactory, ComplaintFactory, DepartmentFactory, DutyShiftFactory, UserFactory
from tests.factories.escalation import publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
NOW = taipei(MONDAY)


def away(user, begin=-1, end=8):
    return AbsenceFactory(user=user, starts_at=NOW + timedelta(hours=begin), ends_at=NOW + timedelta(hours=end))


def on_duty(user, department, tier, begin=-1, end=8):
    moments = {"starts_at": NOW + timedelta(hours=begin), "ends_at": NOW + timedelta(hours=end)}
    return DutyShiftFactory(user=user, department=department, tier=tier, **moments)


def find(department, tier, **asked):
    return Roster.read(NOW).find(department.pk, tier, **asked)


def test_the_way_up_duty_then_role_then_above_then_one_tier_up_then_an_administrator(
    head_office, branch, supervisor, manager, specialist, executive, administrator
):
    regional = UserFactory(role=Role.SUPERVISOR, department=head_office)
    stand_in = UserFactory(department=branch)
    on_duty(stand_in, branch, 2)
    order = [
        (stand_in, Way.SHIFT, 2, branch.pk),
        (supervisor, Way.ROLE, 2, branch.pk),
        (regional, Way.ROLE, 2, head_office.pk),
        (manager, Way.ROLE, 3, branch.pk),
        (specialist, Way.ROLE, 4, head_office.pk),
        (executive, Way.ROLE, 5, head_office.pk),
        (administrator, Way.ADMINISTRATOR, 5, None),
    ]
    gone = []
    for person, way, rung, department in order:
        found = find(branch, 2)
        assert (found.holder_id, found.way, found.rung, found.department_id) == (person.pk, way, rung, department)
        assert found.away == tuple(gone), "everybody who was passed over is named"
        assert found.unmanned is (person == administrator)
        away(person)
        gone.append(person.pk)
    assert find(branch, 2).holder_id == administrator.pk, "one who is away is better than none"


def test_absence_wins_over_a_duty_shift_and_ends_when_it_ends(branch, supervisor):
    stand_in = UserFactory(department=branch)
    on_duty(stand_in, branch, 2)
    absence = away(stand_in)
    assert find(branch, 2).holder_id == supervisor.pk
    assert Roster.read(absence.ends_at).find(branch.pk, 2).holder_id == supervisor.pk, "the shift is over by then"
    absence.ends_at = NOW
    absence.save()
    assert find(branch, 2).holder_id == stand_in.pk


def test_those_whom_it_concerns_are_passed_over_and_told_apart_from_those_away(branch, supervisor, manager, executive):
    second = UserFactory(role=Role.SUPERVISOR, department=branch)
    away(second)
    found = find(branch, 2, concerned={supervisor.pk: Concern.SUPERVISOR})
    assert (found.holder_id, found.concerned, found.away) == (manager.pk, (supervisor.pk,), (second.pk,))


def test_an_administrator_who_handled_it_before_is_better_than_nobody_but_never_one_it_is_about(administrator, branch):
    assert find(branch, 1, concerned={administrator.pk: Concern.EARLIER}).holder_id == administrator.pk
    found = find(branch, 1, concerned={administrator.pk: Concern.SUBJECT})
    assert (found.holder_id, found.unmanned) == (None, True)


def test_without_an_administrator_somebody_who_may_change_everything_is_asked(branch):
    root = UserFactory(is_superuser=True)
    UserFactory(is_superuser=True, is_active=False)
    assert find(branch, 1).holder_id == root.pk


def test_the_present_holder_keeps_it_among_equals_but_not_against_a_shift(branch, supervisor):
    second = UserFactory(role=Role.SUPERVISOR, department=branch)
    assert find(branch, 2).holder_id == supervisor.pk, "the longest-serving of two with nothing to do"
    assert find(branch, 2, present=second.pk).holder_id == second.pk
    on_duty(supervisor, branch, 2)
    assert find(branch, 2, present=second.pk).holder_id == supervisor.pk
    away(supervisor)
    assert find(branch, 2, present=second.pk).holder_id == second.pk


def test_of_two_shifts_the_one_that_began_last_counts_and_a_shift_ends_before_its_end(branch, supervisor, manager):
    on_duty(supervisor, branch, 3, begin=-5)
    on_duty(manager, branch, 3, begin=-1)
    assert find(branch, 3).holder_id == manager.pk
    on_duty(supervisor, branch, 2, begin=-9, end=0)
    assert find(branch, 2).way == Way.ROLE


def test_people_of_other_branches_and_those_who_have_left_are_never_asked(branch, outsider, administrator):
    User.objects.filter(pk=UserFactory(role=Role.SUPERVISOR, department=branch).pk).update(is_active=False)
    assert find(branch, 2).holder_id == administrator.pk


@pytest.mark.parametrize("size", [1, 4])
def test_the_roster_asks_the_database_no_more_often_for_a_larger_office(
    size, branch, administrator, django_assert_num_queries
):
    for _ in range(size):
        place = DepartmentFactory(parent=branch)
        stand_in = UserFactory(role=Role.SUPERVISOR, department=place)
        on_duty(stand_in, place, 2)
        away(UserFactory(role=Role.SUPERVISOR, department=place))
    with django_assert_num_queries(5):
        roster = Roster.read(NOW)
        for department in roster.tree.parents:
            roster.find(department, 1)


# --- what the ladder makes of it ----------------------------------------------------------------------------


@pytest.fixture
def case(office, register, at):
    with at(MONDAY):
        return register().complaint


def last(complaint, kind="escalated"):
    return Event.objects.filter(complaint=complaint, kind=kind).order_by("sequence").last().data


def test_the_ladder_passes_over_the_person_named_and_their_supervisor_and_says_so(
    case, sweep_at, handler, supervisor, manager
):
    Subject.objects.create(complaint=case, kind=SubjectKind.PERSON, name=handler.name, user=handler)
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (2, manager)
    assert (last(case)["passed_over"], last(case)["away"], last(case)["unmanned"]) == ([supervisor.pk], [], False)


def test_the_ladder_passes_over_whoever_is_away(case, sweep_at, supervisor, manager):
    moment = taipei("2026-03-04 18:00")
    AbsenceFactory(user=supervisor, starts_at=moment, ends_at=moment + timedelta(hours=1))
    sweep_at(moment)
    case.refresh_from_db()
    assert case.holder == manager
    assert (last(case)["passed_over"], last(case)["away"]) == ([], [supervisor.pk])


def test_after_a_dispute_the_ladder_passes_over_whoever_answered(case, at, sweep_at, agent, supervisor, manager):
    with at("2026-03-02 10:00"):
        casework.resolve(complaint_id=case.pk, by=supervisor, outcome=Outcome.NOT_UPHELD, reasons="No.", message="No.")
        casework.dispute(complaint_id=case.pk, body="I disagree.")
    sweep_at("2026-03-12 18:00")
    case.refresh_from_db()
    assert case.holder not in (None, supervisor)
    assert all(
        supervisor.pk != event.data["holder"] for event in Event.objects.filter(complaint=case, kind="escalated")
    )


def test_when_only_an_administrator_is_left_the_event_raises_the_alarm(case, sweep_at, administrator):
    Membership.objects.exclude(user=administrator).delete()
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (2, administrator)
    assert last(case)["unmanned"] is True


def test_the_engine_page_lists_what_administrators_hold_until_somebody_takes_it(
    case, client, sweep_at, administrator, supervisor, branch
):
    Membership.objects.exclude(user=administrator).delete()
    sweep_at("2026-03-04 18:00")
    ComplaintFactory(department=branch, holder=administrator)
    client.force_login(administrator)
    page = client.get(reverse("escalation:engine")).content.decode()
    assert "because nobody else was there" in page
    assert [row.pk for row in left_alone(Complaint.objects.all()).complaints] == [case.pk]
    case.refresh_from_db()
    case.holder = supervisor
    case.save(update_fields=["holder"])
    assert "because nobody else was there" not in client.get(reverse("escalation:engine")).content.decode()


def test_in_an_office_without_anybody_the_complaint_stays_where_it_is_and_the_alarm_is_raised(case, sweep_at, handler):
    case.holder = handler
    case.save(update_fields=["holder"])
    User.objects.update(is_active=False)
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (2, handler)
    assert last(case)["unmanned"] is True


def test_a_repeat_does_not_swap_holders_who_are_equally_busy(office, register, at, sweep_at, branch, supervisor):
    """The first supervisor has one complaint more by then: the second one is less busy, and yet it stays."""
    second = UserFactory(role=Role.SUPERVISOR, department=branch)
    publish_policy(
        "ladder",
        position=1,
        clocks={
            "resolution": {
                "target": working_hours(8),
                "steps": [
                    {
                        "at": "deadline",
                        "repeat": {"every_working_hours": 2, "times": 2},
                        "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]},
                    }
                ],
            }
        },
    )
    with at(MONDAY):
        case = register().complaint
    sweep_at("2026-03-02 18:00")
    case.refresh_from_db()
    first = case.holder
    assert first == supervisor
    ComplaintFactory(department=branch, holder=first)
    for moment in ("2026-03-03 11:00", "2026-03-03 14:00"):
        sweep_at(moment)
        case.refresh_from_db()
        assert case.holder == first != second
    assert Firing.objects.filter(clock__complaint=case).count() == 3


def test_holder_of_names_the_person(office, branch, supervisor):
    assert selectors.holder_of(branch.pk, 2, NOW) == supervisor
