"""Why this date, in the short form for the complainant."""

import pytest
from django.utils import translation

from escalation import brief, replay
from escalation.brief import Origin
from escalation.targets import Target
from tests.escalation.strategies import OFFICE, at
from tests.escalation.test_explanation import CN

MONDAY = "2026-03-02T02:00"


def told(form, *events, calendar=OFFICE, start=MONDAY, origin=Origin.RECEIVED, now="2026-03-02T02:00"):
    target = form if isinstance(form, Target) else Target.from_json(form)
    ledger = [replay.Started(sequence=1, at=at(start), target=target, calendar=calendar)]
    for number, (kind, moment, more) in enumerate(events, start=2):
        ledger.append(kind(sequence=number, at=at(moment), **more))
    return brief.sentences(replay.replay(ledger, now=at(now)), ledger, origin=origin)


def test_calendar_days_tell_the_day_of_receipt_and_that_the_last_day_moved():
    assert told({"unit": "calendar_days", "amount": 7, "roll": True}, calendar=CN, start="2026-02-10T02:00") == [
        "We have 7 calendar days for this, weekends and holidays included.",
        "Your complaint reached us on Tue 10 February 2026; that day itself does not count.",
        "The last day would be Tue 17 February 2026 (Spring Festival), so the date moves on to the next working day.",
    ]


def test_a_last_day_without_a_name_is_a_day_off():
    assert told({"unit": "calendar_days", "amount": 5, "roll": True})[-1] == (
        "The last day would be Sat 7 March 2026, a day off, so the date moves on to the next working day."
    )


def test_working_days_tell_holidays_and_make_up_days():
    assert told({"unit": "working_days", "amount": 3}, calendar=CN, start="2026-02-13T02:00") == [
        "We have 3 working days for this: days on which our office is open.",
        "Your complaint reached us on Fri 13 February 2026; that day itself does not count.",
        "These holidays do not count: Mon 16 February 2026 to Fri 20 February 2026 (Spring Festival); "
        "Mon 23 February 2026 (Spring Festival).",
        "On these days we work although they are usually days off, so they count: "
        "Sat 14 February 2026 (Spring Festival).",
    ]


def test_a_day_that_counts_itself():
    assert told({"unit": "working_days", "amount": 1, "count_from": "same_day"}) == [
        "We have 1 working day for this: days on which our office is open.",
        "They count from Mon 2 March 2026, the day on which your complaint reached us.",
    ]


@pytest.mark.parametrize(
    ("amount", "words"), [(1, "1 hour"), (24, "24 hours"), (0.5, "30 minutes"), (7.5, "7.5 hours")]
)
def test_hours_run_by_day_and_by_night(amount, words):
    assert told({"unit": "hours", "amount": amount}) == [
        f"We have {words} for this, by day and by night.",
        "They count from Monday 2 March 2026, 10:00 Taipei time, when your complaint reached us.",
    ]


def test_a_case_that_was_taken_up_again_counts_from_then():
    sentences = told({"unit": "working_hours", "amount": 8}, origin=Origin.REOPENED)
    assert sentences[1] == "They count from Monday 2 March 2026, 10:00 Taipei time, when we took it up again."


def test_every_time_that_stood_still_says_why():
    sentences = told(
        {"unit": "working_days", "amount": 10},
        (replay.Paused, "2026-03-03T02:00", {"reason": "complainant"}),
        (replay.Resumed, "2026-03-04T02:00", {}),
        (replay.Paused, "2026-03-05T02:00", {"reason": "agreed"}),
        (replay.Resumed, "2026-03-06T02:00", {}),
        (replay.Paused, "2026-03-09T02:00", {"reason": "expert"}),
        (replay.Resumed, "2026-03-10T02:00", {}),
        (replay.Met, "2026-03-11T02:00", {}),
        (replay.Reopened, "2026-03-12T02:00", {}),
        now="2026-03-12T03:00",
    )
    assert sentences[2:] == [
        "Tue 3 March 2026, 10:00 to Wed 4 March 2026, 10:00: our time stood still while we waited for your answer.",
        "Thu 5 March 2026, 10:00 to Fri 6 March 2026, 10:00: our time stood still, as agreed with you.",
        "Mon 9 March 2026, 10:00 to Tue 10 March 2026, 10:00: "
        "our time stood still while we waited for somebody else's answer.",
        "Wed 11 March 2026, 10:00 to Thu 12 March 2026, 10:00: our time stood still, because we had answered.",
    ]


def test_a_promise_that_did_not_apply_for_a_while_says_so():
    sentences = told(
        {"unit": "working_days", "amount": 10},
        (replay.Cancelled, "2026-03-03T02:00", {}),
        (replay.Reopened, "2026-03-04T02:00", {}),
        now="2026-03-04T03:00",
    )
    assert sentences[-1] == (
        "Tue 3 March 2026, 10:00 to Wed 4 March 2026, 10:00: this date did not apply to your complaint then."
    )


def test_a_pause_entered_late_keeps_its_reason():
    """Two machines' clocks differ: the entry is dated a second before the one it follows."""
    sentences = told(
        {"unit": "hours", "amount": 48},
        (replay.Paused, "2026-03-02T03:00", {"reason": "expert"}),
        (replay.Resumed, "2026-03-02T04:00", {}),
        (replay.Paused, "2026-03-02T03:59:59", {"reason": "complainant"}),
        (replay.Resumed, "2026-03-02T05:00", {}),
        now="2026-03-02T06:00",
    )
    assert sentences[-1].endswith("somebody else's answer."), "the two are told as one, by what came first"


def test_an_extension_is_told_beside_what_there_was_at_first():
    sentences = told(
        {"unit": "working_days", "amount": 5}, (replay.Extended, "2026-03-03T02:00", {"amount": 2}), now=MONDAY
    )
    assert sentences[0] == "We have 5 working days for this: days on which our office is open."
    assert sentences[2] == "We needed more time and have told you so: 2 working days more."


def test_an_agreed_moment_needs_no_arithmetic():
    target = Target.agreed(at(MONDAY), at("2026-03-04T07:20:30"))
    assert told(target) == ["This is the moment that was agreed with you."]


def test_a_date_that_may_move_says_so():
    calendar = type(OFFICE).from_json(OFFICE.to_json() | {"covers_until": "2026-03-03"})
    assert told({"unit": "working_days", "amount": 5}, calendar=calendar)[-1] == (
        "The holidays of that time are not announced yet, so this date may still move."
    )


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
@pytest.mark.parametrize("unit", ["hours", "working_hours", "working_days", "calendar_days"])
def test_in_chinese_it_is_chinese(language, unit):
    with translation.override(language):
        for sentence in told({"unit": unit, "amount": 3}):
            assert not any("a" <= letter.lower() <= "z" for letter in sentence), sentence
