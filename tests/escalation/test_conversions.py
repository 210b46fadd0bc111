"""What is communicative and overdue is proposed to count as valid: in the sweep, set-based, once in a cycle."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.classes import ComplaintClass, Kind
from complaints.converting import CONVERSION_PROPOSED
from complaints.services import conversions, correspondence, decisions
from escalation.models import Clock
from tests.factories.escalation import publish_policy, working_hours

pytestmark = pytest.mark.django_db

MONDAY = "2026-03-02 09:00"
LATER = ["2026-03-02 14:00", "2026-03-03 10:00", "2026-03-05 18:00"]


@pytest.fixture
def rules(office):
    clocks = {
        "acknowledge": {"target": working_hours(4)},
        "first_response": {"target": working_hours(8)},
        "resolution": {"target": working_hours(24)},
    }
    publish_policy(clocks=clocks)


def ask(complaint, by):
    decisions.classify(
        complaint_id=complaint.pk, by=by, complaint_class=ComplaintClass.COMMUNICATIVE, kind=Kind.HELP, reasons="x"
    )


@pytest.fixture
def cases(rules, register, at, agent):
    """Three that are communicative and one that nobody has classed."""
    with at(MONDAY):
        complaints = [register().complaint for _number in range(4)]
        for complaint in complaints[:3]:
            ask(complaint, agent)
    return complaints


def told(complaint):
    return list(complaint.events.filter(kind=CONVERSION_PROPOSED))


def test_each_is_proposed_once_however_many_promises_break(cases, sweep_at):
    for moment in LATER:
        sweep_at(moment)
        sweep_at(moment)
    assert [len(told(complaint)) for complaint in cases] == [1, 1, 1, 0]
    event = told(cases[0])[0]
    assert event.data["conversion"] == "overdue"
    assert Clock.objects.get(pk=event.data["clock"]).kind == "acknowledge"
    assert cases[0].decisions.filter(state="proposed", conversion="overdue").count() == 1


def test_the_sweep_asks_no_more_for_many_than_for_few(cases, register, at, agent, sweep_at):
    def cost(moment):
        with CaptureQueriesContext(connection) as queries:
            sweep_at(moment)
        return len(queries)

    few = cost("2026-03-02 14:00")
    with at("2026-03-03 09:00"):
        for _number in range(9):
            ask(register().complaint, agent)
    Clock.objects.filter(complaint__in=cases).update(wake_at=None)
    assert cost("2026-03-03 14:00") <= few


def test_a_promise_that_was_kept_late_counts_as_well(cases, agent, at):
    """No sweep came in between: the act that comes too late says so."""
    with at("2026-03-03 10:00"):
        correspondence.reply(complaint_id=cases[0].pk, by=agent, body="At last.")
    assert len(told(cases[0])) == 1


def test_what_is_called_communicative_when_it_is_overdue_is_proposed_at_once(cases, agent, at, sweep_at):
    sweep_at("2026-03-02 14:00")
    with at("2026-03-02 15:00"):
        ask(cases[3], agent)
    assert len(told(cases[3])) == 1


def test_once_converted_it_counts_by_the_policy_for_valid_ones(cases, supervisor, at, sweep_at):
    publish_policy(
        "valid", position=1, match={"class": ["valid"]}, clocks={"resolution": {"target": working_hours(40)}}
    )
    sweep_at("2026-03-02 14:00")
    with at("2026-03-02 15:00"):
        conversions.convert(complaint_id=cases[0].pk, by=supervisor, reasons="x", fault="mistake", harmed="user")
    resolution = Clock.objects.get(complaint=cases[0], kind="resolution")
    assert resolution.policy_version.policy.code == "valid"
