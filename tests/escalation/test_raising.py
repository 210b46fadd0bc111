"""When the ladder raises the priority, and a policy goes by the priority: as if somebody had set it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.services import casework
from complaints.vocabulary import Grade, Priority
from escalation.models import Clock, ClockEvent, Firing
from escalation.replay import State
from escalation.services import rebuilding
from tests.escalation.conftest import taipei
from tests.factories.escalation import publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
HALF_WAY = {"at": "1/2", "effects": {"raise_priority": True}}


@pytest.fixture
def urgent(office):
    return publish_policy(
        "urgent", position=1, match={"priority": ["urgent"]}, clocks={"resolution": {"target": working_hours(16)}}
    )


@pytest.fixture
def raising(office):
    """Half way through its 24 working hours a complaint becomes more urgent."""
    return publish_policy(
        "raising",
        position=2,
        clocks={"resolution": {"target": working_hours(24), "steps": [HALF_WAY]}},
    )


def test_the_clock_is_counted_by_the_policy_of_the_new_priority(urgent, raising, register, at, sweep_at):
    with at(MONDAY):
        complaint = register().complaint
    sweep_at("2026-03-03 14:00")
    complaint.refresh_from_db()
    assert complaint.priority == Priority.URGENT
    clock = Clock.objects.get(complaint=complaint)
    assert clock.policy_version == urgent
    assert clock.due_at == taipei("2026-03-03 18:00"), "sixteen hours from the same start"
    assert complaint.due_at == clock.due_at
    assert list(ClockEvent.objects.filter(clock=clock).values_list("kind", flat=True)) == ["started", "retargeted"]
    assert list(rebuilding.rebuild(check=True)) == []


def test_it_comes_to_the_same_as_setting_the_priority_by_hand(urgent, raising, register, at, sweep_at, agent):
    with at(MONDAY):
        by_ladder, by_hand = register().complaint, register().complaint
    with at("2026-03-03 14:00"):
        casework.prioritise(complaint_id=by_hand.pk, by=agent, impact=Grade.HIGH, urgency=Grade.MEDIUM)
    sweep_at("2026-03-03 14:00")
    facts = ("policy_version", "due_at", "state", "wake_at")
    found = [Clock.objects.values_list(*facts).get(complaint=one) for one in (by_ladder, by_hand)]
    assert found[0] == found[1]


def test_a_promise_that_is_broken_already_stays_as_it_is(urgent, register, at, sweep_at, office):
    steps = [{"at": "deadline", "effects": {"raise_priority": True}}]
    late = publish_policy("late", position=2, clocks={"resolution": {"target": working_hours(4), "steps": steps}})
    with at(MONDAY):
        complaint = register().complaint
    sweep_at("2026-03-02 14:00")
    clock = Clock.objects.get(complaint=complaint)
    assert (clock.state, clock.policy_version) == (State.BREACHED_OPEN, late)
    assert clock.due_at == taipei("2026-03-02 14:00")


def test_where_the_new_target_is_missed_already_the_same_sweep_says_so(raising, register, at, sweep_at):
    publish_policy(
        "urgent",
        position=1,
        match={"priority": ["urgent"]},
        clocks={
            "resolution": {
                "target": working_hours(8),
                "steps": [{"at": "deadline", "effects": {"notify": ["holder"]}}],
            }
        },
    )
    with at(MONDAY):
        complaint = register().complaint
    sweep_at("2026-03-03 14:00")
    clock = Clock.objects.get(complaint=complaint)
    assert clock.state == State.BREACHED_OPEN
    assert clock.breached_at == clock.due_at == taipei("2026-03-02 18:00")
    assert list(Firing.objects.filter(clock=clock).values_list("cycle", "step")) == [(2, 1), (1, 1)]


def test_a_ladder_that_raises_to_the_top_comes_to_rest(office, register, at, sweep_at):
    for position, (priority, above) in enumerate([("major", []), ("urgent", [HALF_WAY]), ("ordinary", [HALF_WAY])], 1):
        publish_policy(
            priority,
            position=position,
            match={"priority": [priority]},
            clocks={"resolution": {"target": working_hours(24 - 4 * position), "steps": above}},
        )
    with at(MONDAY):
        complaint = register().complaint
    sweep_at("2026-03-09 14:00")
    complaint.refresh_from_db()
    assert sweep_at("2026-03-09 14:00").complaints == 0
    assert list(rebuilding.rebuild(check=True)) == []


@pytest.mark.parametrize("by_priority", [True, False])
def test_more_raised_complaints_cost_no_more_queries(by_priority, request, raising, register, at, sweep_at):
    if by_priority:
        request.getfixturevalue("urgent")
    with at(MONDAY):
        register()
    with CaptureQueriesContext(connection) as one:
        sweep_at("2026-03-03 14:00")
    with at("2026-03-09 09:00"):
        for _number in range(4):
            register()
    with CaptureQueriesContext(connection) as four:
        sweep_at("2026-03-10 14:00")
    assert len(four) <= len(one)
