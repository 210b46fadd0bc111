"""What becomes of running deadlines when the days they wait for are listed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Event
from complaints.services import casework
from complaints.vocabulary import Outcome
from escalation import selectors
from escalation.models import Clock, ClockEvent, EventKind, Recount
from escalation.services import recounting
from escalation.services.rebuilding import rebuild
from tests.escalation.conftest import taipei
from tests.factories.escalation import OFFICE_HOURS, publish_calendar, publish_policy

DECEMBER = "2026-12-21 09:00"
THIS_YEAR = {"covers_until": "2026-12-31"}
NEXT_YEAR = {"covers_until": "2027-12-31"}
WORKING_DAYS = {"unit": "working_days", "amount": 10}


@pytest.fixture
def promise(db, agent, handler, supervisor, manager, specialist, executive, administrator):
    """Ten working days; the listed days end with the year 2026."""
    publish_calendar(**THIS_YEAR)
    return publish_policy(clocks={"resolution": {"target": WORKING_DAYS}, "acknowledge": {"target": working_hour()}})


def working_hour():
    return {"unit": "working_hours", "amount": 1}


@pytest.fixture
def case(promise, register, at):
    with at(DECEMBER):
        return register().complaint


@pytest.fixture
def publish(at):
    def _publish(moment="2026-12-28 09:00", **changes):
        with at(moment):
            return publish_calendar(**NEXT_YEAR | changes)

    return _publish


def resolution(complaint) -> Clock:
    return Clock.objects.get(complaint=complaint, kind="resolution")


def moves(complaint):
    return [event.data for event in complaint.events.filter(kind="moved")]


def clean():
    return not list(rebuild(check=True))


def test_a_deadline_on_guessed_days_is_provisional_until_they_are_listed(case, publish):
    guessed = resolution(case)
    assert guessed.provisional
    assert guessed.due_at == taipei("2027-01-04 18:00")
    newest = publish(days={"2027-01-01": []})
    moved = resolution(case)
    assert moved.due_at == taipei("2027-01-05 18:00")
    assert not moved.provisional
    assert moved.calendar_version == newest
    assert newest.recount.later == 1
    assert newest.recount.finished_at is not None
    assert clean()


def test_each_move_is_an_event_that_names_both_dates_and_the_reason(case, publish):
    publish(days={"2027-01-01": []})
    (told,) = moves(case)
    assert told["reason"] == "calendar"
    assert told["clock_kind"] == "resolution"
    assert datetime.fromisoformat(told["due_before"]) == taipei("2027-01-04 18:00")
    assert datetime.fromisoformat(told["due_at"]) == taipei("2027-01-05 18:00")
    case.refresh_from_db()
    assert case.due_at == taipei("2026-12-21 10:00"), "the acknowledgement, which did not move"


def test_a_make_up_day_moves_it_earlier(case, publish):
    newest = publish(days={"2027-01-02": OFFICE_HOURS})
    assert resolution(case).due_at == taipei("2027-01-02 18:00")
    assert newest.recount.earlier == 1


def test_what_was_guessed_right_only_loses_its_mark(case, publish):
    newest = publish()
    assert not resolution(case).provisional
    assert moves(case) == []
    assert ClockEvent.objects.filter(kind=EventKind.RECALENDARED).count() == 1
    assert (newest.recount.unmarked, newest.recount.later) == (1, 0)


def test_clocks_that_the_new_days_do_not_concern_are_not_touched(case, publish, register, at):
    with at("2026-12-28 08:00"):
        other = register().complaint
    newest = publish(days={"2027-03-01": []})
    acknowledge = Clock.objects.get(complaint=other, kind="acknowledge")
    assert acknowledge.calendar_version.number == 1
    assert not acknowledge.ledger.filter(kind=EventKind.RECALENDARED).exists()
    assert newest.recount.unmarked == 2


def test_a_deadline_that_new_days_of_this_year_move_is_moved_as_well(promise, register, at, publish):
    with at("2026-12-14 09:00"):
        case = register().complaint
    assert not resolution(case).provisional
    publish("2026-12-15 09:00", days={"2026-12-24": []})
    assert resolution(case).due_at == taipei("2026-12-29 18:00")
    assert len(moves(case)) == 1


def test_a_version_that_reaches_no_further_leaves_running_clocks_alone(promise, register, at):
    with at("2026-12-14 09:00"):
        case = register().complaint
        newest = publish_calendar(days={"2026-12-24": []}, **THIS_YEAR)
    assert resolution(case).calendar_version.number == 1
    assert not Recount.objects.filter(version=newest).exists()


def test_listed_days_without_an_end_reach_further_than_any(case, at):
    with at("2026-12-28 09:00"):
        newest = publish_calendar()
    assert not resolution(case).provisional
    assert newest.recount.unmarked == 1


def test_what_is_broken_stays_broken(case, sweep_at, publish):
    sweep_at("2027-01-05 09:00")
    broken = resolution(case)
    assert broken.breached_at == taipei("2027-01-04 18:00")
    publish("2027-01-05 10:00", days={"2027-01-01": []})
    assert resolution(case).due_at == taipei("2027-01-04 18:00")
    assert moves(case) == []


def test_what_is_broken_and_not_noted_yet_stays_broken_too(case, publish):
    publish("2027-01-05 10:00", days={"2027-01-01": []})
    assert resolution(case).due_at == taipei("2027-01-04 18:00")


def test_a_promise_that_was_kept_is_not_counted_again(case, agent, at, publish):
    with at("2026-12-22 09:00"):
        casework.resolve(
            complaint_id=case.pk, by=agent, outcome=Outcome.UPHELD, reasons="Refunded.", message="We refund it."
        )
    kept = resolution(case)
    publish(days={"2027-01-01": []})
    assert resolution(case).due_at == kept.due_at
    assert not ClockEvent.objects.filter(kind=EventKind.RECALENDARED).exists()


def test_a_paused_clock_goes_on_by_the_newer_days(case, agent, at, publish):
    with at("2026-12-22 09:00"):
        casework.acknowledge(complaint_id=case.pk, by=agent)
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop?")
    newest = publish(days={"2027-01-01": []})
    assert newest.recount.paused == 1
    assert moves(case) == []
    with at("2026-12-28 09:00"):
        casework.resume(complaint_id=case.pk, by=agent)
    went_on = resolution(case)
    assert not went_on.provisional
    assert went_on.due_at == taipei("2027-01-11 18:00")
    assert clean()


def test_the_ladder_goes_on_where_it_was(promise, register, at, sweep_at, publish):
    publish_policy(
        clocks={"resolution": {"target": WORKING_DAYS, "steps": [{"at": "1/10", "effects": {"notify": ["holder"]}}]}}
    )
    with at(DECEMBER):
        case = register().complaint
    sweep_at("2026-12-23 09:00")
    publish(days={"2027-01-01": []})
    sweep_at("2026-12-29 09:00")
    assert case.events.filter(kind="reminded").count() == 1
    assert clean()


def test_why_this_date_names_the_newly_listed_day(case, publish):
    publish(days={"2027-01-01": []}, notes={"2027-01-01": "Founding day"})
    (told,) = [each for each in selectors.explained(case) if each.clock.kind == "resolution"]
    assert any("holiday (Founding day), not counted" in line.sentence for line in told.lines)


# --- many at once -------------------------------------------------------------------------------------------


@pytest.fixture
def many(promise, register, at):
    with at(DECEMBER):
        return [register().complaint for _number in range(5)]


def test_many_clocks_are_left_to_the_workers(many, publish, at, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    monkeypatch.setattr(recounting, "BATCH", 2)
    newest = publish(days={"2027-01-01": []})
    assert newest.recount.finished_at is None
    assert all(resolution(case).provisional for case in many)
    with at("2026-12-28 09:01"):
        recounting.go_on(seconds=0)
        half_way = Recount.objects.get()
        assert (half_way.later, half_way.finished_at) == (2, None)
        recounting.go_on()
    done = Recount.objects.get()
    assert (done.later, done.finished_at) == (5, datetime(2026, 12, 28, 1, 1, tzinfo=UTC))
    assert not Clock.objects.filter(provisional=True).exists()
    assert Event.objects.filter(kind="moved").count() == 5
    assert clean()


def test_a_complaint_that_cannot_be_counted_does_not_stop_the_others(many, publish, monkeypatch):
    broken = many[2].pk
    moves = recounting._moves

    def trip(docket, *rest):
        if broken in docket.complaints:
            raise ValueError("a damaged ledger")
        return moves(docket, *rest)

    monkeypatch.setattr(recounting, "_moves", trip)
    newest = publish(days={"2027-01-01": []})
    assert (newest.recount.later, newest.recount.failed) == (4, 1)
    assert [case.pk for case in many if resolution(case).provisional] == [broken]


def test_more_clocks_cost_no_more_queries(many, register, publish, at):
    with CaptureQueriesContext(connection) as few:
        publish(days={"2027-01-01": []})
    with at(DECEMBER):
        for _number in range(10):
            register()
    with CaptureQueriesContext(connection) as twice:
        publish(days={"2027-01-01": [], "2027-01-04": []}, covers_until="2028-12-31")
    assert len(twice) <= len(few) + 2


def test_a_newer_recount_takes_over_from_an_older_one(many, publish, at, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    publish(days={"2027-01-01": []})
    newest = publish(days={"2027-01-01": [], "2027-01-04": []}, covers_until="2028-12-31")
    assert list(Recount.objects.filter(finished_at=None).values_list("version", flat=True)) == [newest.pk]
    with at("2026-12-28 09:01"):
        recounting.go_on()
    assert {resolution(case).due_at for case in many} == {taipei("2027-01-06 18:00")}
    assert Event.objects.filter(kind="moved").count() == 5


def test_a_clock_that_comes_to_guessed_days_later_is_caught_up_with(promise, register, agent, at, publish):
    with at("2026-12-14 09:00"):
        case = register().complaint
        casework.acknowledge(complaint_id=case.pk, by=agent)
    newest = publish("2026-12-15 09:00", days={"2027-01-01": []})
    assert resolution(case).calendar_version.number == 1, "its deadline was never in doubt"
    with at("2026-12-24 09:00"):
        casework.wait(complaint_id=case.pk, by=agent, question="Which shop?")
    with at("2026-12-30 09:00"):
        casework.resume(complaint_id=case.pk, by=agent)
        assert resolution(case).provisional
        recounting.go_on()
    assert not resolution(case).provisional
    assert resolution(case).due_at == taipei("2027-01-04 18:00")
    newest.recount.refresh_from_db()
    assert newest.recount.later == 1
    assert clean()


def test_catching_up_leaves_alone_what_is_still_guessed(promise, register, at, publish):
    with at(DECEMBER):
        case = register().complaint
    publish(covers_until="2027-01-02")
    with at("2026-12-28 10:00"):
        recounting.go_on()
        recounting.go_on()
    still = resolution(case)
    assert still.provisional
    assert still.calendar_version.number == 1
    assert still.started_at + timedelta(days=30) > still.due_at
