"""The clocks of what is major: the management's silence climbs, the report to the authority runs day and night."""

import pytest

from complaints.errors import Invalid
from complaints.gravity import Criterion
from complaints.models import Complaint, Event
from complaints.services import casework, majors
from complaints.vocabulary import Outcome
from escalation.errors import KeptByAnotherAct
from escalation.models import Clock
from escalation.replay import State
from escalation.selectors.reporting import report_hours
from escalation.services import promises
from tests.escalation.conftest import taipei
from tests.factories.escalation import publish_calendar, publish_policy, working_hours

HOURS = {"unit": "hours", "amount": 6}
BY_LAW = {"unit": "hours", "amount": 12, "statutory": True}
NIGHT = "2026-03-02 22:00"


@pytest.fixture
def office(db):
    """The house reports within 6 hours, the law asks for 12; the management acknowledges within half an hour."""
    publish_calendar()
    climb = {"raise_to_tier": 5, "assign": True, "notify": ["holder"]}
    publish_policy("ordinary")
    publish_policy(
        "house",
        position=1,
        match={"priority": ["major"]},
        clocks={
            "resolution": {"target": working_hours(24)},
            "authority_report": {"target": HOURS},
            "major_notice": {
                "target": {"unit": "hours", "amount": 0.5},
                "steps": [{"effects": climb, "urgent": True}],
            },
        },
    )
    publish_policy("law", position=2, match={"priority": ["major"]}, clocks={"authority_report": {"target": BY_LAW}})


@pytest.fixture
def case(office, register, at):
    with at("2026-03-02 10:00"):
        return register().complaint


@pytest.fixture
def declared(case, agent, manager, executive, at):
    with at(NIGHT):
        majors.declare_major(complaint_id=case.pk, by=agent, criteria=[Criterion.LEGAL], reasons="Smoke.")
    return case


def clock(complaint, kind):
    return Clock.objects.get(complaint=complaint, kind=kind)


def report(complaint, by, **given):
    texts = {"body": "Health authority", "reference": "H-1", "what": "Smoke."}
    return majors.report_to_authority(complaint_id=complaint.pk, by=by, **texts | given)


def test_declared_at_night_the_report_is_due_before_morning(declared):
    assert clock(declared, "authority_report").due_at == taipei("2026-03-03 04:00")
    assert clock(declared, "major_notice").due_at == taipei("2026-03-02 22:30")
    assert [(each.amount, each.by_law, each.due_at) for each in report_hours(declared_now(declared))] == [
        ("6 hours", False, taipei("2026-03-03 04:00")),
        ("12 hours", True, taipei("2026-03-03 10:00")),
    ]


def declared_now(complaint):
    return Complaint.objects.get(pk=complaint.pk)


def test_acknowledged_in_time_nothing_climbs(declared, manager, sweep_at, at):
    with at("2026-03-02 22:20"):
        majors.acknowledge_major(complaint_id=declared.pk, by=manager)
    sweep_at("2026-03-02 23:30")
    assert clock(declared, "major_notice").state == State.MET
    assert declared_now(declared).holder == manager


def test_silence_of_the_management_climbs(declared, executive, sweep_at):
    sweep_at("2026-03-02 22:31")
    assert clock(declared, "major_notice").state == State.BREACHED_OPEN
    now = declared_now(declared)
    assert (now.tier, now.holder) == (5, executive)
    climbed = Event.objects.get(complaint=declared, kind="escalated")
    assert (climbed.data["clock_kind"], climbed.data["urgent"]) == ("major_notice", True)


def test_the_record_of_the_report_meets_the_clock_and_nothing_else_does(declared, agent, manager, at):
    with at("2026-03-03 01:00"):
        with pytest.raises(KeptByAnotherAct, match="the act “Record a report to an authority”"):
            promises.fulfil(
                complaint_id=declared.pk, clock_id=clock(declared, "authority_report").pk, by=agent, note="Told."
            )
        casework.resolve(
            complaint_id=declared.pk, by=manager, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
        assert clock(declared, "authority_report").state == State.RUNNING, "an answer reports nothing"
        assert clock(declared, "major_notice").state == State.RUNNING, "nor does the management know by it"
        report(declared, agent)
    assert clock(declared, "authority_report").met_at == taipei("2026-03-03 01:00")


@pytest.mark.parametrize(("made", "state"), [("2026-03-03 03:30", State.MET), ("2026-03-03 05:00", State.MET_LATE)])
def test_recorded_late_it_counts_when_it_was_made(declared, agent, sweep_at, at, made, state):
    sweep_at("2026-03-03 04:01")
    assert clock(declared, "authority_report").state == State.BREACHED_OPEN
    with at("2026-03-03 09:00"):
        report(declared, agent, at=taipei(made))
    found = clock(declared, "authority_report")
    assert (found.state, found.met_at) == (state, taipei(made))


def test_a_report_before_it_was_owed_meets_it_from_its_beginning(declared, agent, at):
    with at("2026-03-02 22:10"):
        report(declared, agent, at=taipei("2026-03-02 20:00"))
    assert clock(declared, "authority_report").met_at == taipei(NIGHT)


def test_a_report_where_nothing_is_owed_is_kept_all_the_same(case, agent, at):
    with at("2026-03-02 11:00"):
        report(case, agent)
        with pytest.raises(Invalid):
            report(case, agent, reference=" ")
    assert not Clock.objects.filter(complaint=case, kind="authority_report").exists()
