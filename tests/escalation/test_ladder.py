"""The ladder: its JSON form, and which steps fire when."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import ladder, replay
from escalation.errors import BadLadder
from escalation.replay import State
from escalation.targets import Target
from tests.escalation.strategies import OFFICE, at, calendars, moments, often
from tests.escalation.strategies import pauses as some_pauses
from tests.escalation.strategies import targets as some_targets

MONDAY = "2026-03-02T01:00"  # 09:00 in Taipei, where the office opens
DUE = "2026-03-02T06:00"
FIVE_HOURS = Target.from_json({"unit": "working_hours", "amount": 5})
TOLD = {"notify": ["holder"]}
FORM = [
    {"number": 1, "at": "4/5", "effects": TOLD},
    {"number": 2, "at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["supervisor"]}},
    {
        "number": 3,
        "after_working_hours": 1,
        "repeat": {"every_working_hours": 2, "times": 2},
        "effects": {"raise_to_tier": 3, "assign": True, "raise_priority": True, "notify": ["holder", "manager"]},
    },
]
STEPS = ladder.steps_from_json(FORM)
ALL_KEYS = [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2)]
MOMENTS = ["2026-03-02T05:00", DUE, "2026-03-02T07:00", "2026-03-02T09:00", "2026-03-03T03:00"]


def clock(now, *later, target=FIVE_HOURS, calendar=OFFICE, start=MONDAY):
    kinds = {"paused": replay.Paused, "resumed": replay.Resumed, "met": replay.Met, "cancelled": replay.Cancelled}
    events = [replay.Started(sequence=1, at=at(start), target=target, calendar=calendar)]
    events += [kinds[kind](sequence=2 + n, at=at(moment)) for n, (kind, moment) in enumerate(later)]
    return replay.replay(events, now=at(now))


def judged(now, *later, fired=()):
    return ladder.judge(steps=STEPS, state=clock(now, *later), fired=set(fired), now=at(now))


def keys(judgement):
    return [firing.key for firing in judgement.firings]


def test_before_its_first_step_a_clock_only_says_when_to_look_again():
    assert judged(MONDAY) == ladder.Judgement(firings=(), wake_at=at("2026-03-02T05:00"))


@pytest.mark.parametrize("number", range(5))
def test_each_step_and_repetition_fires_at_its_own_moment(number):
    early = at(MOMENTS[number]) - timedelta(microseconds=1)
    assert keys(judged(early.isoformat(), fired=ALL_KEYS[:number])) == []
    now = judged(MOMENTS[number], fired=ALL_KEYS[:number])
    assert keys(now) == [ALL_KEYS[number]]
    assert now.firings[0].due_at == at(MOMENTS[number])
    assert now.firings[0].notifies
    assert now.wake_at == (at(MOMENTS[number + 1]) if number < 4 else None)


def test_after_an_outage_every_missed_step_fires_but_only_the_highest_notifies():
    found = judged("2026-03-20T00:00")
    assert keys(found) == ALL_KEYS
    assert [firing.due_at for firing in found.firings] == [at(moment) for moment in MOMENTS]
    assert [firing.missed for firing in found.firings] == [True, True, True, True, False]
    assert found.wake_at is None


def test_steps_at_the_same_moment_are_one_rung_and_notify_together():
    steps = ladder.steps_from_json([{"effects": TOLD}, {"effects": {"raise_to_tier": 2}}])
    found = ladder.judge(steps=steps, state=clock(DUE), fired=set(), now=at(DUE))
    assert [firing.notifies for firing in found.firings] == [True, True]


def test_what_has_fired_does_not_fire_again():
    assert judged("2026-03-20T00:00", fired=ALL_KEYS) == ladder.Judgement(firings=(), wake_at=None)


def test_the_deadline_is_a_moment_to_look_at_even_without_a_step():
    state = clock(MONDAY)
    assert ladder.judge(steps=(), state=state, fired=set(), now=at(MONDAY)).wake_at == at(DUE)


def test_while_paused_only_steps_from_before_the_pause_fire():
    pause = ("paused", "2026-03-02T05:30")
    assert judged("2026-03-20T00:00", pause).wake_at is None
    assert keys(judged("2026-03-20T00:00", pause)) == [(1, 0)]
    assert keys(judged("2026-03-20T00:00", ("paused", "2026-03-02T04:59"))) == []


def test_a_step_moves_with_the_pause():
    pause = [("paused", "2026-03-02T02:00"), ("resumed", "2026-03-03T02:00")]
    assert judged("2026-03-03T02:00", *pause).wake_at == at("2026-03-03T05:00")


def test_a_pause_after_the_deadline_does_not_stop_the_climb():
    assert keys(judged("2026-03-02T09:00", ("paused", "2026-03-02T06:30"), fired=ALL_KEYS[:2])) == [(3, 0), (3, 1)]


@pytest.mark.parametrize("end", ["met", "cancelled"])
def test_nothing_fires_once_the_clock_has_ended_not_even_what_was_missed_before(end):
    late = judged("2026-03-20T00:00", (end, "2026-03-10T02:00"))
    assert late == ladder.Judgement(firings=(), wake_at=None)


def test_the_ladder_is_read_back_from_its_json_form():
    assert ladder.steps_from_json(ladder.steps_to_json(STEPS)) == STEPS


@pytest.mark.parametrize("written", ["4/5", "0.8", "80%", " 80 %", 0.8])
def test_a_part_of_the_time_can_be_written_in_several_ways(written):
    (step,) = ladder.steps_from_json([{"at": written, "effects": TOLD}])
    assert step.at == Fraction(4, 5)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "ladder"),
        ([7], "[0]"),
        ([{"at": "deadline"}], "[0].effects"),
        ([{"effects": {}}], "[0].effects"),
        ([{"effects": {"notify": []}}], "[0].effects"),
        ([{"effects": {"notify": ["everybody"]}}], "[0].effects.notify"),
        ([{"effects": {"notify": ["holder", "holder"]}}], "[0].effects.notify"),
        ([{"effects": {"notify": "holder"}}], "[0].effects.notify"),
        ([{"effects": {"raise_to_tier": 6}}], "[0].effects.raise_to_tier"),
        ([{"effects": {"raise_to_tier": 1}}], "[0].effects.raise_to_tier"),
        ([{"effects": {"assign": "yes"}}], "[0].effects.assign"),
        ([{"effects": {"shout": True}}], "[0].effects.shout"),
        ([{"at": "1/0", "effects": TOLD}], "[0].at"),
        ([{"at": "120%", "effects": TOLD}], "[0].at"),
        ([{"at": 0, "effects": TOLD}], "[0].at"),
        ([{"at": True, "effects": TOLD}], "[0].at"),
        ([{"at": "9" * 5000, "effects": TOLD}], "[0].at"),
        ([{"at": "1e9999999", "effects": TOLD}], "[0].at"),
        ([{"at": "1/2", "after_working_hours": 4, "effects": TOLD}], "[0].after_working_hours"),
        ([{"after_working_hours": -4, "effects": TOLD}], "[0].after_working_hours"),
        ([{"at": "1/2", "repeat": {"every_working_hours": 1, "times": 1}, "effects": TOLD}], "[0].repeat"),
        ([{"repeat": {"every_working_hours": 1}, "effects": TOLD}], "[0].repeat.times"),
        ([{"repeat": {"every_working_hours": 1, "times": 0}, "effects": TOLD}], "[0].repeat.times"),
        (
            [{"repeat": {"every_working_hours": 0.001, "times": 1}, "effects": TOLD}],
            "[0].repeat.every_working_hours",
        ),
        ([{"number": 2, "effects": TOLD}, {"number": 2, "effects": TOLD}], "[1].number"),
        ([{"effects": TOLD}, {"at": "1/2", "effects": TOLD}], "[1]"),
        ([{"effects": {"raise_to_tier": 3}}, {"effects": {"raise_to_tier": 2}}], "[1].effects.raise_to_tier"),
        ([{"effects": TOLD}] * 31, "ladder"),
    ],
)
def test_a_bad_ladder_is_refused_with_the_field_at_fault(form, field):
    with pytest.raises(BadLadder) as refused:
        ladder.steps_from_json(form)
    assert refused.value.field == field


def test_the_ladder_reads_as_one_line():
    assert ladder.describe(STEPS) == (
        "after 80 % of the time: notify the person in charge → "
        "at the deadline: raise to tier 2, hand to whoever holds that tier, notify Supervisor → "
        "1 h 00 min of working time after the deadline: raise to tier 3, hand to whoever holds that tier, "
        "raise the priority, notify the person in charge, Manager; "
        "again every 2 h 00 min of working time, 2 times"
    )


@given(calendars(), some_targets, moments, st.data())
@often
def test_however_often_a_clock_is_judged_each_step_fires_exactly_once(calendar, target, start, data):
    pauses = data.draw(some_pauses(start))
    events: list[replay.Event] = [replay.Started(sequence=1, at=start, target=target, calendar=calendar)]
    for begin, resume in pauses:
        events.append(replay.Paused(sequence=len(events) + 1, at=begin))
        events.append(replay.Resumed(sequence=len(events) + 1, at=resume))
    due = replay.replay(events, now=start).due_at
    end = calendar.advance(due, 6 * 3600)
    minutes = int((end - start).total_seconds() // 60)
    looks = sorted(start + timedelta(minutes=m) for m in data.draw(st.lists(st.integers(0, minutes), max_size=12)))

    fired: dict[ladder.Key, object] = {}
    for now in [*looks, end]:
        known = [event for event in events if event.at <= now]
        state = replay.replay(known, now=now)
        found = ladder.judge(steps=STEPS, state=state, fired=fired.keys(), now=now)
        for firing in found.firings:
            assert firing.key not in fired
            assert firing.due_at <= now
            fired[firing.key] = firing.due_at
        assert found.wake_at is None or found.wake_at > now

    at_once = ladder.judge(steps=STEPS, state=replay.replay(events, now=end), fired=set(), now=end)
    assert fired == {firing.key: firing.due_at for firing in at_once.firings}
    assert list(fired) == ALL_KEYS


@given(calendars(), some_targets, moments)
@often
def test_waking_when_told_to_finds_every_step_at_its_very_moment(calendar, target, start):
    first = replay.Started(sequence=1, at=start, target=target, calendar=calendar)
    fired: set[ladder.Key] = set()
    now = start
    while now is not None:
        state = replay.replay([first], now=now)
        found = ladder.judge(steps=STEPS, state=state, fired=fired, now=now)
        assert all(firing.due_at == now and firing.notifies for firing in found.firings)
        fired.update(firing.key for firing in found.firings)
        now = found.wake_at
    assert sorted(fired) == ALL_KEYS
    assert state.state is State.BREACHED_OPEN


# --- moved to another version with many others ---------------------------------------------------------------


def moved(now, *, again_at=None, moment="2026-03-02T05:30", **changes):
    """Started under rules 1, moved to rules 2 half an hour before the deadline; `again_at` back to rules 1."""
    target = {"sequence": 2, "target": FIVE_HOURS, "calendar": OFFICE, "rules": 2, "from_here": True} | changes
    events = [
        replay.Started(sequence=1, at=at(MONDAY), target=FIVE_HOURS, calendar=OFFICE, rules=1),
        replay.Retargeted(at=at(moment), **target),
    ]
    if again_at:
        events.append(replay.Retargeted(sequence=3, at=at(again_at), target=FIVE_HOURS, calendar=OFFICE, rules=1))
    return replay.replay(events, now=at(now))


def due_steps(state, now, fired=()):
    return keys(ladder.judge(steps=STEPS, state=state, fired=set(fired), now=at(now)))


def test_steps_on_the_way_that_lie_before_a_move_count_as_passed():
    now = "2026-03-02T05:31"
    assert due_steps(moved(now), now) == []
    assert due_steps(moved(now, from_here=False), now) == [(1, 0)], (
        "a change of the complaint is climbed from the start"
    )


def test_steps_that_come_after_a_move_fire_and_the_deadline_is_never_passed_over():
    assert due_steps(moved("2026-03-02T05:01", moment="2026-03-02T04:00"), "2026-03-02T05:01") == [(1, 0)]
    assert due_steps(moved(MOMENTS[2]), MOMENTS[2]) == [(2, 0), (3, 0)]


def test_coming_back_to_the_version_it_had_a_clock_takes_up_that_climb_where_it_was():
    back = moved("2026-03-02T05:50", moment="2026-03-02T04:00", again_at="2026-03-02T05:45")
    assert back.climbs_from is None
    assert due_steps(back, "2026-03-02T05:50") == [(1, 0)], "it fell due meanwhile and nobody had been told"
    assert due_steps(back, "2026-03-02T05:50", fired=[(1, 0)]) == []


# --- taken over ---------------------------------------------------------------------------------------------


def held(now, *holds):
    """Somebody takes the complaint over, (from, until) each time."""
    events = [replay.Started(sequence=1, at=at(MONDAY), target=FIVE_HOURS, calendar=OFFICE)]
    events += [
        replay.Held(sequence=2 + number, at=at(taken), until=at(until)) for number, (taken, until) in enumerate(holds)
    ]
    return replay.replay(events, now=at(now))


def times(*holds):
    """When each step and repetition fires, if nobody does anything else."""
    state, fired = held("2026-03-20T00:00", *holds), {}
    for firing in ladder.judge(steps=STEPS, state=state, fired=set(), now=at("2026-03-20T00:00")).firings:
        fired[firing.key] = firing.due_at
    return [fired[key] for key in ALL_KEYS]


def moved_to(**changes):
    """The moments of the ladder, but for those given by place."""
    return [at(changes.get(f"m{place}", moment)) for place, moment in enumerate(MOMENTS)]


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        pytest.param([], {}, id="nobody took it over"),
        pytest.param([("2026-03-02T03:00", "2026-03-02T04:00")], {}, id="no step lies within"),
        pytest.param(
            [("2026-03-02T04:30", "2026-03-02T05:30")], {"m0": "2026-03-02T05:30"}, id="a step on the way waits"
        ),
        pytest.param(
            [("2026-03-02T05:00", "2026-03-02T05:30")], {"m0": "2026-03-02T05:30"}, id="taken at the very moment"
        ),
        pytest.param([("2026-03-02T04:00", "2026-03-02T05:00")], {}, id="it ends at the very moment"),
        pytest.param(
            [("2026-03-02T05:30", "2026-03-02T06:30")],
            {"m1": "2026-03-02T06:30", "m2": "2026-03-02T07:30", "m3": "2026-03-03T01:30", "m4": "2026-03-03T03:30"},
            id="the deadline passes within",
        ),
        pytest.param(
            [("2026-03-02T06:30", "2026-03-02T08:30")],
            {"m2": "2026-03-02T09:00", "m3": "2026-03-03T03:00", "m4": "2026-03-03T05:00"},
            id="what was left after the deadline is kept",
        ),
        pytest.param(
            [("2026-03-02T08:30", "2026-03-03T02:00")],
            {"m3": "2026-03-03T02:30", "m4": "2026-03-03T04:30"},
            id="over night",
        ),
        pytest.param(
            [("2026-03-02T06:30", "2026-03-02T08:30"), ("2026-03-02T07:00", "2026-03-02T09:00")],
            {"m2": "2026-03-03T01:30", "m3": "2026-03-03T03:30", "m4": "2026-03-03T05:30"},
            id="again, counted from then",
        ),
        pytest.param(
            [("2026-03-02T06:30", "2026-03-02T08:30"), ("2026-03-02T07:00", "2026-03-02T07:30")],
            {"m2": "2026-03-02T09:00", "m3": "2026-03-03T03:00", "m4": "2026-03-03T05:00"},
            id="a shorter time shortens nothing",
        ),
        pytest.param(
            [("2026-03-02T06:15", "2026-03-02T06:45"), ("2026-03-02T07:00", "2026-03-02T08:00")],
            {"m2": "2026-03-02T08:30", "m3": "2026-03-03T02:30", "m4": "2026-03-03T04:30"},
            id="twice, with silence between",
        ),
    ],
)
def test_the_climb_rests_while_somebody_has_taken_the_complaint_over(holds, expected):
    assert times(*holds) == moved_to(**expected)


def test_within_the_time_of_taking_over_nothing_fires_but_the_deadline_is_looked_at():
    hold = ("2026-03-02T05:30", "2026-03-02T06:30")
    before = ladder.judge(
        steps=STEPS, state=held("2026-03-02T05:45", hold), fired={(1, 0)}, now=at("2026-03-02T05:45")
    )
    assert (before.firings, before.wake_at) == ((), at(DUE)), "that it is broken is noted at once"
    broken = held("2026-03-02T06:15", hold)
    assert (broken.state, broken.breached_at) == (State.BREACHED_OPEN, at(DUE))
    after = ladder.judge(steps=STEPS, state=broken, fired={(1, 0)}, now=at("2026-03-02T06:15"))
    assert (after.firings, after.wake_at) == ((), at(hold[1]))


def test_a_step_that_had_been_missed_before_still_fires():
    state = held("2026-03-02T07:45", ("2026-03-02T07:30", "2026-03-02T08:30"))
    assert due_steps(state, "2026-03-02T07:45", fired=ALL_KEYS[:2]) == [(3, 0)]
