"""A complaint that nobody answers climbs by itself, and a holiday in the middle moves every step of the ladder."""

import pytest

from complaints.models import Event
from complaints.services import casework
from complaints.verification import broken_chains
from complaints.vocabulary import Outcome
from escalation import selectors
from escalation.models import Clock, Firing
from escalation.replay import State
from notifications.models import OutboxMessage
from tests.escalation.conftest import taipei
from tests.factories.escalation import OFFICE_HOURS, publish_calendar, publish_policy, working_hours

SPRING_FESTIVAL = {f"2026-02-{day}": [] for day in (16, 17, 18, 19, 20)}
MAKE_UP_SATURDAY = {"2026-02-14": OFFICE_HOURS}


@pytest.fixture
def office(db, agent, handler, supervisor, manager, specialist, executive, administrator):
    publish_calendar(
        days=SPRING_FESTIVAL | MAKE_UP_SATURDAY,
        notes={"2026-02-17": "Spring Festival", "2026-02-14": "Make-up day"},
        covers_until="2026-12-31",
    )
    steps = [
        {"at": "1/2", "effects": {"assign": True, "notify": ["holder"]}},
        {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}},
        {"after_working_hours": 4, "effects": {"raise_to_tier": 3, "assign": True, "notify": ["holder"]}},
        {"after_working_hours": 8, "effects": {"raise_to_tier": 4, "assign": True, "raise_priority": True}},
        {
            "after_working_hours": 16,
            "repeat": {"every_working_hours": 8, "times": 2},
            "effects": {"raise_to_tier": 5, "assign": True, "notify": ["holder"]},
        },
    ]
    return publish_policy(clocks={"resolution": {"target": working_hours(24), "steps": steps}})


def test_it_climbs_from_tier_to_tier_across_the_holiday_and_the_answer_stops_it(
    office, register, at, sweep_at, handler, supervisor, manager, specialist, executive
):
    # Thursday at ten: seven hours on Thursday, eight on Friday, eight on the Saturday that makes up for the holiday,
    # and the last hour on the Monday after it
    with at("2026-02-12 10:00"):
        case = register().complaint
    assert Clock.objects.get(complaint=case).due_at == taipei("2026-02-23 10:00")

    for moment, tier, holder, priority in [
        ("2026-02-13 14:59", 1, None, "ordinary"),
        ("2026-02-13 15:00", 1, handler, "ordinary"),
        ("2026-02-17 10:00", 1, handler, "ordinary"),  # in the middle of the holiday nothing happens
        ("2026-02-23 09:59", 1, handler, "ordinary"),
        ("2026-02-23 10:00", 2, supervisor, "ordinary"),
        ("2026-02-23 15:00", 3, manager, "ordinary"),
        ("2026-02-24 10:00", 4, specialist, "urgent"),
        ("2026-02-25 10:00", 5, executive, "urgent"),
        ("2026-02-26 10:00", 5, executive, "urgent"),  # the last step, repeated
    ]:
        sweep_at(moment)
        case.refresh_from_db()
        assert (case.tier, case.holder, case.priority) == (tier, holder, priority), moment

    with at("2026-02-26 11:00"):
        casework.resolve(
            complaint_id=case.pk, by=executive, outcome=Outcome.UPHELD, reasons="True.", message="We are sorry."
        )
    sweep_at("2026-03-31 10:00")

    clock = Clock.objects.get(complaint=case)
    assert (clock.state, clock.breached_at) == (State.MET_LATE, taipei("2026-02-23 10:00"))
    assert list(Firing.objects.values_list("step", "repeat")) == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1)]
    assert list(Event.objects.filter(complaint=case).values_list("kind", flat=True)) == [
        "register",
        "escalated",
        "breached",
        "escalated",
        "escalated",
        "escalated",
        "escalated",
        "reminded",
        "resolve",
    ]
    assert not list(broken_chains())
    told = OutboxMessage.objects.exclude(recipient=None).values_list("recipient__name", flat=True)
    assert {"Handler", "Supervisor", "Manager", "Executive"} <= set(told)


def test_the_explanation_names_the_holiday_and_the_day_that_makes_up_for_it(office, register, at):
    with at("2026-02-12 10:00"):
        case = register().complaint
    (why,) = selectors.explained(case)
    said = " ".join(line.sentence for line in why.lines)
    assert "make-up working day (Make-up day)" in said
    assert "holiday (Spring Festival), not counted" in said
    assert sum(stretch.counted_seconds for stretch in why.stretches) == 24 * 3600
