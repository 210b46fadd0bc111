"""Taking over 接手: who may, what it stops, for how long, and that silence climbs on."""

import threading
from datetime import UTC

import pytest
from django.db import connections

from accounts.roles import Role
from complaints.errors import ConflictOfInterest, IllegalMove, NotAllowed
from complaints.models import Event, Subject
from complaints.services import casework, correspondence
from complaints.vocabulary import Grade, Outcome, SubjectKind
from escalation import selectors
from escalation.errors import NothingToTakeOver, TakenOver
from escalation.models import Clock, ClockEvent, EventKind, Firing
from escalation.policies import ClockKind
from escalation.replay import State
from escalation.services import policies, taking_over
from escalation.services.rebuilding import rebuild
from tests.escalation.conftest import taipei
from tests.factories import ComplaintFactory, UserFactory
from tests.factories.escalation import LADDER, publish_calendar, publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
DEADLINE = "2026-03-04 18:00"
TO_TIER_3 = "2026-03-05 14:00"
RESOLUTION = {"target": working_hours(24), "steps": LADDER}
EARLY = [{"at": "1/2", "effects": {"raise_to_tier": 2, "assign": True}}, *LADDER[1:]]


@pytest.fixture
def case(office, register, at):
    """It is due on Wednesday at 18:00; four working hours later, on Thursday at 14:00, it climbs to tier 3."""
    with at(MONDAY):
        return register().complaint


@pytest.fixture
def climbed(case, sweep_at):
    sweep_at(DEADLINE)
    case.refresh_from_db()
    assert case.tier == 2
    return case


@pytest.fixture
def take_over(at):
    """`take_over(case, supervisor, "2026-03-05 10:00")`"""

    def _take_over(complaint, by, moment):
        with at(moment):
            return taking_over.take_over(complaint_id=complaint.pk, by=by)

    return _take_over


def stands(complaint):
    complaint.refresh_from_db()
    return complaint.tier, complaint.holder.name


# --- the climb ----------------------------------------------------------------------------------------------


def test_nobody_takes_it_over_and_it_climbs_to_the_minute_also_over_a_holiday(office, register, at, sweep_at):
    publish_calendar(days={"2026-03-05": []}, notes={"2026-03-05": "Founders' day"})
    with at(MONDAY):
        case = register().complaint
    sweep_at(DEADLINE)
    sweep_at("2026-03-05 14:00")
    assert sweep_at("2026-03-06 13:59").firings == 0
    assert stands(case) == (2, "Supervisor")
    assert sweep_at("2026-03-06 14:00").firings == 1
    assert stands(case) == (3, "Manager")


def test_the_climb_rests_for_the_agreed_time_and_goes_on_with_what_was_left(climbed, take_over, sweep_at, supervisor):
    take_over(climbed, supervisor, "2026-03-05 10:00")  # one of the four hours has gone by; it rests until 15:00
    for moment in (TO_TIER_3, "2026-03-05 15:00", "2026-03-05 17:59"):
        assert sweep_at(moment).firings == 0, moment
    assert sweep_at("2026-03-05 18:00").firings == 1
    assert stands(climbed) == (3, "Manager")
    assert Firing.objects.latest("due_at").due_at == taipei("2026-03-05 18:00")


def test_a_deadline_that_passes_meanwhile_is_broken_when_it_was_due(office, register, at, take_over, sweep_at):
    publish_policy("early", position=1, clocks={"resolution": {"target": working_hours(24), "steps": EARLY}})
    with at(MONDAY):
        case = register().complaint
    sweep_at("2026-03-03 14:00")
    assert stands(case) == (2, "Supervisor")
    take_over(case, case.holder, "2026-03-04 16:00")  # until Thursday 11:00
    assert sweep_at(DEADLINE).breaches == 1
    clock = Clock.objects.get(complaint=case)
    assert (clock.state, clock.breached_at) == (State.BREACHED_OPEN, taipei(DEADLINE))
    assert case.events.get(kind="breached").occurred_at == taipei(DEADLINE)
    assert sweep_at("2026-03-05 10:59").firings == 0
    assert sweep_at("2026-03-05 11:00").firings == 1, "the step of the deadline waited for the end"
    assert sweep_at("2026-03-05 15:59").firings == 0
    assert sweep_at("2026-03-05 16:00").firings == 1, "and four working hours after that comes the next"
    assert stands(case) == (3, "Manager")


def test_taking_over_again_counts_from_now(climbed, take_over, sweep_at, supervisor):
    take_over(climbed, supervisor, "2026-03-05 10:00")
    take_over(climbed, supervisor, "2026-03-05 14:00")  # until 18:00
    assert sweep_at("2026-03-06 11:59").firings == 0
    assert sweep_at("2026-03-06 12:00").firings == 1, "three of the four hours were left"


def test_a_time_that_was_agreed_before_is_never_shortened(office, register, at, sweep_at, take_over, supervisor):
    resolution = {"target": working_hours(24), "steps": EARLY}
    publish_policy("early", position=2, clocks={"resolution": resolution})
    hasty = {"calendar": "office", "match": {"priority": ["major"]}, "takeover": {"working_hours": 1}}
    policies.publish(code="hasty", document=hasty | {"clocks": {"resolution": resolution}}, name="hasty", position=1)
    with at(MONDAY):
        case = register().complaint
    sweep_at("2026-03-03 14:00")
    take_over(case, supervisor, "2026-03-03 15:00")
    until = taipei("2026-03-04 10:00")
    assert selectors.taken_over(case).until == until
    with at("2026-03-03 15:30"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert Clock.objects.get(complaint=case).policy_version.policy.code == "hasty"
    take_over(case, supervisor, "2026-03-03 16:00")
    assert selectors.taken_over(case).until == until


def test_how_long_it_rests_is_said_by_the_version_the_clock_is_counted_by(office, register, at, sweep_at, take_over):
    document = {"calendar": "office", "clocks": {"resolution": RESOLUTION}, "takeover": {"working_hours": 1.5}}
    policies.publish(code="short", document=document, name="short", position=1, is_active=True)
    with at(MONDAY):
        case = register().complaint
    publish_policy("longer", position=1)
    sweep_at(DEADLINE)
    case.refresh_from_db()
    take_over(case, case.holder, "2026-03-05 11:00")
    assert set(ClockEvent.objects.filter(kind=EventKind.HELD).values_list("until", flat=True)) == {
        taipei("2026-03-05 13:30")
    }


def test_an_answer_ends_it_all_and_the_ledgers_can_be_read_again(climbed, take_over, sweep_at, supervisor, at):
    take_over(climbed, supervisor, "2026-03-05 10:00")
    assert list(rebuild(check=True)) == []
    with at("2026-03-05 11:00"):
        casework.resolve(
            complaint_id=climbed.pk, by=supervisor, outcome=Outcome.UPHELD, reasons="True.", message="We are sorry."
        )
    assert sweep_at("2026-04-05 18:00").firings == 0
    with pytest.raises(IllegalMove):
        take_over(climbed, supervisor, "2026-03-05 12:00")


# --- who ----------------------------------------------------------------------------------------------------


def test_whoever_takes_it_over_holds_it_and_the_event_says_all(climbed, take_over, supervisor, manager):
    clocks = set(climbed.clocks.exclude(kind=ClockKind.TAKEOVER).values_list("pk", flat=True))
    take_over(climbed, manager, "2026-03-05 10:00")
    assert stands(climbed) == (2, "Manager")
    event = climbed.events.get(kind="take_over")
    assert event.actor == manager
    assert set(event.data.pop("clocks")) == clocks
    assert event.data == {
        "until": taipei("2026-03-05 15:00").astimezone(UTC).isoformat(),
        "tier": 2,
        "holder_before": supervisor.pk,
        "holder": manager.pk,
        "letter_of": None,
    }


def test_while_somebody_answers_for_it_others_are_told_so(climbed, take_over, supervisor, manager, at):
    take_over(climbed, supervisor, "2026-03-05 10:00")
    with pytest.raises(TakenOver, match=r"Supervisor has taken this complaint over until .*15:00"):
        take_over(climbed, manager, "2026-03-05 14:59")
    take_over(climbed, manager, "2026-03-05 15:00")
    assert stands(climbed) == (2, "Manager")


def test_whoever_was_given_it_meanwhile_may_take_it_over_though_the_time_of_the_other_lasts(
    climbed, take_over, supervisor, manager, at
):
    take_over(climbed, supervisor, "2026-03-05 10:00")
    with at("2026-03-05 10:30"):
        casework.assign(complaint_id=climbed.pk, by=supervisor, to=manager)
    take_over(climbed, manager, "2026-03-05 11:00")
    assert Event.objects.filter(kind="take_over").count() == 2


def test_what_has_not_climbed_cannot_be_taken_over(case, take_over, handler):
    with pytest.raises(NothingToTakeOver, match="has not climbed"):
        take_over(case, handler, MONDAY)


def test_without_a_running_deadline_nothing_rests(db, supervisor, branch, take_over):
    case = ComplaintFactory(department=branch, tier=2)
    with pytest.raises(NothingToTakeOver, match="No deadline"):
        take_over(case, supervisor, MONDAY)


def test_strangers_and_people_without_the_right_role_may_not(climbed, take_over, outsider, branch):
    reviewer = UserFactory(role=Role.QUALITY_REVIEWER, department=branch)
    for person in (outsider, reviewer):
        with pytest.raises(NotAllowed):
            take_over(climbed, person, "2026-03-05 10:00")
    assert not ClockEvent.objects.filter(kind=EventKind.HELD).exists()


def test_whom_it_is_about_may_not_even_if_they_hold_it(climbed, take_over, supervisor):
    Subject.objects.create(complaint=climbed, kind=SubjectKind.PERSON, name="Supervisor", user=supervisor)
    with pytest.raises(ConflictOfInterest):
        take_over(climbed, supervisor, "2026-03-05 10:00")


# --- the clock of taking over -------------------------------------------------------------------------------


@pytest.fixture
def asked(office, register, at, sweep_at):
    """A policy that asks for a takeover within one working hour, or else climbs."""
    clocks = {
        "resolution": RESOLUTION,
        "takeover": {
            "target": working_hours(1),
            "steps": [{"effects": {"raise_to_tier": "next", "assign": True, "notify": ["holder"]}}],
        },
    }
    publish_policy("asks", position=1, clocks=clocks)
    with at(MONDAY):
        case = register().complaint
    sweep_at(DEADLINE)
    case.refresh_from_db()
    return case


def test_being_handed_up_starts_the_clock_and_taking_over_keeps_it(asked, take_over, supervisor, sweep_at):
    clock = asked.clocks.get(kind=ClockKind.TAKEOVER)
    assert (clock.state, clock.due_at) == (State.RUNNING, taipei("2026-03-05 10:00"))
    take_over(asked, supervisor, "2026-03-05 09:30")
    clock.refresh_from_db()
    assert (clock.state, clock.met_at) == (State.MET, taipei("2026-03-05 09:30"))
    assert not ClockEvent.objects.filter(clock=clock, kind=EventKind.HELD).exists()
    assert sweep_at("2026-03-05 14:29").firings == 0
    asked.refresh_from_db()
    assert asked.due_at == taipei(DEADLINE)


def test_silence_climbs_on_and_asks_the_next(asked, sweep_at):
    sweep_at("2026-03-05 10:00")
    assert stands(asked) == (3, "Manager")
    assert [clock.state for clock in asked.clocks.filter(kind=ClockKind.TAKEOVER).order_by("number")] == [
        State.CANCELLED,
        State.RUNNING,
    ]
    assert asked.clocks.get(kind=ClockKind.TAKEOVER, state=State.RUNNING).due_at == taipei("2026-03-05 11:00")


def test_taking_over_too_late_is_a_promise_kept_late(asked, take_over, supervisor):
    take_over(asked, supervisor, "2026-03-05 10:30")
    clock = asked.clocks.get(kind=ClockKind.TAKEOVER)
    assert (clock.state, clock.breached_at) == (State.MET_LATE, taipei("2026-03-05 10:00"))
    assert asked.events.filter(kind="breached", data__clock=clock.pk).exists()


def test_a_word_to_the_complainant_after_it_keeps_the_promise_as_well(asked, supervisor, at):
    with at("2026-03-05 09:30"):
        correspondence.reply(complaint_id=asked.pk, by=supervisor, body="We are looking into it.")
    assert asked.clocks.get(kind=ClockKind.TAKEOVER).state == State.MET


# --- races --------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_takes_it_over_and_the_other_is_told(climbed, supervisor, manager):
    barrier, said = threading.Barrier(2), {}

    def run(person):
        try:
            barrier.wait(timeout=20)
            taking_over.take_over(complaint_id=climbed.pk, by=person)
            said[person.name] = "holds it"
        except TakenOver as refusal:
            said[person.name] = str(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[person]) for person in (supervisor, manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    climbed.refresh_from_db()
    winner = climbed.holder.name
    [loser] = {"Supervisor", "Manager"} - {winner}
    assert said[winner] == "holds it"
    assert said[loser].startswith(f"{winner} has taken this complaint over")
    assert climbed.events.filter(kind="take_over").count() == 1
