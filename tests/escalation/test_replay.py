"""The ledger of a clock and what it says."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import replay, targets
from escalation.errors import BadLedger
from escalation.replay import State
from escalation.targets import Target
from tests.escalation.strategies import CALENDARS, OFFICE, at, calendars, moments, often
from tests.escalation.strategies import targets as some_targets

MONDAY = "2026-03-02T01:00"  # 09:00 in Taipei, where the office opens
FOUR_HOURS = Target.from_json({"unit": "working_hours", "amount": 4})
TWO_HOURS = Target.from_json({"unit": "working_hours", "amount": 2})
STATUTORY = Target.from_json({"unit": "working_hours", "amount": 4, "statutory": True})
KINDS = {
    "paused": replay.Paused,
    "resumed": replay.Resumed,
    "met": replay.Met,
    "cancelled": replay.Cancelled,
    "reopened": replay.Reopened,
}


def started(target=FOUR_HOURS, moment=MONDAY, **more):
    return replay.Started(sequence=1, at=at(moment), target=target, calendar=OFFICE, **more)


def ledger(*later, first=None):
    """A start, then (kind, moment) in order."""
    events = [first or started()]
    for number, (kind, moment) in enumerate(later, start=2):
        if isinstance(kind, Target):
            event = replay.Retargeted(sequence=number, at=at(moment), target=kind, calendar=OFFICE)
        else:
            event = KINDS[kind](sequence=number, at=at(moment))
        events.append(event)
    return events


def said(events, now="2026-03-02T02:00"):
    return replay.replay(events, now=at(now))


def test_a_clock_runs_until_its_deadline_and_is_overdue_from_that_very_moment():
    assert said(ledger(), now="2026-03-02T04:59:59").state is State.RUNNING
    late = said(ledger(), now="2026-03-02T05:00")
    assert late.state is State.BREACHED_OPEN
    assert late.breached_at == late.due_at == at("2026-03-02T05:00")


def test_a_promise_kept_a_moment_before_the_deadline_is_kept():
    kept = said(ledger(("met", "2026-03-02T04:59:59")), now="2026-03-09T00:00")
    assert (kept.state, kept.breached_at) == (State.MET, None)


def test_late_work_that_nobody_noticed_is_late_and_dated_at_the_promise():
    late = said(ledger(("met", "2026-03-04T02:00")), now="2026-03-04T02:00")
    assert late.state is State.MET_LATE
    assert late.breached_at == at("2026-03-02T05:00")
    assert late.met_at == at("2026-03-04T02:00")


def test_a_pause_puts_the_deadline_off_by_what_was_left():
    state = said(ledger(("paused", "2026-03-02T03:00"), ("resumed", "2026-03-04T06:00")))
    assert state.due_at == at("2026-03-04T08:00")
    assert state.pauses == ((at("2026-03-02T03:00"), at("2026-03-04T06:00")),)


def test_while_a_pause_is_open_there_is_no_deadline_but_a_rest():
    state = said(ledger(("paused", "2026-03-02T03:00")), now="2026-03-20T00:00")
    assert (state.state, state.due_at, state.breached_at) == (State.PAUSED, None, None)
    assert state.paused_at == at("2026-03-02T03:00")
    assert state.remaining == 2 * 3600


def test_a_pause_that_begins_after_the_deadline_changes_nothing():
    state = said(ledger(("paused", "2026-03-02T05:00")), now="2026-03-20T00:00")
    assert (state.state, state.paused_at) == (State.BREACHED_OPEN, None)
    assert state.breached_at == at("2026-03-02T05:00")


def test_a_promise_kept_during_a_pause_is_kept():
    state = said(ledger(("paused", "2026-03-02T03:00"), ("met", "2026-03-20T02:00")), now="2026-04-01T00:00")
    assert state.state is State.MET
    assert state.due_at > at("2026-03-20T02:00")


def test_a_cancelled_clock_stays_cancelled_but_a_breach_before_it_remains():
    assert said(ledger(("cancelled", "2026-03-02T02:00")), now="2026-04-01T00:00").breached_at is None
    late = said(ledger(("cancelled", "2026-03-03T02:00")), now="2026-04-01T00:00")
    assert (late.state, late.breached_at) == (State.CANCELLED, at("2026-03-02T05:00"))


@pytest.mark.parametrize("first", [started(target=STATUTORY), started(pausable=False)])
def test_a_clock_that_may_not_pause_ignores_its_pauses(first):
    events = ledger(("paused", "2026-03-02T03:00"), first=first)
    state = said(events, now="2026-03-02T06:00")
    assert (state.state, state.due_at, state.pauses) == (State.BREACHED_OPEN, at("2026-03-02T05:00"), ())


def test_a_new_target_counts_from_the_old_start_and_keeps_the_pauses():
    events = ledger(("paused", "2026-03-02T01:30"), ("resumed", "2026-03-02T03:30"), (TWO_HOURS, "2026-03-02T04:00"))
    state = said(events, now="2026-03-02T04:00")
    assert state.due_at == at("2026-03-02T05:00")
    assert state.target == TWO_HOURS


def test_a_new_target_during_a_pause_leaves_the_clock_paused_with_the_new_rest():
    state = said(ledger(("paused", "2026-03-02T01:30"), (TWO_HOURS, "2026-03-02T03:00")))
    assert state.state is State.PAUSED
    assert state.remaining == 1.5 * 3600


def test_a_shorter_target_may_turn_out_to_be_missed_already():
    state = said(ledger((TWO_HOURS, "2026-03-02T04:00")), now="2026-03-02T04:00")
    assert (state.state, state.breached_at) == (State.BREACHED_OPEN, at("2026-03-02T03:00"))


def test_a_longer_target_does_not_mend_a_broken_promise():
    events = ledger((FOUR_HOURS, "2026-03-02T03:00"), first=started(target=TWO_HOURS))
    state = said(events, now="2026-03-02T04:00")
    assert (state.state, state.breached_at) == (State.BREACHED_OPEN, at("2026-03-02T03:00"))


def test_pauses_that_did_not_count_for_a_statutory_target_count_for_the_next():
    events = ledger(
        ("paused", "2026-03-02T01:30"),
        ("resumed", "2026-03-02T03:30"),
        (FOUR_HOURS, "2026-03-02T04:00"),
        first=started(target=STATUTORY),
    )
    assert said(events).due_at == at("2026-03-02T07:00")


def test_a_reopened_clock_goes_on_with_what_was_left():
    events = ledger(("met", "2026-03-02T03:00"), ("reopened", "2026-03-09T01:00"))
    state = said(events, now="2026-03-09T01:30")
    assert (state.state, state.met_at, state.due_at) == (State.RUNNING, None, at("2026-03-09T03:00"))


def test_a_reopened_clock_that_was_kept_late_is_overdue_since_its_old_deadline():
    events = ledger(("met", "2026-03-02T06:00"), ("reopened", "2026-03-09T01:00"))
    state = said(events, now="2026-03-09T01:00")
    assert (state.state, state.breached_at) == (State.BREACHED_OPEN, at("2026-03-02T05:00"))


def test_a_cancelled_clock_goes_on_with_what_was_left_when_it_applies_again():
    events = ledger(("cancelled", "2026-03-02T03:00"), ("reopened", "2026-03-09T01:00"))
    state = said(events, now="2026-03-09T01:30")
    assert (state.state, state.cancelled_at, state.due_at) == (State.RUNNING, None, at("2026-03-09T03:00"))


def test_a_deadline_past_the_loaded_days_is_provisional():
    form = CALENDARS["cn-office"].to_json() | {"covers_until": "2026-12-31"}
    calendar = type(OFFICE).from_json(form)
    target = Target.from_json({"unit": "working_days", "amount": 5})
    first = replay.Started(sequence=1, at=at("2026-12-30T02:00"), target=target, calendar=calendar)
    assert said([first], now="2026-12-30T03:00").provisional


def test_events_count_in_the_order_of_their_numbers():
    events = ledger(("paused", "2026-03-02T03:00"), ("resumed", "2026-03-04T06:00"))
    assert said(events[::-1]) == said(events)


def test_an_event_dated_before_the_one_it_follows_counts_from_that_moment():
    events = ledger(("paused", "2026-03-02T03:00"), ("resumed", "2026-03-02T02:59"))
    assert said(events).due_at == at("2026-03-02T05:00")


@pytest.mark.parametrize(
    "later",
    [
        [("resumed", MONDAY)],
        [("paused", MONDAY), ("paused", MONDAY)],
        [("met", MONDAY), ("met", MONDAY)],
        [("met", MONDAY), ("paused", MONDAY)],
        [("cancelled", MONDAY), ("met", MONDAY)],
        [("cancelled", MONDAY), ("cancelled", MONDAY)],
        [("reopened", MONDAY)],
        [("met", MONDAY), (TWO_HOURS, MONDAY)],
    ],
)
def test_events_that_cannot_follow_one_another_are_refused(later):
    with pytest.raises(BadLedger, match="cannot follow"):
        said(ledger(*later))


def test_a_second_start_is_refused():
    with pytest.raises(BadLedger):
        said([started(), replay.Started(sequence=2, at=at(MONDAY), target=FOUR_HOURS, calendar=OFFICE)])


@pytest.mark.parametrize("events", [[], ledger(("met", MONDAY))[1:]])
def test_a_ledger_without_a_start_is_refused(events):
    with pytest.raises(BadLedger, match="start"):
        said(events)


def test_two_events_with_one_number_are_refused():
    with pytest.raises(BadLedger, match="number 2"):
        said([started(), *(replay.Paused(sequence=2, at=at(MONDAY)) for _ in range(2))])


@given(calendars(), some_targets, moments, st.lists(st.integers(1, 5000), max_size=8), st.integers(0, 9000))
@often
def test_replaying_pauses_one_by_one_gives_the_deadline_of_them_all(calendar, target, start, gaps, later):
    events: list[replay.Event] = [replay.Started(sequence=1, at=start, target=target, calendar=calendar)]
    marks = [start]
    for number, gap in enumerate(gaps, start=2):
        marks.append(marks[-1] + timedelta(minutes=gap))
        kind = replay.Paused if number % 2 == 0 else replay.Resumed
        events.append(kind(sequence=number, at=marks[-1]))
    closed = list(zip(marks[1::2], marks[2::2], strict=False))
    now = marks[-1] + timedelta(minutes=later)
    state = replay.replay(events, now=now)
    due = targets.due(calendar, target, start, closed)
    if len(gaps) % 2 and marks[-1] < due:
        assert (state.state, state.due_at) == (State.PAUSED, None)
        assert state.remaining > 0
    else:
        assert state.due_at == due
        assert state.state is (State.BREACHED_OPEN if due <= now else State.RUNNING)
    assert state.breached_at in (None, state.due_at)
