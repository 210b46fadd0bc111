"""A retired policy taken up again: what of its promises is owed still, after all that the office did meanwhile."""

import pytest

from complaints.services import casework, correspondence
from complaints.vocabulary import Outcome
from escalation.models import PolicyMigration
from escalation.replay import State
from escalation.services import migrating
from escalation.services.rebuilding import rebuild
from tests.escalation.test_races import at_once
from tests.factories.escalation import publish_policy, working_hours

RETIRED, MEANWHILE, UNDONE = "2026-03-02 10:00", "2026-03-02 11:00", "2026-03-02 12:00"


@pytest.fixture
def case(office, register, at):
    publish_policy(
        clocks={
            "acknowledge": {"target": working_hours(4)},
            "first_response": {"target": working_hours(8)},
            "progress": {"target": working_hours(16)},
            "resolution": {"target": working_hours(24)},
            "authority_report": {"target": {"unit": "hours", "amount": 24}},
            "follow_up": {"target": working_hours(16)},
        }
    )
    with at("2026-03-02 09:00"):
        return register().complaint


@pytest.fixture
def interrupted(case, administrator, at):
    """`interrupted(act)`: the policy is retired, the office acts, the policy is taken up again; the kinds that run."""

    def _interrupted(*acts):
        with at(RETIRED):
            retired = migrating.retire(code="standard", by=administrator)
        with at(MEANWHILE):
            for act in acts:
                act()
        with at(UNDONE):
            migrating.undo(migration_id=retired.pk, by=administrator)
            assert not list(rebuild(check=True))
        return sorted(case.clocks.filter(state=State.RUNNING).values_list("kind", flat=True))

    return _interrupted


def resolve(case, agent):
    casework.resolve(complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Till.", message="Sorry.")


def test_untouched_everything_goes_on(interrupted):
    assert interrupted() == ["acknowledge", "authority_report", "first_response", "progress", "resolution"]


def test_what_was_acknowledged_meanwhile_is_not_owed_again(case, interrupted, agent):
    running = interrupted(lambda: casework.acknowledge(complaint_id=case.pk, by=agent))
    assert running == ["authority_report", "first_response", "progress", "resolution"]


def test_what_was_answered_meanwhile_is_not_owed_again(case, interrupted, agent):
    running = interrupted(
        lambda: casework.acknowledge(complaint_id=case.pk, by=agent),
        lambda: correspondence.reply(complaint_id=case.pk, by=agent, body="We look into it."),
    )
    assert running == ["authority_report", "progress", "resolution"]


def test_an_answer_does_not_settle_the_report_to_the_authority(case, interrupted, agent):
    assert interrupted(lambda: resolve(case, agent)) == ["authority_report"]


def test_a_visit_after_the_answer_is_owed_again(case, interrupted, agent, at):
    with at("2026-03-02 09:30"):
        resolve(case, agent)
    assert interrupted(lambda: casework.confirm(complaint_id=case.pk)) == ["authority_report", "follow_up"]


def test_a_new_cycle_does_not_take_up_the_clocks_of_the_old_one(case, interrupted, agent):
    def answer_and_dispute():
        resolve(case, agent)
        casework.dispute(complaint_id=case.pk, body="No.")

    assert interrupted(answer_and_dispute) == ["authority_report"]


@pytest.mark.parametrize("mode", ["resume", "restart", "new_cycle"])
def test_a_retired_policy_promises_nothing_to_whoever_comes_back(office, register, administrator, agent, at, mode):
    publish_policy(reopen=mode)
    with at("2026-03-02 09:00"):
        case = register().complaint
    with at(RETIRED):
        migrating.retire(code="standard", by=administrator)
    with at(MEANWHILE):
        resolve(case, agent)
        casework.dispute(complaint_id=case.pk, body="No.")
    assert set(case.clocks.values_list("state", flat=True)) == {State.CANCELLED}


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_two_who_undo_the_same_policy_at_once_one_is_told_to_wait(office, register, administrator, monkeypatch):
    register()
    monkeypatch.setattr(migrating, "AT_ONCE", 0)
    moves = [
        PolicyMigration.objects.create(
            kind="retire", code="standard", policy=office.policy, state="done", counts={}, asked_by=administrator
        )
        for _number in range(2)
    ]
    told = []

    def undo(move):
        try:
            migrating.undo(migration_id=move.pk, by=administrator)
        except migrating.CannotMigrate as refusal:
            told.append(refusal)

    at_once(*(lambda move=move: undo(move) for move in moves))
    assert len(told) == 1
    assert sorted(PolicyMigration.objects.values_list("state", flat=True)) == ["done", "undoing"]
