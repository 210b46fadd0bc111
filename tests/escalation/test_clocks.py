"""What the acts of the office do to clocks."""

import pytest
from django.db import DatabaseError, transaction

from complaints.classes import ComplaintClass, Kind
from complaints.models import Event
from complaints.services import casework, correspondence, decisions, transfers
from complaints.vocabulary import DeclineCode, Grade, Outcome, Priority
from escalation.models import Clock, ClockEvent, Firing
from escalation.replay import State
from tests.escalation.conftest import taipei
from tests.factories.escalation import publish_policy, working_hours
from tests.factories.judging import BY_MISTAKE, judge

MONDAY = "2026-03-02 09:00"


@pytest.fixture
def case(office, register, at):
    """A complaint received on Monday at nine."""
    with at(MONDAY):
        return register().complaint


def clock(complaint, kind="resolution", cycle=1) -> Clock:
    return Clock.objects.get(complaint=complaint, kind=kind, cycle=cycle)


def states(complaint) -> dict[str, str]:
    return dict(complaint.clocks.order_by("cycle").values_list("kind", "state"))


def test_registering_starts_the_clocks_of_the_matching_policy_at_the_moment_of_receipt(case):
    assert states(case) == {"acknowledge": "running", "first_response": "running", "resolution": "running"}
    assert {row.started_at for row in case.clocks.all()} == {taipei(MONDAY)}
    assert clock(case, "acknowledge").due_at == taipei("2026-03-02 14:00")
    assert clock(case, "resolution").due_at == taipei("2026-03-04 18:00")


def test_the_complaint_shows_the_promise_that_is_due_next(case):
    case.refresh_from_db()
    assert case.due_at == taipei("2026-03-02 14:00")


def test_a_backdated_complaint_is_counted_from_the_day_it_came_in(office, register, agent, at):
    with at("2026-03-09 09:00"):
        late = register(by=agent, received_at=taipei(MONDAY)).complaint
    assert clock(late).due_at == taipei("2026-03-04 18:00")
    assert clock(late).state == State.RUNNING, "that it is overdue is for the sweep to note"
    assert clock(late).wake_at == taipei("2026-03-03 14:00"), "and it has steps to do at once"


def test_without_a_matching_policy_there_are_no_clocks_and_no_due_date(db, register):
    complaint = register().complaint
    assert not complaint.clocks.exists()
    complaint.refresh_from_db()
    assert complaint.due_at is None


def test_acknowledging_keeps_that_promise_only(case, agent, at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
    assert states(case) == {"acknowledge": "met", "first_response": "running", "resolution": "running"}
    assert clock(case, "acknowledge").met_at == taipei("2026-03-02 10:00")
    case.refresh_from_db()
    assert case.due_at == taipei("2026-03-02 18:00"), "next is the first reply, until it has been given"


def test_a_reply_keeps_the_first_reply_and_acknowledges_by_itself(case, agent, at):
    with at("2026-03-02 10:00"):
        correspondence.reply(complaint_id=case.pk, by=agent, body="We are looking into it.")
    assert states(case) == {"acknowledge": "met", "first_response": "met", "resolution": "running"}


def test_what_the_complainant_cannot_see_keeps_nothing(case, agent, handler, at):
    entries = ClockEvent.objects.count()
    with at("2026-03-02 10:00"):
        correspondence.note(complaint_id=case.pk, by=agent, body="Called the shop.")
        casework.assign(complaint_id=case.pk, by=agent, to=handler)
    assert ClockEvent.objects.count() == entries, "such acts write nothing into ledgers"
    assert set(states(case).values()) == {"running"}


def test_waiting_for_the_complainant_pauses_and_their_answer_ends_it(case, agent, at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
    with at("2026-03-02 17:00"):
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    paused = clock(case)
    assert (paused.state, paused.due_at, paused.remaining) == (State.PAUSED, None, 17 * 3600)
    assert clock(case, "first_response").state == State.MET, "the question is a reply"
    case.refresh_from_db()
    assert case.due_at is None
    with at("2026-03-05 09:00"):
        correspondence.hear(complaint_id=case.pk, body="The one at the station.")
    running = clock(case)
    assert (running.state, running.due_at) == (State.RUNNING, taipei("2026-03-09 10:00"))
    case.refresh_from_db()
    assert case.due_at == running.due_at


def test_a_statutory_promise_does_not_pause(register, agent, office, at):
    statutory = {"target": {"unit": "calendar_days", "amount": 15, "statutory": True}}
    publish_policy("law", position=1, clocks={"resolution": statutory})
    with at(MONDAY):
        complaint = register().complaint
        casework.acknowledge(complaint_id=complaint.pk, by=agent)
        casework.wait(complaint_id=complaint.pk, by=agent, question="Which shop was it?")
    assert clock(complaint).state == State.RUNNING
    assert clock(complaint).due_at == taipei("2026-03-18 00:00")


def test_resolving_keeps_everything_and_nothing_is_due_any_more(case, agent, at):
    with at("2026-03-02 11:00"):
        casework.resolve(
            complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
    assert set(states(case).values()) == {"met"}
    assert not Clock.objects.exclude(wake_at=None).exists()
    case.refresh_from_db()
    assert case.due_at is None


def test_declining_keeps_the_promises_and_withdrawing_cancels_them(case, office, register, supervisor, agent, at):
    with at("2026-03-02 11:00"):
        casework.decline(
            complaint_id=case.pk,
            by=supervisor,
            code=DeclineCode.OUTSIDE_REMIT,
            reasons="Not ours.",
            recourse="City hall",
        )
        other = register().complaint
        casework.withdraw(complaint_id=other.pk, by=agent, reasons="They called.")
    assert set(states(case).values()) == {"met"}
    assert set(states(other).values()) == {"cancelled"}
    assert set(other.clocks.values_list("wake_at", flat=True)) == {None}


def test_a_promise_kept_late_was_broken_at_the_promise_though_no_worker_ran(case, agent, at):
    """Workers down for 48 hours and more; the breach is a fact of time all the same."""
    with at("2026-03-06 18:00"):
        casework.resolve(
            complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
    late = clock(case)
    assert (late.state, late.breached_at) == (State.MET_LATE, late.due_at)
    noted = Event.objects.filter(complaint=case, kind="breached").order_by("sequence")
    assert {event.data["clock_kind"]: event.occurred_at for event in noted}["resolution"] == taipei("2026-03-04 18:00")
    assert all(event.data["notify"] is False for event in noted)


def test_a_higher_priority_counts_anew_from_the_old_start(case, supervisor, agent, at):
    """GLPI #6902: the pause was lost when the target changed."""
    publish_policy(
        "urgent",
        position=1,
        match={"priority": ["urgent", "major"]},
        clocks={"resolution": {"target": working_hours(16)}},
    )
    with at("2026-03-02 09:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
    with at("2026-03-02 10:00"):
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    with at("2026-03-02 12:00"):
        casework.resume(complaint_id=case.pk, by=agent)
    with at("2026-03-02 15:00"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.MEDIUM)
    moved = clock(case)
    assert moved.policy_version.policy.code == "urgent"
    assert moved.due_at == taipei("2026-03-04 11:00"), "16 hours from Monday nine, with two hours of pause"


def test_a_clock_keeps_its_version_while_the_same_policy_matches(case, supervisor, at):
    pinned = clock(case).policy_version
    publish_policy(clocks={"resolution": {"target": working_hours(1)}})
    with at("2026-03-02 10:00"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert clock(case).policy_version == pinned
    assert clock(case).due_at == taipei("2026-03-04 18:00")


def test_a_class_whose_policy_promises_less_cancels_and_going_back_goes_on(case, agent, at):
    publish_policy(
        "counter",
        position=1,
        match={"class": ["communicative"]},
        clocks={"first_response": {"target": working_hours(8)}},
    )
    with at("2026-03-02 10:00"):
        decisions.classify(
            complaint_id=case.pk,
            by=agent,
            complaint_class=ComplaintClass.COMMUNICATIVE,
            kind=Kind.HELP,
            reasons="Asks.",
        )
    assert states(case) == {"acknowledge": "cancelled", "first_response": "running", "resolution": "cancelled"}
    with at("2026-03-02 11:00"):
        judge(case, agent)
        decisions.classify(
            complaint_id=case.pk,
            by=agent,
            complaint_class=ComplaintClass.VALID,
            kind=Kind.HARM,
            reasons="It harmed.",
            basis=BY_MISTAKE,
        )
    assert set(states(case).values()) == {"running"}
    assert clock(case).due_at == taipei("2026-03-05 10:00"), "the hour in between does not count"


def test_a_promise_stands_when_no_policy_matches_any_more(case, office, supervisor, at):
    policy = office.policy
    policy.is_active = False
    policy.save()
    with at("2026-03-02 10:00"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert clock(case).state == State.RUNNING


def test_a_broken_promise_is_not_mended_by_another_target(case, supervisor, at):
    publish_policy(
        "slow", position=1, match={"priority": ["major"]}, clocks={"resolution": {"target": working_hours(400)}}
    )
    with at("2026-03-06 10:00"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert clock(case).due_at == taipei("2026-03-04 18:00")


def test_a_breach_that_is_noted_stays_when_the_clock_of_the_web_server_is_behind(case, supervisor, at, sweep_at):
    """Another target would begin another round of the ladder: every step would fire a second time."""
    sweep_at("2026-03-04 18:00")
    fired = Firing.objects.count()
    publish_policy("other", position=1, match={"priority": ["major"]})
    with at("2026-03-04 17:59"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert clock(case).policy_version.policy.code == "standard"
    sweep_at("2026-03-04 18:01")
    assert Firing.objects.count() == fired


def test_a_complaint_no_policy_matched_gets_its_clocks_when_one_does(register, office, agent, supervisor, at):
    office.policy.is_active = False
    office.policy.save()
    with at(MONDAY):
        complaint = register().complaint
        correspondence.reply(complaint_id=complaint.pk, by=agent, body="We are looking into it.")
    publish_policy("major", match={"priority": ["major"]})
    with at("2026-03-02 11:00"):
        casework.prioritise(
            complaint_id=complaint.pk,
            by=supervisor,
            impact=Grade.LOW,
            urgency=Grade.LOW,
            override=Priority.MAJOR,
            reasons="The press called.",
        )
    assert states(complaint) == {"resolution": "running"}, "the reply has been given before"
    assert clock(complaint).started_at == taipei(MONDAY)


def test_transfer_counts_by_the_policy_of_the_other_department(case, agent, specialist, head_office, at):
    publish_policy(
        "hq", position=1, match={"department": ["head-office"]}, clocks={"resolution": {"target": working_hours(8)}}
    )
    assert clock(case).policy_version.policy.code == "standard"
    case_below_matches = publish_policy(
        "tree", position=2, match={"department": ["head-office"]}, clocks={"resolution": {"target": working_hours(9)}}
    )
    assert case_below_matches.number == 1
    with at("2026-03-02 10:00"):
        casework.transfer(complaint_id=case.pk, by=agent, to=head_office, reasons="Theirs.")
    assert clock(case).policy_version.policy.code == "standard", "nothing changes before it is accepted"
    with at("2026-03-02 11:00"):
        transfers.accept(complaint_id=case.pk, by=specialist)
    assert clock(case).due_at == taipei("2026-03-02 18:00")


def test_a_policy_for_a_department_holds_for_everything_below_it(office, register, head_office, at):
    publish_policy(
        "hq", position=1, match={"department": ["head-office"]}, clocks={"resolution": {"target": working_hours(8)}}
    )
    with at(MONDAY):
        complaint = register().complaint
    assert complaint.department.code == "north"
    assert clock(complaint).policy_version.policy.code == "hq"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("none", {("acknowledge", 1): "met", ("first_response", 1): "met", ("resolution", 1): "met"}),
        ("resume", {("acknowledge", 1): "met", ("first_response", 1): "met", ("resolution", 1): "running"}),
        (
            "restart",
            {
                ("acknowledge", 1): "met",
                ("first_response", 1): "met",
                ("resolution", 1): "met",
                ("resolution", 2): "running",
            },
        ),
        (
            "new_cycle",
            {
                ("acknowledge", 1): "met",
                ("first_response", 1): "met",
                ("resolution", 1): "met",
                ("first_response", 2): "running",
                ("resolution", 2): "running",
            },
        ),
    ],
)
def test_reopening_does_as_the_policy_says(office, register, agent, supervisor, at, mode, expected):
    publish_policy("mode", position=1, reopen=mode)
    with at(MONDAY):
        complaint = register().complaint
    with at("2026-03-02 12:00"):
        casework.resolve(
            complaint_id=complaint.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
    with at("2026-03-09 09:00"):
        casework.dispute(complaint_id=complaint.pk, body="You have not understood.")
    found = {(row.kind, row.cycle): row.state for row in complaint.clocks.all()}
    assert found == expected
    due = {
        "none": None,
        "resume": taipei("2026-03-11 15:00"),
        "restart": taipei("2026-03-11 18:00"),
        "new_cycle": taipei("2026-03-09 18:00"),
    }[mode]
    complaint.refresh_from_db()
    assert complaint.due_at == due

    with at("2026-03-09 10:00"):
        casework.prioritise(complaint_id=complaint.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    found = {(row.kind, row.cycle): row.state for row in complaint.clocks.all()}
    assert found == expected, "setting the priority brings no promise that the reopening did not"
    complaint.refresh_from_db()
    assert complaint.due_at == due


def test_ledgers_cannot_be_rewritten(case):
    for change in (lambda rows: rows.update(reason="nothing"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(ClockEvent.objects.filter(clock__complaint=case))


def test_what_turns_out_to_be_major_only_after_a_reopening_is_still_reported(register, office, supervisor, at):
    reporting = {"authority_report": {"target": {"unit": "hours", "amount": 12, "statutory": True}}}
    clocks = {"resolution": {"target": working_hours(24)}}
    publish_policy("major", match={"priority": ["major"]}, position=1, clocks=clocks | reporting)
    with at("2026-03-02 09:00"):
        complaint = register().complaint
    with at("2026-03-02 10:00"):
        casework.resolve(
            complaint_id=complaint.pk, by=supervisor, outcome=Outcome.NO_FAULT, reasons="All well.", message="It is."
        )
    with at("2026-03-03 10:00"):
        casework.reopen(complaint_id=complaint.pk, by=supervisor, reasons="Somebody was hurt after all.")
    with at("2026-03-03 11:00"):
        casework.prioritise(complaint_id=complaint.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    report = Clock.objects.get(complaint=complaint, kind="authority_report")
    assert (report.started_at, report.due_at) == (taipei("2026-03-03 11:00"), taipei("2026-03-03 23:00"))
