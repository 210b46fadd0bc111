"""What a ladder may still do with a complaint that has ended: chase what was promised besides the answer, no more."""

import pytest

from complaints.models import Decision
from complaints.services import casework
from complaints.vocabulary import Outcome
from escalation.models import Clock, Referral
from escalation.policies import ClockKind
from escalation.replay import State
from tests.escalation.conftest import taipei
from tests.factories.escalation import climb, publish_policy, working_hours

FOLLOW_UP = {
    "target": working_hours(8),
    "steps": [
        climb(raise_to_tier=2, assign=True, raise_priority=True, propose_upgrade=True, notify=["holder"]),
    ],
}
REPORT = {
    "target": {"unit": "hours", "amount": 12},
    "steps": [climb(raise_to_tier=5, assign=True, refer=True, propose_upgrade=True)],
}


@pytest.fixture
def rules(office):
    """Whoever was answered is visited; an urgent complaint would be answered within a day, which others are not."""
    publish_policy(
        clocks={"follow_up": FOLLOW_UP, "authority_report": REPORT, "takeover": {"target": working_hours(1)}}
    )
    publish_policy(
        "urgent", position=1, match={"priority": ["urgent"]}, clocks={"resolution": {"target": working_hours(8)}}
    )


@pytest.fixture
def case(rules, register, at):
    with at("2026-03-02 09:00"):
        return register().complaint


def open_kinds(complaint):
    return set(complaint.clocks.filter(met_at=None, cancelled_at=None).values_list("kind", flat=True))


@pytest.fixture
def late_visit(case, agent, at, sweep_at):
    """It was answered on Monday, and nobody made the visit that was due on Tuesday."""
    with at("2026-03-02 09:30"):
        casework.resolve(complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Till.", message="Sorry.")
    sweep_at("2026-03-03 12:00")
    case.refresh_from_db()
    return case


def test_a_follow_up_that_nobody_made_climbs_but_nobody_is_asked_to_take_over_what_is_answered(late_visit):
    assert late_visit.tier == 5, "the report to the authority is late as well"
    assert not Clock.objects.filter(kind=ClockKind.TAKEOVER).exists(), "nobody could keep such a promise any more"


def test_the_class_of_a_complaint_that_has_ended_is_proposed_to_nobody(late_visit):
    assert not Decision.objects.exists(), "nobody could decide it"


def test_a_priority_raised_after_the_answer_brings_no_deadline_for_another_answer(late_visit):
    assert late_visit.priority == "urgent"
    assert not late_visit.clocks.filter(kind=ClockKind.RESOLUTION).exists()
    report = late_visit.clocks.get(kind=ClockKind.AUTHORITY_REPORT)
    assert report.state == State.BREACHED_OPEN, "and takes none away"


def test_a_complaint_taken_back_is_referred_to_nobody(case, agent, at, sweep_at):
    with at("2026-03-02 09:30"):
        casework.withdraw(complaint_id=case.pk, by=agent, reasons="She called.")
    assert open_kinds(case) == {ClockKind.AUTHORITY_REPORT}
    assert sweep_at("2026-03-03 12:00").firings == 1
    assert not Referral.objects.exists()


def test_waiting_ends_with_the_complaint_so_that_what_outlasts_it_goes_on(case, agent, at, sweep_at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which till?")
    (report,) = case.clocks.filter(kind=ClockKind.AUTHORITY_REPORT)
    assert report.state == State.PAUSED
    with at("2026-03-02 12:00"):
        casework.withdraw(complaint_id=case.pk, by=agent, reasons="She called.")
    report.refresh_from_db()
    assert (report.state, report.due_at) == (State.RUNNING, taipei("2026-03-02 23:00"))
    sweep_at("2026-03-02 23:00")
    report.refresh_from_db()
    assert report.state == State.BREACHED_OPEN


def test_an_answer_ends_the_waiting_too(case, agent, at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which till?")
    with at("2026-03-02 12:00"):
        casework.resolve(complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Till.", message="Sorry.")
    report = case.clocks.get(kind=ClockKind.AUTHORITY_REPORT)
    assert (report.state, report.due_at) == (State.RUNNING, taipei("2026-03-02 23:00"))
