"""Time that stops: for which reasons, for how long, and how it goes on by itself."""

import pytest

from complaints.classes import ComplaintClass, Kind
from complaints.models import Event
from complaints.services import casework, correspondence, decisions
from complaints.vocabulary import PauseReason
from escalation import selectors
from escalation.models import Clock, ClockEvent
from escalation.replay import State
from escalation.services import policies, rebuilding
from notifications.models import OutboxMessage
from tests.escalation.conftest import taipei
from tests.factories.escalation import LADDER, working_hours
from tests.factories.judging import BY_MISTAKE, judge

MONDAY = "2026-03-02 09:00"
EXPERT = PauseReason.EXPERT


def publish(code="standard", *, position=100, match=None, pauses=None, clocks=None):
    return policies.publish(
        code=code,
        name=code.capitalize(),
        position=position,
        document={
            "match": match or {},
            "calendar": "office",
            "clocks": clocks or {"resolution": {"target": working_hours(24), "steps": LADDER}},
            **({"pauses": pauses} if pauses is not None else {}),
        },
    )


@pytest.fixture
def rules(office):
    """While an expert is asked, time stops for 10 working hours at most; for the complainant without limit."""
    return publish(pauses={"complainant": {}, "expert": {"budget_working_hours": 10}})


@pytest.fixture
def case(rules, register, agent, at):
    """Received on Monday at nine and taken on at once."""
    with at(MONDAY):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
    return complaint


@pytest.fixture
def wait(case, agent, at):
    def _wait(when, reason=EXPERT):
        with at(when):
            casework.wait(complaint_id=case.pk, by=agent, question="We have asked the laboratory.", reason=reason)

    return _wait


@pytest.fixture
def resume(case, agent, at):
    def _resume(when):
        with at(when):
            casework.resume(complaint_id=case.pk, by=agent)

    return _resume


def clock(complaint, kind="resolution") -> Clock:
    return Clock.objects.get(complaint=complaint, kind=kind)


def test_the_budget_used_up_lets_time_count_again_from_that_very_moment(case, wait, sweep_at):
    """Asked on Monday at 13:00: ten working hours are Monday until 18:00 and Tuesday until 15:00. Of the 24 hours 3
    were gone, so 21 are left: Tuesday 3, Wednesday 8, Thursday 8, Friday 2.
    """
    wait("2026-03-02 13:00")
    paused = clock(case)
    assert (paused.state, paused.due_at, paused.wake_at) == (State.PAUSED, None, taipei("2026-03-03 15:00"))
    sweep_at("2026-03-03 14:59")
    assert clock(case).state == State.PAUSED
    sweep_at("2026-03-04 11:23")
    running = clock(case)
    assert (running.state, running.due_at) == (State.RUNNING, taipei("2026-03-06 11:00"))
    case.refresh_from_db()
    assert case.due_at == taipei("2026-03-06 11:00")
    ended = Event.objects.get(complaint=case, kind="pause_ended")
    assert ended.occurred_at == taipei("2026-03-03 15:00")
    assert ended.data["reason"] == "expert"
    assert case.status == "waiting", "the office still waits; its time does not stand still any more"
    sweep_at("2026-03-04 11:30")
    assert Event.objects.filter(complaint=case, kind="pause_ended").count() == 1


def test_by_hand_the_same_as_by_the_calendar(case, wait, sweep_at):
    wait("2026-03-02 13:00")
    sweep_at("2026-03-03 15:00")
    running = clock(case)
    calendar = selectors.calendar_rules(running.calendar_version_id)
    left = 24 * 3600 - calendar.measure(taipei(MONDAY), taipei("2026-03-02 13:00"))
    assert running.due_at == calendar.advance(taipei("2026-03-03 15:00"), left)


def test_splitting_a_pause_in_two_changes_nothing(case, wait, resume, sweep_at):
    wait("2026-03-02 13:00")
    resume("2026-03-02 16:00")
    wait("2026-03-02 16:00")
    assert clock(case).wake_at == taipei("2026-03-03 15:00")
    sweep_at("2026-03-03 15:00")
    assert clock(case).due_at == taipei("2026-03-06 11:00")


def test_what_was_spent_is_spent(case, wait, resume):
    wait("2026-03-02 13:00")
    resume("2026-03-02 17:00")
    assert clock(case).due_at == taipei("2026-03-05 14:00")
    wait("2026-03-03 09:00")
    assert clock(case).wake_at == taipei("2026-03-03 16:00"), "six of the ten hours are left"
    resume("2026-03-04 09:00")
    wait("2026-03-04 10:00")
    assert clock(case).state == State.RUNNING, "nothing is left"


def test_time_goes_on_for_a_reason_the_policy_does_not_know(case, wait):
    wait("2026-03-02 13:00", PauseReason.THIRD_PARTY)
    assert (clock(case).state, clock(case).due_at) == (State.RUNNING, taipei("2026-03-04 18:00"))


def test_an_answer_of_the_complainant_ends_any_pause(case, wait, at):
    wait("2026-03-02 13:00")
    with at("2026-03-02 15:00"):
        correspondence.hear(complaint_id=case.pk, body="Never mind the laboratory.")
    assert (clock(case).state, clock(case).due_at) == (State.RUNNING, taipei("2026-03-05 11:00"))


def test_an_answer_after_the_budget_was_used_up_moves_nothing_though_no_worker_ran(case, wait, at):
    wait("2026-03-02 13:00")
    with at("2026-03-04 10:00"):
        correspondence.hear(complaint_id=case.pk, body="Here I am.")
    assert clock(case).due_at == taipei("2026-03-06 11:00")


def test_the_law_does_not_wait(office, register, agent, at):
    publish(
        pauses={"expert": {"budget_working_hours": 10}},
        clocks={"resolution": {"target": {"unit": "working_days", "amount": 3, "statutory": True}}},
    )
    with at(MONDAY):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        casework.wait(complaint_id=complaint.pk, by=agent, question="The laboratory has it.", reason=EXPERT)
    assert (clock(complaint).state, clock(complaint).due_at) == (State.RUNNING, taipei("2026-03-05 18:00"))


# --- other rules meanwhile ----------------------------------------------------------------------------------


def judge_valid(complaint, agent):
    judge(complaint, agent)
    decisions.classify(
        complaint_id=complaint.pk,
        by=agent,
        complaint_class=ComplaintClass.VALID,
        kind=Kind.HARM,
        reasons="Seen.",
        basis=BY_MISTAKE,
    )


def test_of_a_pause_that_the_law_did_not_heed_nobody_is_told_that_it_is_used_up(office, register, agent, at, sweep_at):
    """Whatever other complaints are in the same batch."""
    lawful = {"target": {**working_hours(16), "statutory": True}, "steps": LADDER}
    publish(
        pauses={"expert": {"budget_working_hours": 10}},
        match={"priority": ["major"]},
        clocks={"resolution": lawful},
        position=1,
    )
    publish("usual", pauses={"expert": {"budget_working_hours": 10}})
    with at(MONDAY):
        ordinary, major = register().complaint, register(impact="high", urgency="high").complaint
        for complaint in (ordinary, major):
            casework.acknowledge(complaint_id=complaint.pk, by=agent)
            casework.wait(complaint_id=complaint.pk, by=agent, question="We have asked.", reason=EXPERT)
    sweep_at("2026-03-03 18:00")
    assert Event.objects.filter(kind="pause_ended").values_list("complaint", flat=True).get() == ordinary.pk


def test_another_policy_while_waiting_pauses_by_its_own_budget(case, wait, agent, at):
    publish("valid", position=1, match={"class": ["valid"]}, pauses={"expert": {"budget_working_hours": 4}})
    wait("2026-03-02 13:00")
    with at("2026-03-02 14:00"):
        judge_valid(case, agent)
    assert clock(case).wake_at == taipei("2026-03-02 17:00"), "of four hours one was spent under the other policy"


def test_another_policy_that_knows_no_such_pause_lets_time_go_on(case, wait, agent, at):
    publish("valid", position=1, match={"class": ["valid"]})
    wait("2026-03-02 13:00")
    with at("2026-03-02 14:00"):
        judge_valid(case, agent)
    assert (clock(case).state, clock(case).due_at) == (State.RUNNING, taipei("2026-03-05 10:00"))


def test_a_pause_by_the_same_terms_is_left_as_it_is(office, register, agent, at):
    publish("valid", position=1, match={"class": ["valid"]})
    with at(MONDAY):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        casework.wait(complaint_id=complaint.pk, by=agent, question="Which shop?")
        judge_valid(complaint, agent)
    kinds = list(ClockEvent.objects.filter(clock=clock(complaint)).values_list("kind", flat=True))
    assert kinds == ["started", "paused", "retargeted"]


def test_a_deadline_that_comes_while_waiting_pauses_for_the_same_reason(case, wait, agent, at):
    more = {"resolution": {"target": working_hours(24)}, "progress": {"target": working_hours(16)}}
    publish("valid", position=1, match={"class": ["valid"]}, pauses={"expert": {}}, clocks=more)
    wait("2026-03-02 13:00")
    with at("2026-03-02 14:00"):
        judge_valid(case, agent)
    assert clock(case, "progress").state == State.PAUSED
    assert ClockEvent.objects.get(clock=clock(case, "progress"), kind="paused").reason == "expert"


def test_the_next_word_on_progress_waits_as_well(office, register, agent, at):
    publish(clocks={"progress": {"target": working_hours(8)}})
    with at(MONDAY):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        casework.wait(complaint_id=complaint.pk, by=agent, question="Which shop?")
    with at("2026-03-03 09:00"):
        correspondence.reply(complaint_id=complaint.pk, by=agent, body="We still need to know which shop it was.")
    last = complaint.clocks.order_by("-number").first()
    assert (last.kind, last.number, last.state) == ("progress", 3, State.PAUSED)


def test_the_columns_are_what_the_ledgers_say(case, wait, resume, sweep_at):
    wait("2026-03-02 13:00")
    sweep_at("2026-03-03 15:00")
    resume("2026-03-04 09:00")
    assert list(rebuilding.rebuild(check=True)) == []


def test_the_holder_is_told_when_the_budget_is_used_up(case, handler, supervisor, wait, sweep_at, at, settings):
    settings.COMPLAINT_EVENT_HANDLERS = [*settings.COMPLAINT_EVENT_HANDLERS, "notifications.handlers.queue_messages"]
    with at(MONDAY):
        casework.assign(complaint_id=case.pk, by=supervisor, to=handler)
    wait("2026-03-02 13:00")
    told = OutboxMessage.objects.get(complaint=case, kind="wait")
    assert "We wait for a test or an expert opinion" in told.body
    assert "answer from you" not in told.body
    sweep_at("2026-03-03 15:00")
    letter = OutboxMessage.objects.get(complaint=case, kind="pause_ended")
    assert letter.recipient == handler
    assert "count again" in letter.body
