"""The engine, one worker at a time; see test_races.py for many."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from complaints.models import Event, Subject
from complaints.services import casework
from complaints.vocabulary import Grade, Outcome, SubjectKind
from escalation import selectors, tasks
from escalation.models import CalendarVersion, Clock, Firing, Heartbeat
from escalation.replay import State
from escalation.services import calendars, climbing, failing, sweep
from tests.escalation.conftest import taipei
from tests.factories import DutyShiftFactory, UserFactory
from tests.factories.escalation import publish_policy, working_hours

MONDAY = "2026-03-02 09:00"
RESOLUTION = {"target": working_hours(8)}


def only_resolution(*steps, **more):
    return publish_policy("ladder", position=1, clocks={"resolution": RESOLUTION | {"steps": list(steps)} | more})


@pytest.fixture
def case(office, register, at):
    """A complaint received on Monday at nine; it is to be resolved by Wednesday at six."""
    with at(MONDAY):
        return register().complaint


def told(complaint, kind):
    return [event.data for event in Event.objects.filter(complaint=complaint, kind=kind).order_by("sequence")]


def keys(complaint):
    return list(
        Firing.objects.filter(clock__complaint=complaint, clock__kind="resolution").values_list("step", "repeat")
    )


def test_nothing_happens_before_its_time(case, sweep_at):
    done = sweep_at("2026-03-02 13:59")
    assert (done.complaints, done.firings) == (0, 0)


def test_a_deadline_that_passes_is_written_down_at_its_own_moment(case, sweep_at):
    done = sweep_at("2026-03-02 14:00:03")
    assert done.breaches == 1
    clock = Clock.objects.get(complaint=case, kind="acknowledge")
    assert (clock.state, clock.breached_at, clock.wake_at) == (State.BREACHED_OPEN, clock.due_at, None)
    event = Event.objects.get(complaint=case, kind="breached")
    assert event.occurred_at == taipei("2026-03-02 14:00")
    assert event.actor is None


def test_the_ladder_raises_the_tier_and_hands_the_complaint_to_whoever_holds_it(case, sweep_at, supervisor, manager):
    sweep_at("2026-03-03 14:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (1, None), "half way only a reminder"
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (2, supervisor)
    sweep_at("2026-03-05 14:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (3, manager), "four working hours later: nine to twelve and one to two"
    assert keys(case) == [(1, 0), (2, 0), (3, 0)]
    last = told(case, "escalated")[-1]
    assert (last["tier_before"], last["tier"], last["holder_before"], last["holder"]) == (
        2,
        3,
        supervisor.pk,
        manager.pk,
    )
    assert (last["roles"], last["tell_holder"], last["notify"], last["late"]) == (["executive"], True, True, 0)


def test_sweeping_again_fires_nothing_again(case, sweep_at):
    first = sweep_at("2026-03-04 18:00")
    again = sweep_at("2026-03-04 18:00")
    assert (first.firings, again.firings, again.complaints) == (2, 0, 0)


def test_after_an_outage_every_missed_step_is_recorded_and_only_the_highest_tells_anybody(case, sweep_at):
    sweep_at("2026-03-09 09:00")
    assert keys(case) == [(1, 0), (2, 0), (3, 0)]
    fired = Firing.objects.filter(clock__complaint=case).order_by("due_at")
    assert [row.notified for row in fired] == [False, False, True]
    assert [row.due_at for row in fired] == [
        taipei("2026-03-03 14:00"),
        taipei("2026-03-04 18:00"),
        taipei("2026-03-05 14:00"),
    ]
    assert {row.fired_at for row in fired} == {taipei("2026-03-09 09:00")}
    case.refresh_from_db()
    assert case.tier == 3


def test_a_step_repeats_as_often_as_it_says(office, register, at, sweep_at):
    only_resolution(
        {"at": "deadline", "repeat": {"every_working_hours": 2, "times": 2}, "effects": {"notify": ["holder"]}}
    )
    with at(MONDAY):
        case = register().complaint
    for moment, expected in [
        ("2026-03-02 18:00", [(1, 0)]),
        ("2026-03-03 11:00", [(1, 0), (1, 1)]),
        ("2026-03-03 14:00", [(1, 0), (1, 1), (1, 2)]),
        ("2026-03-09 14:00", [(1, 0), (1, 1), (1, 2)]),
    ]:
        sweep_at(moment)
        assert keys(case) == expected
    assert Clock.objects.get(complaint=case).wake_at is None


def test_a_tier_is_never_lowered_and_a_priority_rises_one_at_a_time(office, register, at, sweep_at):
    only_resolution(
        {"at": "1/2", "effects": {"raise_to_tier": 2, "raise_priority": True}},
        {"at": "deadline", "effects": {"raise_to_tier": 4, "raise_priority": True}},
        {"after_working_hours": 1, "effects": {"raise_priority": True}},
    )
    with at(MONDAY):
        case = register().complaint
        case.tier = 3
        case.save(update_fields=["tier"])
    sweep_at("2026-03-02 14:00")
    case.refresh_from_db()
    assert (case.tier, case.priority) == (3, "urgent")
    sweep_at("2026-03-02 18:00")
    sweep_at("2026-03-03 10:00")
    case.refresh_from_db()
    assert (case.tier, case.priority) == (4, "major")
    assert told(case, "reminded")[-1]["priority"] == "major", "it cannot rise further"


def test_whoever_is_on_duty_comes_before_whoever_holds_the_role(case, sweep_at, branch, supervisor):
    duty = UserFactory(department=branch)
    DutyShiftFactory(
        user=duty,
        department=branch,
        tier=2,
        starts_at=taipei("2026-03-04 17:00"),
        ends_at=taipei("2026-03-04 19:00"),
    )
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert case.holder == duty


def test_where_shifts_overlap_the_one_whom_it_is_not_about_holds_it(case, sweep_at, branch):
    first, second = UserFactory(department=branch), UserFactory(department=branch)
    for duty, begin in ((first, "2026-03-04 16:00"), (second, "2026-03-04 17:00")):
        DutyShiftFactory(
            user=duty, department=branch, tier=2, starts_at=taipei(begin), ends_at=taipei("2026-03-04 19:00")
        )
    Subject.objects.create(complaint=case, kind=SubjectKind.PERSON, name="On duty", user=second)
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert case.holder == first


def test_the_ladder_passes_by_people_the_complaint_is_about(case, sweep_at, supervisor, manager):
    Subject.objects.create(complaint=case, kind=SubjectKind.PERSON, name="The supervisor", user=supervisor)
    sweep_at("2026-03-04 18:00")
    case.refresh_from_db()
    assert (case.tier, case.holder) == (2, manager), "the tier stays; the next one up holds it"


def test_nobody_at_a_tier_means_the_next_tier_and_at_last_an_administrator(office, branch, supervisor, administrator):
    at = taipei(MONDAY)
    assert selectors.holder_of(branch.pk, 2, at) == supervisor
    for role, expected in [
        (Role.SUPERVISOR, "Manager"),
        (Role.MANAGER, "Specialist"),
        (Role.SPECIALIST, "Executive"),
        (Role.EXECUTIVE, "Administrator"),
    ]:
        User.objects.filter(memberships__role=role).update(is_active=False)
        found = selectors.holder_of(branch.pk, 2, at)
        assert found is not None
        assert found.name == expected


def test_among_several_the_one_with_the_fewest_open_complaints_holds_the_next(
    office, register, at, sweep_at, branch, supervisor
):
    second = UserFactory(role=Role.SUPERVISOR, department=branch)
    with at(MONDAY):
        cases = [register().complaint for _ in range(4)]
    sweep_at("2026-03-04 18:00")
    for case in cases:
        case.refresh_from_db()
    assert sorted(case.holder_id for case in cases) == sorted([supervisor.pk, supervisor.pk, second.pk, second.pk])


def test_a_clock_that_was_met_fires_nothing_though_its_steps_had_passed(case, sweep_at, agent, at):
    with at("2026-03-09 09:00"):
        casework.resolve(complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="Sorry.")
    sweep_at("2026-03-10 09:00")
    assert not Firing.objects.exists()


def test_an_overdue_complaint_that_is_opened_again_goes_on_climbing_where_it_stopped(
    office, register, at, sweep_at, agent
):
    publish_policy("goes-on", position=1, reopen="resume")
    with at(MONDAY):
        case = register().complaint
    sweep_at("2026-03-04 18:00")
    with at("2026-03-05 10:00"):
        casework.resolve(complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="Right.")
    with at("2026-06-01 09:00"):
        casework.dispute(complaint_id=case.pk, body="You have not understood.")
    assert sweep_at("2026-06-01 09:01").firings == 0
    assert sweep_at("2026-06-01 11:59").firings == 0
    assert sweep_at("2026-06-01 12:00").firings == 1, "one of its four hours had gone by"


def test_a_promise_is_broken_once_whatever_happens_to_the_complaint_afterwards(case, sweep_at, supervisor, at):
    """Zendesk writes a second breach when a policy is applied again; osTicket alerts again after any edit."""
    sweep_at("2026-03-09 09:00")
    publish_policy("other", position=1, clocks={"resolution": RESOLUTION | {"steps": []}})
    with at("2026-03-09 10:00"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
        case.refresh_from_db()
        case.subject = "Charged three times"
        case.save(update_fields=["subject"])
    done = sweep_at("2026-03-10 09:00")
    assert (done.breaches, done.firings) == (0, 0)
    assert len(told(case, "breached")) == 3


def test_a_breach_cannot_be_dated_otherwise_than_at_the_promise(case):
    clock = Clock.objects.get(complaint=case, kind="resolution")
    with pytest.raises(IntegrityError, match="escalation_clock_broken_when_due"), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(state=State.BREACHED_OPEN, breached_at=taipei("2026-03-05 09:00"))


def test_a_paused_complaint_is_left_alone(case, sweep_at, agent, at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    done = sweep_at("2026-06-01 09:00")
    assert done.complaints == 0


def test_a_counting_by_another_policy_begins_its_ladder_from_the_first_step(
    office, register, at, sweep_at, supervisor
):
    publish_policy(
        "soft",
        position=2,
        clocks={"resolution": RESOLUTION | {"steps": [{"at": "1/2", "effects": {"notify": ["holder"]}}]}},
    )
    publish_policy(
        "hard",
        position=1,
        match={"priority": ["major"]},
        clocks={"resolution": RESOLUTION | {"steps": [{"at": "deadline", "effects": {"raise_to_tier": 5}}]}},
    )
    with at(MONDAY):
        case = register().complaint
    sweep_at("2026-03-02 14:00")
    with at("2026-03-02 15:00"):
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    sweep_at("2026-03-02 18:00")
    case.refresh_from_db()
    assert case.tier == 5
    assert list(Firing.objects.values_list("cycle", "step")) == [(1, 1), (2, 1)]


# --- the engine itself --------------------------------------------------------------------------------------


def test_a_sweep_of_many_costs_as_many_queries_as_a_sweep_of_few(office, register, at, sweep_at, settings):
    settings.COMPLAINT_EVENT_HANDLERS = ["escalation.handlers.keep_clocks", "notifications.handlers.queue_messages"]
    costs = []
    for moment, many in [(MONDAY, 3), ("2026-04-06 09:00", 6)]:
        with at(moment):
            for _ in range(many):
                register()
        with CaptureQueriesContext(connection) as queries:
            done = sweep_at(taipei(moment) + timedelta(days=14))
        assert done.complaints == many
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_more_than_a_batch_is_drained_in_one_sweep_oldest_first(office, register, at, monkeypatch):
    """osTicket stops at 100 a run, Znuny at 1,000."""
    for minute in range(7):
        with at(f"2026-03-02 09:0{minute}"):
            register()
    seen = []
    monkeypatch.setattr(sweep, "claim", lambda now, size, claim=sweep.claim: seen.append(claim(now, size)) or seen[-1])
    monkeypatch.setattr(selectors, "database_now", lambda: taipei("2026-03-04 18:00"))
    done = sweep.sweep(batch=3)
    assert done.complaints == 7
    assert [len(ids) for ids in seen][-1] == 0
    assert seen[0] == sorted(seen[0])


def test_a_row_that_raises_is_set_aside_and_never_stops_its_batch(office, register, at, sweep_at, monkeypatch):
    with at(MONDAY):
        poisoned, sound = register().complaint, register().complaint
    working = climbing._fire_one

    def broken(firing, case, standing, people, now):
        if standing.complaint.pk == poisoned.pk:
            raise ZeroDivisionError("the row is poisoned")
        return working(firing, case, standing, people, now)

    monkeypatch.setattr(climbing, "_fire_one", broken)
    moment = taipei("2026-03-04 18:00")
    done = sweep_at(moment)
    assert done.failed == 1
    sound.refresh_from_db()
    assert sound.tier == 2
    clock = Clock.objects.get(complaint=poisoned, kind="resolution")
    assert (clock.failures, clock.wake_at) == (1, moment + failing.FIRST_RETRY)
    assert clock.last_error == "ZeroDivisionError: the row is poisoned"
    assert not Event.objects.filter(complaint=poisoned, kind="breached").exists(), "nothing of it was kept"
    while clock.set_aside_at is None:
        moment = clock.wake_at
        sweep_at(moment)
        clock.refresh_from_db()
    assert clock.failures == failing.SET_ASIDE_AFTER
    assert selectors.engine_health().set_aside == 3, "the clocks of the poisoned complaint"

    monkeypatch.setattr(climbing, "_fire_one", working)
    with at("2026-03-09 09:00"):
        for row in Clock.objects.filter(complaint=poisoned):
            failing.try_again(clock_id=row.pk)
    sweep_at("2026-03-09 09:00")
    poisoned.refresh_from_db()
    assert poisoned.tier == 3
    assert selectors.engine_health().set_aside == 0


def test_the_task_of_the_workers_sweeps(case):
    tasks.sweep.delay()
    case.refresh_from_db()
    assert case.tier == 3, "the database's clock says that all of March 2026 has passed"


def test_a_sweep_leaves_a_heartbeat(db):
    assert selectors.engine_health().is_late(60)
    sweep.sweep()
    health = selectors.engine_health()
    assert not health.is_late(60)
    assert health.since_sweep < 5
    assert Heartbeat.objects.count() == 1


def test_the_engine_is_late_when_something_has_been_due_for_long(case):
    sweep._beat()
    health = selectors.engine_health()
    assert health.oldest_due_at == taipei("2026-03-02 14:00")
    assert health.is_late(60), "the clocks stand in the past of the database's clock"


def test_a_dry_run_says_what_would_fire_and_writes_nothing(case, capsys):
    before = _checksums()
    call_command("sweep", "--dry-run", "--as-of", "2026-03-04T18:00+08:00")
    out = capsys.readouterr().out
    assert case.reference in out
    assert out.count("\n") == 3, "two steps and a sum"
    assert _checksums() == before


def test_a_dry_run_calls_missed_only_what_a_sweep_would_find_too_late(case, capsys, monkeypatch):
    monkeypatch.setattr("escalation.selectors.database_now", lambda: taipei("2026-03-02 10:00"))
    call_command("sweep", "--dry-run", "--as-of", "2026-03-20T18:00+08:00")
    assert "missed" not in capsys.readouterr().out, "each of the three will be swept in its own time"
    monkeypatch.setattr("escalation.selectors.database_now", lambda: taipei("2026-03-04 18:00"))
    call_command("sweep", "--dry-run", "--as-of", "2026-03-20T18:00+08:00")
    assert capsys.readouterr().out.count("missed") == 1


@pytest.mark.slow
def test_the_claim_reads_only_what_is_due(case, register):
    """With thousands of open complaints of which few are due, the plan walks the partial index and stops."""
    _multiply(case, 3_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE escalation_clock, complaints_complaint")
        cursor.execute("EXPLAIN " + sweep.CLAIM, [taipei("2026-03-02 14:00"), 500])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using escalation_clock_wake" in plan
    assert "Index Cond: (wake_at <=" in plan
    assert "Seq Scan" not in plan


def test_a_due_date_far_away_still_fires_without_redis(office, register, at, sweep_at):
    """Timers are rows: there is nothing in the broker that could be lost."""
    publish_policy("slow", position=1, clocks={"resolution": {"target": {"unit": "calendar_days", "amount": 60}}})
    with at(MONDAY):
        case = register().complaint
    assert sweep_at("2026-05-01 23:59:59").complaints == 0
    assert sweep_at("2026-05-02 00:00").breaches == 1
    assert Clock.objects.get(complaint=case).state == State.BREACHED_OPEN


def test_a_holiday_makes_a_deadline_later_never_earlier(office, register, at):
    """django-helpdesk shortens the time instead."""
    with at(MONDAY):
        ordinary = register().complaint
    document = office_document() | {"days": {"2026-03-03": []}}
    calendars.publish(code="office", document=document)
    with at(MONDAY):
        with_holiday = register().complaint
    due = [Clock.objects.get(complaint=one, kind="resolution").due_at for one in (ordinary, with_holiday)]
    assert due == [taipei("2026-03-04 18:00"), taipei("2026-03-05 18:00")]


def office_document():
    return CalendarVersion.objects.get(calendar__code="office").document


def _checksums():
    tables = [
        table
        for table in connection.introspection.table_names()
        if table.split("_")[0] in {"complaints", "escalation", "notifications"}
    ]
    sums = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" AS t")
            sums[table] = cursor.fetchone()
    return sums


def _multiply(complaint, times):
    """Copies of a complaint and its clocks, each due a minute later than the one before."""
    complaint_columns = [
        f.column for f in complaint._meta.concrete_fields if f.column not in {"id", "reference", "complainant_id"}
    ]
    clock_columns = [
        f.column for f in Clock._meta.concrete_fields if f.column not in {"id", "complaint_id", "wake_at"}
    ]
    same, clock_same = ", ".join(complaint_columns), ", ".join(clock_columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH people AS (INSERT INTO complaints_complainant"
            " (name, email, phone, relation, anonymous, on_behalf_of, authority)"
            " SELECT '', '', '', '', true, '', '' FROM generate_series(1, %s) RETURNING id),"
            f" copies AS (INSERT INTO complaints_complaint (reference, complainant_id, {same})"
            f" SELECT 'COPY-' || people.id, people.id, {same} FROM people, complaints_complaint AS c WHERE c.id = %s"
            " RETURNING id)"
            f" INSERT INTO escalation_clock (complaint_id, wake_at, {clock_same})"
            f" SELECT copies.id, wake_at + copies.id * interval '1 minute', {clock_same}"
            " FROM copies, escalation_clock AS k WHERE k.complaint_id = %s",
            [times, complaint.pk, complaint.pk],
        )
