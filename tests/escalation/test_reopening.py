"""A complaint that is opened again: at which tier it goes on."""

import pytest

from complaints.classes import ComplaintClass
from complaints.models import Complaint, Event
from complaints.services import casework
from complaints.vocabulary import Outcome
from tests.factories import UserFactory
from tests.factories.escalation import publish_policy

MONDAY = "2026-03-02 09:00"


@pytest.fixture
def climbed(office, register, at, sweep_at, agent):
    """`climbed(reopen="resume")`: a complaint that was answered from tier 3, under a policy that says so."""

    def _climbed(**policy) -> Complaint:
        publish_policy(**policy)
        with at(MONDAY):
            complaint = register().complaint
        sweep_at("2026-03-05 14:00")
        complaint.refresh_from_db()
        assert complaint.tier == 3
        with at("2026-03-05 15:00"):
            casework.resolve(
                complaint_id=complaint.pk, by=agent, outcome=Outcome.NOT_UPHELD, reasons="Seen.", message="No."
            )
        return complaint

    return _climbed


def disputed(complaint, at) -> Complaint:
    with at("2026-03-06 09:00"):
        casework.dispute(complaint_id=complaint.pk, body="That is not what happened.")
    complaint.refresh_from_db()
    return complaint


@pytest.mark.parametrize(("reopen", "tier"), [("new_cycle", 1), ("restart", 1), ("resume", 3), ("none", 3)])
def test_with_the_full_time_the_climb_begins_at_its_foot(climbed, at, reopen, tier):
    complaint = disputed(climbed(reopen=reopen), at)
    assert (complaint.cycle, complaint.tier) == (2, tier)
    told = Event.objects.get(complaint=complaint, kind="dispute").data
    assert (told["tier_before"], told["tier"]) == (3, tier)


def test_an_upgrade_never_goes_down(climbed, at):
    complaint = climbed()
    Complaint.objects.filter(pk=complaint.pk).update(complaint_class=ComplaintClass.UPGRADE, class_kind="unresolved")
    assert disputed(complaint, at).tier == 3


def test_whoever_holds_the_first_tier_takes_it_and_the_ladder_is_climbed_anew(
    climbed, at, sweep_at, branch, handler, supervisor
):
    complaint = disputed(climbed(), at)
    assert complaint.holder == handler
    UserFactory(name="Second supervisor", role="supervisor", department=branch)
    sweep_at("2026-03-11 09:00")
    complaint.refresh_from_db()
    assert complaint.tier == 2


def test_a_complaint_without_a_clock_begins_at_the_first_tier(office, register, agent, at):
    publish_policy(is_active=False)
    with at(MONDAY):
        complaint = register().complaint
        casework.resolve(
            complaint_id=complaint.pk, by=agent, outcome=Outcome.NOT_UPHELD, reasons="Seen.", message="No."
        )
    Complaint.objects.filter(pk=complaint.pk).update(tier=4)
    assert disputed(complaint, at).tier == 1
