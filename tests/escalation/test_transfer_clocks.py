"""The time to answer a transfer: silence accepts, an objection starts the time of who decides; the rest runs on."""

import pytest
import time_machine

from accounts.roles import Role
from complaints.models import Complaint
from complaints.services import casework, transfers
from complaints.transferring import TransferState
from complaints.vocabulary import Outcome
from escalation import selectors
from escalation.models import Clock
from escalation.replay import State
from escalation.services import unanswered
from tests.escalation.conftest import taipei
from tests.factories import DepartmentFactory, UserFactory
from tests.factories.escalation import publish_policy, working_hours

pytestmark = pytest.mark.django_db
MONDAY = "2026-03-02 09:00"


@pytest.fixture
def there(head_office):
    return UserFactory(role=Role.HANDLER, department=DepartmentFactory(code="south", parent=head_office))


@pytest.fixture
def asked(office, register, agent, there, at):
    with at(MONDAY):
        complaint = register(by=agent).complaint
        return transfers.transfer(complaint_id=complaint.pk, by=agent, to=there.department, reasons="Theirs.")


@pytest.fixture
def silence(monkeypatch):
    """`silence("2026-03-02 18:00")`: what the worker accepts at that moment of the database's clock."""

    def _silence(text: str) -> int:
        moment = taipei(text)
        with monkeypatch.context() as patched, time_machine.travel(moment, tick=False):
            patched.setattr(selectors, "database_now", lambda: moment)
            return unanswered.accept_silent()

    return _silence


def clocks(complaint, kind="transfer") -> list[Clock]:
    return list(Clock.objects.filter(complaint=complaint, kind=kind).order_by("id"))


def test_silence_accepts_after_a_working_day_and_not_before_and_once(asked, silence, sweep_at, there):
    [clock] = clocks(asked)
    [resolution] = clocks(asked, "resolution")
    assert (clock.due_at, clock.about) == (taipei("2026-03-02 18:00"), "transfer:1"), "the usual eight working hours"
    assert silence("2026-03-02 17:59") == 0
    sweep_at("2026-03-02 18:00")
    assert [silence("2026-03-02 18:00"), silence("2026-03-02 18:01")] == [1, 0]
    asked.refresh_from_db()
    transfer = asked.transfers.get()
    assert (asked.department, transfer.is_silent) == (there.department, True)
    told = asked.events.get(kind="accept_transfer")
    assert (told.actor, told.data["silent"]) == (None, True)
    assert clocks(asked)[0].state == State.MET_LATE, "that nobody answered in time is a fact"
    assert clocks(asked, "resolution")[0].due_at == resolution.due_at, "no time is won by it"


def test_the_policy_says_how_long(office, register, agent, there, at):
    promised = {"transfer": {"target": working_hours(2)}, "resolution": {"target": working_hours(24)}}
    publish_policy("quick", position=1, clocks=promised)
    with at(MONDAY):
        complaint = register(by=agent).complaint
        transfers.transfer(complaint_id=complaint.pk, by=agent, to=there.department, reasons="Theirs.")
    assert clocks(complaint)[0].due_at == taipei("2026-03-02 11:00")
    with at("2026-03-02 10:00"):
        transfers.accept(complaint_id=complaint.pk, by=there)
    assert clocks(complaint)[0].state == State.MET


def test_an_objection_starts_the_time_of_who_decides_and_their_silence_decides_nothing(
    asked, at, silence, there, executive
):
    with at("2026-03-02 10:00"):
        transfers.object_to(complaint_id=asked.pk, by=there, reasons="No.")
    answered, deciding = clocks(asked)
    assert (answered.state, deciding.state) == (State.MET, State.RUNNING)
    assert deciding.due_at == taipei("2026-03-03 10:00")
    assert silence("2026-03-04 18:00") == 0
    assert asked.transfers.get().state == TransferState.ARBITRATION
    with at("2026-03-04 18:00"):
        transfers.arbitrate(complaint_id=asked.pk, by=executive, to=there.department, reasons="Theirs.")
    assert clocks(asked)[1].state == State.MET_LATE


def test_what_is_called_off_needs_no_answer(asked, agent, at, silence):
    with at("2026-03-02 10:00"):
        casework.resolve(
            complaint_id=asked.pk, by=agent, outcome=Outcome.NO_FAULT, reasons="Fine.", message="All fine."
        )
    assert clocks(asked)[0].state == State.CANCELLED
    assert silence("2026-03-04 18:00") == 0
    assert Complaint.objects.get(pk=asked.pk).department == agent.department


def test_one_that_cannot_be_accepted_stops_nobody_else(asked, register, agent, there, at, silence, monkeypatch):
    with at(MONDAY):
        other = register(by=agent).complaint
        transfers.transfer(complaint_id=other.pk, by=agent, to=there.department, reasons="Theirs.")
    accept = transfers.accept_by_silence

    def fails_for_the_first(complaint, *, at):
        if complaint.pk == asked.pk:
            raise ValueError("broken")
        return accept(complaint, at=at)

    monkeypatch.setattr(transfers, "accept_by_silence", fails_for_the_first)
    assert silence("2026-03-02 18:00") == 1
    assert Complaint.objects.get(pk=asked.pk).department == agent.department
