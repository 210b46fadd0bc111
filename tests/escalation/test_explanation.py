"""Why this date: the stretches of time between a start and its deadline."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import explanation, replay, targets
from escalation.explanation import Kind
from escalation.targets import Target
from tests.escalation.strategies import CALENDARS, OFFICE, at, calendars, moments, often
from tests.escalation.strategies import pauses as some_pauses
from tests.escalation.strategies import targets as some_targets
from tests.escalation.test_targets import LEGAL

CN = type(OFFICE).from_json(LEGAL["calendars"]["cn"])


def told(calendar, form, start, pauses=()):
    target = Target.from_json(form)
    pauses = [(at(begin), at(end)) for begin, end in pauses]
    due = targets.due(calendar, target, at(start), pauses)
    return explanation.explain(calendar, target, at(start), pauses, due)


def told_of_a_clock(*then):
    """Of one that has four working hours from Monday, 09:00, and was still open on Thursday."""
    four_hours = Target.from_json({"unit": "working_hours", "amount": 4})
    started = replay.Started(sequence=1, at=at("2026-03-02T01:00"), target=four_hours, calendar=OFFICE)
    return explanation.explain_clock(replay.replay([started, *then], now=at("2026-03-05T00:00")))


def test_a_week_of_working_days_tells_the_receipt_the_make_up_day_and_the_holiday():
    stretches = told(CN, {"unit": "working_days", "amount": 3}, "2026-02-13T02:00")
    assert [explanation.sentence(stretch) for stretch in stretches] == [
        "Fri 13 February 2026 from 10:00: the day of receipt is not counted.",
        "Sat 14 February 2026: 1 working day counts, a make-up working day.",
        "Sun 15 February 2026: day off, not counted.",
        "Mon 16 February 2026 to Fri 20 February 2026: holiday (Spring Festival), not counted.",
        "Sat 21 February 2026 to Sun 22 February 2026: day off, not counted.",
        "Mon 23 February 2026: holiday (Spring Festival), not counted.",
        "Tue 24 February 2026: 1 working day counts.",
        "Wed 25 February 2026 until 18:00: 1 working day counts.",
    ]


def test_working_hours_tell_nights_half_days_and_pauses():
    london = CALENDARS["london-office"]
    pause = ("2026-12-23T15:00", "2026-12-24T09:30")
    stretches = told(london, {"unit": "working_hours", "amount": 4}, "2026-12-22T18:00", [pause])
    assert [explanation.sentence(stretch) for stretch in stretches] == [
        "Tue 22 December 2026 from 18:00: outside working hours, not counted.",
        "Wed 23 December 2026 until 13:00: 4 h 00 min of working time count.",
    ]
    stretches = told(london, {"unit": "working_hours", "amount": 8}, "2026-12-22T18:00", [pause])
    assert [explanation.sentence(stretch) for stretch in stretches][1:] == [
        "Wed 23 December 2026 until 15:00: 6 h 00 min of working time count.",
        "Wed 23 December 2026, 15:00 to Thu 24 December 2026, 09:30: paused while waiting, not counted.",
        "Thu 24 December 2026 from 09:30 to 11:30: "
        "2 h 00 min of working time count, in the special hours of this day.",
    ]


def test_a_last_day_off_is_told_to_move_on():
    stretches = told(CN, {"unit": "calendar_days", "amount": 7, "roll": True}, "2026-02-10T02:00")
    assert [explanation.sentence(stretch) for stretch in stretches] == [
        "Tue 10 February 2026 from 10:00: the day of receipt is not counted.",
        "Wed 11 February 2026 to Tue 17 February 2026: 7 calendar days count.",
        "Wed 18 February 2026 to Tue 24 February 2026: "
        "the last day was a day off, so the deadline moves on to the next working day.",
    ]


def test_hours_count_around_the_clock():
    (stretch,) = told(CN, {"unit": "hours", "amount": 30}, "2026-02-16T02:00")
    assert explanation.sentence(stretch) == (
        "Mon 16 February 2026, 10:00 to Tue 17 February 2026, 16:00: 30 h 00 min count, around the clock."
    )


def test_an_open_pause_is_told_without_an_end():
    stretches = told_of_a_clock(replay.Paused(sequence=2, at=at("2026-03-02T03:00")))
    assert [stretch.kind for stretch in stretches] == [Kind.WORKING, Kind.PAUSED]
    assert stretches[-1].end is None
    assert explanation.sentence(stretches[-1]) == ("Since Mon 2 March 2026, 11:00: paused while waiting, not counted.")


def test_what_had_ended_and_was_taken_up_again_did_not_wait():
    stretches = told_of_a_clock(
        replay.Met(sequence=2, at=at("2026-03-02T02:00")),
        replay.Reopened(sequence=3, at=at("2026-03-02T03:00")),
        replay.Paused(sequence=4, at=at("2026-03-02T03:30")),
    )
    assert [stretch.kind for stretch in stretches] == [Kind.WORKING, Kind.ENDED, Kind.WORKING, Kind.PAUSED]
    assert "had ended and was taken up again later" in explanation.sentence(stretches[1])
    assert sum(stretch.counted_seconds for stretch in stretches) == 1.5 * 3600


def test_the_form_for_programs_carries_the_sentence():
    (stretch,) = told(OFFICE, {"unit": "hours", "amount": 1}, "2026-03-02T01:00")
    assert explanation.to_json(stretch) == {
        "start": "2026-03-02T01:00:00+00:00",
        "end": "2026-03-02T02:00:00+00:00",
        "kind": "elapsed",
        "counted_seconds": 3600,
        "counted_days": 0,
        "note": "",
        "sentence": "Mon 2 March 2026 from 09:00 to 10:00: 1 h 00 min count, around the clock.",
    }


@given(calendars(), some_targets, moments, st.data())
@often
def test_the_stretches_follow_one_another_and_sum_to_the_target(calendar, target, start, data):
    pauses = data.draw(some_pauses(start))
    due = targets.due(calendar, target, start, pauses)
    stretches = explanation.explain(calendar, target, start, pauses, due)
    assert (stretches[0].start, stretches[-1].end) == (start, due)
    assert all(one.end == other.start for one, other in pairwise(stretches))
    if target.amount_micros:
        counted = sum(timedelta(seconds=stretch.counted_seconds).total_seconds() for stretch in stretches)
        assert counted == pytest.approx(target.amount * 3600, abs=1e-5)
        assert not any(stretch.counted_days for stretch in stretches)
    else:
        assert sum(stretch.counted_days for stretch in stretches) == target.amount
    for stretch in stretches:
        assert explanation.sentence(stretch)
        if stretch.kind in (Kind.PAUSED, Kind.DAY_OFF, Kind.HOLIDAY, Kind.OUTSIDE):
            assert stretch.counted_seconds == 0
