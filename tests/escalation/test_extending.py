"""What a policy allows when somebody needs more time. No database."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.errors import Invalid
from escalation import amounts, extending, replay
from escalation.calendars import Calendar
from escalation.errors import ClockEnded, DeadlinePassed, NotExtendable
from escalation.policies import ClockKind, Extensions
from escalation.targets import Target, Unit
from tests.factories.escalation import ALL_DAY

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALWAYS = Calendar.from_json({"name": "always", "timezone": "UTC", "week": ALL_DAY})
TWICE = Extensions(times=2, most=10)
DAY = Target(Unit.HOURS, 24)


def standing(*events, after: float, target: Target = DAY) -> replay.ClockState:
    """How a clock of a day stands so many hours after its start."""
    ledger = [replay.Started(sequence=1, at=START, target=target, calendar=ALWAYS), *events]
    return replay.replay(ledger, now=START + timedelta(hours=after))


def check(state, rule=TWICE, *, granted=0, broken=False):
    return extending.check(state, rule, kind=ClockKind.RESOLUTION, granted=granted, broken=broken)


def test_an_open_clock_may_be_put_off_as_often_as_the_policy_says():
    assert check(standing(after=23), granted=1) == TWICE
    with pytest.raises(NotExtendable, match="as often as"):
        check(standing(after=23), granted=2)


def test_at_the_deadline_itself_it_is_too_late():
    with pytest.raises(DeadlinePassed):
        check(standing(after=24))


def test_what_a_sweep_has_noted_counts_though_this_clock_is_behind():
    with pytest.raises(DeadlinePassed):
        check(standing(after=23.99), broken=True)


def test_a_clock_that_has_ended_is_not_put_off():
    with pytest.raises(ClockEnded):
        check(standing(replay.Met(sequence=2, at=START + timedelta(hours=1)), after=2))


def test_a_paused_clock_may_be_put_off_however_late_it_is():
    assert check(standing(replay.Paused(sequence=2, at=START + timedelta(hours=1)), after=100)) == TWICE


@pytest.mark.parametrize(("statutory", "says"), [(True, "the law sets it"), (False, "does not let")])
def test_without_a_word_of_the_policy_it_is_not_put_off(statutory, says):
    with pytest.raises(NotExtendable, match=says):
        check(standing(after=1, target=Target(Unit.HOURS, 24, statutory=statutory)), None)


@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.none(), st.text()), st.sampled_from(list(Unit)))
def test_only_amounts_within_the_policy_pass(amount, unit):
    with contextlib.suppress(Invalid):
        extending.check_amount(amount, Target(unit, 5), TWICE)
        assert 0 < amount <= TWICE.most
        assert unit in (Unit.HOURS, Unit.WORKING_HOURS) or amount == int(amount)


def test_every_reason_has_words_for_the_complainant():
    assert set(extending.TOLD) == set(extending.Ground.values)


@pytest.mark.parametrize(
    ("unit", "amount", "words"),
    [
        ("working_hours", 8, "8 working hours"),
        ("working_hours", 1.5, "1.5 working hours"),
        ("working_days", 1.0, "1 working day"),
        ("calendar_days", 15, "15 calendar days"),
        ("hours", 1, "1 hour"),
    ],
)
def test_amounts_in_words(unit, amount, words):
    assert amounts.in_words(unit, amount) == words
