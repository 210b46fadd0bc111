"""Targets: due dates, the points on the way, pauses."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import targets
from escalation.calendars import Calendar
from escalation.errors import BadCalendar, BadCases, BadTarget
from escalation.targets import Target
from tests.escalation.strategies import (
    CALENDARS,
    DATA,
    OFFICE,
    VECTORS,
    at,
    calendar_form,
    calendars,
    moments,
    often,
)
from tests.escalation.strategies import pauses as some_pauses
from tests.escalation.strategies import targets as some_targets

LEGAL = json.loads((DATA / "legal.json").read_text(encoding="utf-8"))
MONDAY = "2026-03-02T01:00"  # 09:00 in Taipei, where the office opens
HALF, WHOLE = Fraction(1, 2), Fraction(1)


def target(unit, amount, **more):
    return Target.from_json({"unit": unit, "amount": amount} | more)


def as_case(case):
    return (
        CALENDARS[case["calendar"]],
        Target.from_json(case["target"]),
        at(case["start"]),
        [(at(begin), at(end)) for begin, end in case["pauses"]],
    )


def by_the_letter(calendar, target, start, pauses):
    """The rule for pauses as it is written, one pause after the other."""
    end = targets.due(calendar, target, start)
    for begin, resume in pauses:
        if begin < end and target.counts_working_time:
            end = calendar.advance(resume, calendar.measure(begin, end))
        elif begin < end:
            end += resume - begin
    return end


@pytest.mark.parametrize("case", VECTORS["cases"], ids=range(len(VECTORS["cases"])))
def test_each_shared_case_has_its_due_date_points_and_after_point(case):
    calendar, goal, start, pauses = as_case(case)
    due = targets.due(calendar, goal, start, pauses)
    fractions = [Fraction(name) for name in case["points"]]
    assert due == at(case["due"])
    assert targets.points(calendar, goal, start, pauses, fractions) == [at(p) for p in case["points"].values()]
    assert targets.after(calendar, due, 4 * 3600) == at(case["after_4_working_hours"])


@pytest.mark.parametrize("case", LEGAL["cases"], ids=lambda case: f"{case['rule']} from {case['received']}")
def test_each_legal_period_ends_on_the_day_the_law_gives(case):
    calendar = Calendar.from_json(LEGAL["calendars"][case["calendar"]])
    received = datetime.fromisoformat(case["received"]).replace(hour=10, tzinfo=ZoneInfo(calendar.timezone))
    due = targets.due(calendar, Target.from_json(case["target"]), received)
    assert calendar.local_date(due - timedelta(microseconds=1)) == date.fromisoformat(case["due"])


@pytest.mark.parametrize("goal", [target("working_days", 5), target("calendar_days", 9, roll=True)])
def test_a_deadline_past_the_loaded_days_is_provisional(goal):
    calendar = Calendar.from_json(LEGAL["calendars"]["cn"])
    due = targets.due(calendar, goal, at("2026-12-28T02:00"))
    assert due > at("2027-01-01T00:00")
    assert targets.is_provisional(calendar, goal, due)


@pytest.mark.parametrize(
    ("goal", "start"),
    [
        (target("hours", 240), "2026-12-28T02:00"),
        (target("calendar_days", 9), "2026-12-28T02:00"),
        (target("working_days", 3), "2026-12-28T02:00"),
        (target("calendar_days", 3, roll=True), "2026-12-28T02:00"),
    ],
)
def test_a_deadline_that_rests_on_loaded_days_alone_is_not_provisional(goal, start):
    calendar = Calendar.from_json(LEGAL["calendars"]["cn"])
    assert not targets.is_provisional(calendar, goal, targets.due(calendar, goal, at(start)))


def test_a_twentieth_of_an_hour_is_three_minutes():
    assert targets.due(OFFICE, target("working_hours", 0.05), at("2026-03-02T01:00")) == at("2026-03-02T01:03")


def test_the_day_of_receipt_counts_from_the_same_day_only_while_it_is_open():
    goal = target("working_days", 1, count_from="same_day")
    assert targets.due(OFFICE, goal, at("2026-03-02T08:59")) == at("2026-03-02T09:00")
    assert targets.due(OFFICE, goal, at("2026-03-02T09:00")) == at("2026-03-03T09:00")


def test_no_calendar_days_at_all_is_the_end_of_the_day_of_receipt():
    assert targets.due(OFFICE, target("calendar_days", 0), at("2026-03-02T01:00")) == at("2026-03-02T16:00")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "unit"),
        ({"unit": "weeks", "amount": 1}, "unit"),
        ({"unit": "hours"}, "amount"),
        ({"unit": "hours", "amount": 0}, "amount"),
        ({"unit": "hours", "amount": -1}, "amount"),
        ({"unit": "hours", "amount": "4"}, "amount"),
        ({"unit": "hours", "amount": True}, "amount"),
        ({"unit": "hours", "amount": float("nan")}, "amount"),
        ({"unit": "hours", "amount": 1e-12}, "amount"),
        ({"unit": "hours", "amount": 1_000_000}, "amount"),
        ({"unit": "working_days", "amount": 0}, "amount"),
        ({"unit": "working_days", "amount": 1.5}, "amount"),
        ({"unit": "working_days", "amount": 1, "count_from": "tomorrow"}, "count_from"),
        ({"unit": "working_days", "amount": 1, "roll": True}, "roll"),
        ({"unit": "calendar_days", "amount": 1, "count_from": "same_day"}, "count_from"),
        ({"unit": "calendar_days", "amount": 1, "roll": "yes"}, "roll"),
        ({"unit": "hours", "amount": 1, "statutory": 1}, "statutory"),
    ],
)
def test_a_bad_target_is_refused_with_the_field_at_fault(form, field):
    with pytest.raises(BadTarget) as refused:
        Target.from_json(form)
    assert refused.value.field == field


@given(some_targets)
@often
def test_a_target_is_read_back_from_its_json_form(goal):
    assert Target.from_json(json.loads(json.dumps(goal.to_json()))) == goal


@given(calendars(), some_targets, moments, st.data())
@often
def test_pauses_put_the_deadline_off_as_the_rule_is_written(calendar, goal, start, data):
    pauses = data.draw(some_pauses(start))
    assert targets.due(calendar, goal, start, pauses) == by_the_letter(calendar, goal, start, pauses)


@given(calendars(), some_targets, moments, st.data())
@often
def test_splitting_a_pause_in_two_changes_nothing(calendar, goal, start, data):
    pauses = data.draw(some_pauses(start).filter(bool))
    number = data.draw(st.integers(0, len(pauses) - 1))
    begin, end = pauses[number]
    middle = begin + (end - begin) * data.draw(st.floats(0, 1))
    split = [*pauses[:number], (begin, middle), (middle, end), *pauses[number + 1 :]]
    assert targets.due(calendar, goal, start, split) == targets.due(calendar, goal, start, pauses)
    assert targets.points(calendar, goal, start, split, [HALF]) == targets.points(
        calendar, goal, start, pauses, [HALF]
    )


@given(calendars(), some_targets, moments, st.data())
@often
def test_pauses_in_another_order_or_overlapping_count_once(calendar, goal, start, data):
    pauses = data.draw(some_pauses(start).filter(bool))
    shuffled = data.draw(st.permutations([*pauses, pauses[0]]))
    assert targets.due(calendar, goal, start, shuffled) == targets.due(calendar, goal, start, pauses)


@given(calendars(), some_targets, moments, st.data())
@often
def test_a_pause_never_brings_the_deadline_forward(calendar, goal, start, data):
    pauses = data.draw(some_pauses(start))
    assert targets.due(calendar, goal, start, pauses) >= targets.due(calendar, goal, start)


@given(calendars(), some_targets, moments, st.data())
@often
def test_points_come_in_order_and_the_last_is_the_deadline(calendar, goal, start, data):
    pauses = data.draw(some_pauses(start))
    fractions = [Fraction(0), Fraction(1, 3), HALF, Fraction(4, 5), WHOLE]
    points = targets.points(calendar, goal, start, pauses, fractions)
    assert points == sorted(points)
    assert points[0] == start
    assert points[-1] == targets.due(calendar, goal, start, pauses)


def test_a_point_between_two_microseconds_is_the_later_of_them():
    (seventh,) = targets.points(OFFICE, target("hours", 1), at(MONDAY), [], [Fraction(1, 7)])
    assert seventh == at(MONDAY) + timedelta(microseconds=514_285_715)


def test_a_pause_before_the_start_counts_from_the_start():
    pause = (at("2026-03-01T00:00"), at("2026-03-02T03:00"))
    assert targets.due(OFFICE, target("hours", 1), at(MONDAY), [pause]) == at("2026-03-02T04:00")


@given(calendars(), some_targets, moments, st.dates(date(2026, 1, 1), date(2027, 8, 31)))
@often
def test_a_day_taken_out_of_the_calendar_never_makes_the_deadline_earlier(calendar, goal, start, day):
    if goal.counts_working_time and day == calendar.local_date(start):
        return  # a day of receipt that is off already is not the same question
    closed = Calendar(calendar.name, calendar.timezone, calendar.week, {**calendar.days, day: ()}, covers_until=None)
    assert targets.due(closed, goal, start) >= targets.due(calendar, goal, start)


@given(calendars(), some_targets, moments, moments)
@often
def test_a_later_start_never_has_an_earlier_deadline(calendar, goal, one, other):
    early, late = sorted((one, other))
    assert targets.due(calendar, goal, early) <= targets.due(calendar, goal, late)


def test_a_file_of_cases_is_answered_with_the_same_keys_and_all_three_points():
    answers = targets.evaluate_cases(VECTORS)
    assert len(answers) == len(VECTORS["cases"])
    for answer, case in zip(answers, VECTORS["cases"], strict=True):
        assert answer.keys() == case.keys()
        assert list(answer["points"]) == ["1/2", "4/5", "1/1"]
        assert answer == case | {"points": answer["points"] | case["points"]}


def test_a_file_of_cases_needs_no_answers():
    case = {key: VECTORS["cases"][0][key] for key in ("calendar", "start", "target", "pauses")}
    with_answers = targets.evaluate_cases(VECTORS | {"cases": VECTORS["cases"][:1]})
    assert targets.evaluate_cases(VECTORS | {"cases": [case]}) == with_answers


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"calendar": "nowhere"}, BadCases, "cases[0].calendar"),
        ({"calendar": None}, BadCases, "cases[0].calendar"),
        ({"start": "2026-03-02T09:00:00"}, BadCases, "cases[0].start"),
        ({"start": "yesterday"}, BadCases, "cases[0].start"),
        ({"start": 7}, BadCases, "cases[0].start"),
        ({"start": "1066-10-14T09:00:00+00:00"}, BadCases, "cases[0]"),
        ({"target": {"unit": "hours", "amount": 0}}, BadTarget, "cases[0].target.amount"),
        ({"pauses": {}}, BadCases, "cases[0].pauses"),
        ({"pauses": [["2026-03-02T09:00:00+00:00"]]}, BadCases, "cases[0].pauses[0]"),
        (
            {"pauses": [["2026-03-02T09:00:00+00:00", "2026-03-01T09:00:00+00:00"]]},
            BadCases,
            "cases[0].pauses[0]",
        ),
        ({"begin": "now"}, BadCases, "cases[0].begin"),
    ],
)
def test_a_bad_case_is_refused_with_the_field_at_fault(changes, refusal, field):
    case = VECTORS["cases"][0] | {"target": {"unit": "working_hours", "amount": 4}} | changes
    with pytest.raises(refusal) as refused:
        targets.evaluate_cases({"calendars": VECTORS["calendars"], "cases": [case]})
    assert refused.value.field == field


@pytest.mark.parametrize("document", [None, [], {}, {"calendars": {}}, {"calendars": {}, "cases": 7}])
def test_what_is_no_file_of_cases_is_refused(document):
    with pytest.raises(BadCases):
        targets.evaluate_cases(document)


def test_a_bad_calendar_in_a_file_of_cases_is_named():
    with pytest.raises(BadCalendar, match=r"calendars\.office\.week"):
        targets.evaluate_cases({"calendars": {"office": calendar_form(week={})}, "cases": []})


def test_a_start_in_another_zone_is_the_same_moment():
    taipei = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Taipei"))
    goal = target("working_days", 2)
    assert targets.due(OFFICE, goal, taipei) == targets.due(OFFICE, goal, taipei.astimezone(UTC))
