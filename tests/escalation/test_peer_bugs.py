"""The bugs of other helpdesks, each a scenario of ours that shows we do not have it.

Most are proved at length elsewhere; here each stands under its own name, as short as it can be.

    a  days off shorten the deadline (django-helpdesk)          here; test_targets.py, as a property of any calendar
    b  a dry run changes data (django-helpdesk)                 here
    c  a limit for each run leaves a backlog (osTicket, Znuny)  here; test_sweep.py for the order
    d  late work between two sweeps counts as met (Chatwoot)    here; test_clocks.py
    e  look first, insert afterwards (Chatwoot)                 here by hand; test_races.py with eight sweepers
    f  a crash between two statements loses a step (GLPI)       here, after each statement; test_races.py with kill -9
    g  a pause is lost when the rules change (GLPI)             here; test_replay.py, as a property of ledgers
    h  a new status passes for the first reply (Frappe)         here; test_clocks.py
    i  no working day, no end (Frappe)                          here; test_calendars.py
    j  any edit alerts again (osTicket)                         here
    k  word on progress hides the first reply (Zammad)          here; test_doors.py
    l  a policy that is gone leaves its clocks ticking (Zammad) here
    m  alerts at midnight (Zammad)                              here; tests/notifications/test_quiet_hours.py
    n  a list beside the page leaks (Zammad)                    tests/architecture/test_nothing_leaks.py
    o  lists and single pages have different rules (helpdesk)   tests/architecture/test_nothing_leaks.py
    p  rules applied again break the promise again (Zendesk)    here
    q  a Chinese query is stripped to nothing (Frappe)          here; tests/common/test_text.py
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from complaints import selectors as complaint_selectors
from complaints.models import Complaint, Event
from complaints.services import casework, correspondence, transfers
from complaints.vocabulary import Grade, Outcome
from escalation import selectors
from escalation.errors import BadCalendar, OutOfReach
from escalation.models import Calendar, Clock, ClockEvent, Firing, OfficeHours
from escalation.replay import State
from escalation.services import migrating, sweep
from escalation.targets import Target, due
from notifications import services as outbox
from tests.escalation.conftest import taipei
from tests.escalation.strategies import OFFICE
from tests.factories import ComplainantFactory, ComplaintFactory
from tests.factories.escalation import OFFICE_HOURS, publish_calendar, publish_policy, working_hours

MONDAY = "2026-03-02 09:00"


@pytest.fixture
def case(office, register, at):
    """Received on Monday at nine; to be resolved by Wednesday at six."""
    with at(MONDAY):
        return register().complaint


def clock(complaint, kind="resolution") -> Clock:
    return Clock.objects.get(complaint=complaint, kind=kind)


def contents() -> dict[str, str]:
    """What stands in every table, in one number each."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "django_session"]
        found = {}
        for name in tables:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" AS t")
            found[name] = cursor.fetchone()[0]
    return found


def test_a_an_excluded_day_makes_a_deadline_later_never_earlier(office, register, at):
    with at(MONDAY):
        before = clock(register().complaint).due_at
    publish_calendar(days={"2026-03-03": [], "2026-03-07": OFFICE_HOURS})
    with at(MONDAY):
        after = clock(register().complaint).due_at
    assert (before, after) == (taipei("2026-03-04 18:00"), taipei("2026-03-05 18:00"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["sweep", "--dry-run"],
        ["sweep", "--dry-run", "--as-of", "2026-03-20T09:00"],
        ["rebuild_clocks", "--check"],
        ["verify_events"],
    ],
)
def test_b_a_dry_run_writes_nothing(case, arguments, capsys):
    before = contents()
    call_command(*arguments)
    assert contents() == before


@pytest.mark.slow
def test_c_one_sweep_drains_more_than_any_peer_takes_at_once_oldest_first(case, monkeypatch, settings):
    many = 1_300
    pattern = Clock.objects.filter(complaint=case, kind="resolution").get()
    people = ComplainantFactory._meta.model.objects.bulk_create(ComplainantFactory.build_batch(many))
    given = {"department": case.department, "received_at": case.received_at, "registered_at": case.registered_at}
    complaints = Complaint.objects.bulk_create(
        [ComplaintFactory.build(complainant=person, **given) for person in people]
    )
    clocks = Clock.objects.bulk_create(
        [
            Clock(
                complaint=complaint,
                kind="resolution",
                policy_version=pattern.policy_version,
                calendar_version=pattern.calendar_version,
                started_at=pattern.started_at,
                due_at=pattern.due_at,
                wake_at=pattern.wake_at - timedelta(seconds=number),
            )
            for number, complaint in enumerate(complaints)
        ]
    )
    started = ClockEvent.objects.get(clock=pattern)
    ClockEvent.objects.bulk_create(
        [
            ClockEvent(
                clock=each,
                sequence=1,
                kind=started.kind,
                at=started.at,
                policy_version=started.policy_version,
                calendar_version=started.calendar_version,
            )
            for each in clocks
        ]
    )
    taken = []
    claim = sweep.claim
    monkeypatch.setattr(sweep, "claim", lambda now, size: taken.append(claim(now, size)) or taken[-1])
    monkeypatch.setattr(selectors, "database_now", lambda: taipei("2026-03-04 18:00"))
    done = sweep.sweep()
    assert (done.complaints, done.firings) == (many + 1, 2 * (many + 1))
    oldest_first = [complaint.pk for complaint in reversed(complaints)]
    assert [pk for ids in taken for pk in ids if pk != case.pk] == oldest_first


def test_d_late_work_while_nobody_swept_is_late_and_dated_at_the_promise(case, agent, at, sweep_at):
    with at("2026-03-06 18:00"):  # two days after the promise, and no worker has run since
        casework.resolve(
            complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Seen.", message="You are right."
        )
    sweep_at("2026-03-06 18:01")
    kept = clock(case)
    assert (kept.state, kept.breached_at) == (State.MET_LATE, taipei("2026-03-04 18:00"))
    noted = Event.objects.filter(complaint=case, kind="breached", data__clock=kept.pk)
    assert [event.occurred_at for event in noted] == [kept.breached_at]


def test_e_the_database_itself_refuses_a_step_that_has_fired(case, sweep_at):
    sweep_at("2026-03-04 18:00")
    fired = Firing.objects.filter(clock__complaint=case).first()
    fired.pk = None
    with pytest.raises(IntegrityError, match="escalation_step_fires_once"), transaction.atomic():
        fired.save()


class Killed(BaseException):
    """Not an error that anybody handles: the process is gone."""


@pytest.mark.slow
def test_f_a_crash_after_any_statement_loses_nothing_and_doubles_nothing(case, sweep_at):
    def sweep_until(statement: int) -> bool:
        """Whether a sweep that dies after so many statements gets that far."""
        count = 0

        def die(execute, sql, params, many, context):
            nonlocal count
            result = execute(sql, params, many, context)
            count += 1
            if count == statement:
                raise Killed
            return result

        try:
            with transaction.atomic(), connection.execute_wrapper(die):
                sweep_at("2026-03-04 18:00")
                raise transaction.TransactionManagementError("roll back")
        except Killed:
            return True
        except transaction.TransactionManagementError:
            return False

    before, statement = contents(), 0
    while sweep_until(statement := statement + 1):
        assert contents() == before, f"something stayed after statement {statement}"
    assert statement > 10
    done = sweep_at("2026-03-04 18:00")
    assert (done.breaches, done.firings) == (3, 2)
    assert Firing.objects.count() == 2


def test_g_a_pause_survives_a_change_of_the_rules(case, agent, supervisor, at):
    publish_policy(
        "major", position=1, match={"priority": ["major"]}, clocks={"resolution": {"target": working_hours(16)}}
    )
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop was it?")
    with at("2026-03-03 10:00"):
        correspondence.hear(complaint_id=case.pk, body="The one at the station.")
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert clock(case).due_at == taipei("2026-03-04 18:00"), "sixteen hours from Monday at nine, and eight of pause"


def test_h_nothing_but_a_message_to_the_complainant_is_a_first_reply(case, agent, handler, supervisor, specialist, at):
    with at("2026-03-02 10:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.assign(complaint_id=case.pk, by=agent, to=handler)
        correspondence.note(complaint_id=case.pk, by=handler, body="Called the shop.")
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.HIGH, urgency=Grade.HIGH)
        casework.transfer(complaint_id=case.pk, by=supervisor, to=case.department.parent, reasons="Theirs.")
        transfers.accept(complaint_id=case.pk, by=specialist)
    assert clock(case, "first_response").state == State.RUNNING


@pytest.mark.slow
def test_i_a_calendar_without_a_working_day_is_refused_and_every_search_ends():
    with pytest.raises(BadCalendar, match="No weekday has any working time"):
        type(OFFICE).from_json(OFFICE.to_json() | {"week": {}})
    endless = Target.from_json({"unit": "working_hours", "amount": 24 * 3_653})
    minute_a_week = type(OFFICE).from_json(OFFICE.to_json() | {"week": {"mon": [["09:00", "09:01"]]}})
    with pytest.raises(OutOfReach):
        due(minute_a_week, endless, taipei(MONDAY), [])


def test_j_editing_an_overdue_complaint_alerts_nobody_again(case, agent, handler, supervisor, at, sweep_at):
    sweep_at("2026-03-05 14:00")
    entries, fired, breached = (
        ClockEvent.objects.count(),
        Firing.objects.count(),
        Event.objects.filter(kind="breached"),
    )
    noted = breached.count()
    with at("2026-03-05 15:00"):
        correspondence.note(complaint_id=case.pk, by=agent, body="Called the shop.")
        casework.prioritise(complaint_id=case.pk, by=supervisor, impact=Grade.MEDIUM, urgency=Grade.LOW)
        casework.assign(complaint_id=case.pk, by=supervisor, to=handler)
    assert sweep_at("2026-03-05 16:00").firings == 0
    assert (ClockEvent.objects.count(), Firing.objects.count(), breached.count()) == (entries, fired, noted)


def test_k_the_first_reply_is_next_until_it_has_been_given(office, register, agent, at):
    clocks = {
        "first_response": {"target": working_hours(4)},
        "progress": {"target": working_hours(12)},
        "resolution": {"target": working_hours(40)},
    }
    publish_policy("talking", position=1, clocks=clocks)
    with at(MONDAY):
        complaint = register().complaint
    assert selectors.next_clocks([complaint])[complaint.pk].clock.kind == "first_response"
    with at("2026-03-02 11:00"):
        correspondence.reply(complaint_id=complaint.pk, by=agent, body="We are looking into it.")
    assert selectors.next_clocks([complaint])[complaint.pk].clock.kind == "progress"


def test_l_a_policy_that_is_retired_leaves_nothing_ticking(case, office, administrator, sweep_at, at):
    with at("2026-03-02 10:00"):
        migrating.retire(code="standard", by=administrator)
    assert set(case.clocks.values_list("state", "wake_at")) == {(State.CANCELLED, None)}
    reasons = ClockEvent.objects.filter(clock__complaint=case, kind="cancelled").values_list("reason", flat=True)
    assert set(reasons) == {"policy_retired"}
    assert sweep_at("2026-03-20 09:00").complaints == 0
    case.refresh_from_db()
    assert (case.tier, case.due_at) == (1, None)


def test_m_nobody_is_mailed_at_night_what_can_wait_for_the_morning(
    case, branch, supervisor, sweep_at, at, settings, mailoutbox
):
    settings.COMPLAINT_EVENT_HANDLERS = [*settings.COMPLAINT_EVENT_HANDLERS, "notifications.handlers.queue_messages"]
    settings.MAIL_IS_KEPT = False
    settings.OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OfficeHours.objects.create(department=branch, calendar=Calendar.objects.get(code="office"))
    sweep_at("2026-03-04 23:55")
    for moment, letters in [("2026-03-04 23:56", []), ("2026-03-05 09:00", [[supervisor.email]])]:
        with at(moment):
            outbox.send_due(limit=10)
        assert [mail.to for mail in mailoutbox] == letters


def test_p_rules_applied_again_fire_and_break_nothing_again(case, supervisor, at, sweep_at):
    publish_policy(
        "major", position=1, match={"priority": ["major"]}, clocks={"resolution": {"target": working_hours(40)}}
    )
    sweep_at("2026-03-03 14:00")
    assert [(row.step, row.repeat) for row in Firing.objects.all()] == [(1, 0)]
    for moment, grade in [("2026-03-03 15:00", Grade.HIGH), ("2026-03-03 16:00", Grade.MEDIUM)]:
        with at(moment):
            casework.prioritise(complaint_id=case.pk, by=supervisor, impact=grade, urgency=grade)
    assert sweep_at("2026-03-03 17:00").firings == 0, "back under the rules it had, half way has been reached already"
    sweep_at("2026-03-04 18:00")
    assert Event.objects.filter(complaint=case, kind="breached", data__clock=clock(case).pk).count() == 1


@pytest.mark.parametrize("query", ["退款", "退費", "款", "iPhone退款", "信用卡"])
def test_q_a_chinese_query_is_not_stripped_to_nothing(register, query):
    found = register(subject="iPhone退款", description="退費没有到账，信用卡刷了兩次。").complaint
    other = register(subject="No refund", description="None at all.").complaint
    listed = list(complaint_selectors.with_text(Complaint.objects.all(), query))
    assert found in listed
    assert other not in listed
