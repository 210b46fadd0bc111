"""The ledger of a clock and what it says."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import replay, targets
from escalation.calendars import Calendar
from escalation.errors import BadLedger, BadTarget
from escalation.replay import State
from escalation.targets import Target
from tests.escalation.strategies import CALENDARS, OFFICE, at, calendar_form, calendars, moments, often
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


# --- pauses with a budget, extensions, taking over, newer calendars -------------------------------------------


def entered(*later, first=None):
    """A start, then events given as (kind, fields)."""
    events = [first or started()]
    for number, (kind, fields) in enumerate(later, start=2):
        moments = {name: at(fields[name]) for name in ("at", "until") if name in fields}
        events.append(kind(sequence=number, **fields | moments))
    return events


PAUSED_FOR_AN_HOUR = (replay.Paused, {"at": "2026-03-02T03:00", "until": "2026-03-02T04:00"})


def test_a_pause_ends_by_itself_when_its_budget_is_used_up():
    paused = said(entered(PAUSED_FOR_AN_HOUR), now="2026-03-02T03:59:59")
    assert (paused.state, paused.pause_ends_at) == (State.PAUSED, at("2026-03-02T04:00"))
    running = said(entered(PAUSED_FOR_AN_HOUR), now="2026-03-02T04:00")
    assert (running.state, running.due_at) == (State.RUNNING, at("2026-03-02T06:00"))
    assert running.pauses == ((at("2026-03-02T03:00"), at("2026-03-02T04:00")),)


@pytest.mark.parametrize("noted", ["2026-03-02T04:00", "2026-03-02T04:30", "2026-03-05T00:00"])
def test_writing_down_late_that_a_pause_has_ended_moves_nothing(noted):
    events = entered(PAUSED_FOR_AN_HOUR, (replay.Resumed, {"at": noted}))
    assert said(events, now="2026-03-09T00:00").due_at == at("2026-03-02T06:00")


def test_a_pause_that_is_ended_before_its_budget_is_used_up_counts_as_long_as_it_was():
    events = entered(PAUSED_FOR_AN_HOUR, (replay.Resumed, {"at": "2026-03-02T03:30"}))
    assert said(events).due_at == at("2026-03-02T05:30")


def test_after_a_pause_that_ended_by_itself_the_clock_may_pause_again():
    events = entered(PAUSED_FOR_AN_HOUR, (replay.Paused, {"at": "2026-03-02T05:00", "until": "2026-03-02T05:30"}))
    assert said(events, now="2026-03-02T05:45").due_at == at("2026-03-02T06:30")


def test_the_budget_is_counted_over_all_pauses_for_the_same_reason():
    events = entered(
        (replay.Paused, {"at": "2026-03-02T02:00", "reason": "expert"}),
        (replay.Resumed, {"at": "2026-03-02T02:30"}),
        (replay.Paused, {"at": "2026-03-02T03:00", "reason": "complainant"}),
        (replay.Resumed, {"at": "2026-03-02T04:00"}),
        (replay.Paused, {"at": "2026-03-02T04:10", "reason": "expert", "until": "2026-03-02T04:20"}),
    )
    assert replay.paused_for(events, "expert", now=at("2026-03-02T06:00")) == [
        (at("2026-03-02T02:00"), at("2026-03-02T02:30")),
        (at("2026-03-02T04:10"), at("2026-03-02T04:20")),
    ]


def test_an_extension_adds_units_of_the_target():
    state = said(entered((replay.Extended, {"at": "2026-03-02T03:00", "amount": 3})))
    assert (state.due_at, state.extended_by) == (at("2026-03-02T08:00"), 3)
    assert state.target.amount == 7


def test_an_extension_does_not_mend_a_broken_promise():
    state = said(entered((replay.Extended, {"at": "2026-03-02T05:00", "amount": 3})), now="2026-03-02T06:00")
    assert (state.state, state.breached_at, state.extended_by) == (State.BREACHED_OPEN, at("2026-03-02T05:00"), 0)


def test_an_extension_stays_with_a_new_target_of_the_same_unit_only():
    extended = (replay.Extended, {"at": "2026-03-02T02:00", "amount": 3})
    change = {"at": "2026-03-02T02:30", "calendar": OFFICE}
    same = said(entered(extended, (replay.Retargeted, {**change, "target": TWO_HOURS})))
    assert same.due_at == at("2026-03-02T06:00")
    days = Target.from_json({"unit": "working_days", "amount": 1})
    other = said(entered(extended, (replay.Retargeted, {**change, "target": days})))
    assert other.due_at == at("2026-03-03T09:00")


def test_taking_over_moves_no_deadline():
    state = said(entered((replay.Held, {"at": "2026-03-02T03:00", "until": "2026-03-02T07:00"})))
    assert (state.due_at, state.holds) == (
        at("2026-03-02T05:00"),
        ((at("2026-03-02T03:00"), at("2026-03-02T07:00")),),
    )


def test_taking_over_pauses_nothing_and_stays_with_the_clock_through_pauses_and_new_targets():
    state = said(
        entered(
            (replay.Held, {"at": "2026-03-02T02:00", "until": "2026-03-02T06:00"}),
            (replay.Paused, {"at": "2026-03-02T02:30"}),
            (replay.Held, {"at": "2026-03-02T03:00", "until": "2026-03-02T07:00"}),
            (replay.Resumed, {"at": "2026-03-02T03:30"}),
            (replay.Retargeted, {"at": "2026-03-02T04:00", "target": FOUR_HOURS, "calendar": OFFICE}),
        ),
        now="2026-03-02T05:00",
    )
    assert (state.state, state.due_at) == (State.RUNNING, at("2026-03-02T06:00"))
    assert [taken for taken, _until in state.holds] == [at("2026-03-02T02:00"), at("2026-03-02T03:00")]


@pytest.mark.parametrize("end", ["met", "cancelled"])
def test_a_clock_that_has_ended_is_not_taken_over(end):
    ended = ledger((end, "2026-03-02T02:00"))
    hold = replay.Held(sequence=3, at=at("2026-03-02T03:00"), until=at("2026-03-02T04:00"))
    with pytest.raises(BadLedger, match="held"):
        said([*ended, hold])


def test_a_newer_calendar_counts_for_the_whole_of_the_clock():
    closed = Calendar.from_json(calendar_form(days={"2026-03-02": [["09:00", "11:00"]]}))
    state = said(entered((replay.Recalendared, {"at": "2026-03-02T01:30", "calendar": closed})))
    assert state.due_at == at("2026-03-03T03:00")


def test_an_agreed_moment_is_kept_to_the_microsecond():
    until = at("2026-03-07T13:14:15.161718")
    clock = said(entered(first=started(target=Target.agreed(at(MONDAY), until), pausable=False)))
    assert clock.due_at == until


@pytest.mark.parametrize("until", [MONDAY, "2026-03-02T00:59", "2036-12-31T00:00"])
def test_an_agreed_moment_lies_ahead_and_within_ten_years(until):
    with pytest.raises(BadTarget):
        Target.agreed(at(MONDAY), at(until))


@given(
    calendars(), some_targets, moments, st.lists(st.integers(1, 5000), min_size=2, max_size=6), st.integers(1, 4000)
)
@often
def test_splitting_a_pause_in_two_changes_nothing(calendar, target, start, gaps, length):
    first = replay.Started(sequence=1, at=start, target=target, calendar=calendar)
    begin = start + timedelta(minutes=gaps[0])
    end = begin + timedelta(minutes=length)
    middle = begin + timedelta(minutes=min(gaps[1], length))
    whole = [first, replay.Paused(sequence=2, at=begin), replay.Resumed(sequence=3, at=end)]
    split = [
        *whole[:2],
        replay.Resumed(sequence=3, at=middle),
        replay.Paused(sequence=4, at=middle),
        replay.Resumed(sequence=5, at=end),
    ]
    now = end + timedelta(days=1)
    assert replay.replay(split, now=now).due_at == replay.replay(whole, now=now).due_at


@given(calendars(), some_targets, moments, st.integers(1, 9000), st.integers(1, 9000))
@often
def test_writing_down_the_end_of_a_pause_or_not_gives_the_same_deadline(calendar, target, start, begin, length):
    first = replay.Started(sequence=1, at=start, target=target, calendar=calendar)
    until = start + timedelta(minutes=begin + length)
    paused = replay.Paused(sequence=2, at=start + timedelta(minutes=begin), until=until)
    later = replay.Resumed(sequence=3, at=until + timedelta(days=3))
    now = until + timedelta(days=9)
    assert replay.replay([first, paused], now=now) == replay.replay([first, paused, later], now=now)
