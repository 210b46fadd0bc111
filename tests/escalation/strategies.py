"""Calendars, moments and pauses for Hypothesis."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from escalation.calendars import WEEKDAYS, Calendar
from escalation.targets import Target

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "deadlines.json").read_text(encoding="utf-8"))
CALENDARS = {name: Calendar.from_json(form) for name, form in VECTORS["calendars"].items()}


def often(test):
    """Try a property on many examples, which takes its time."""
    # The stage of the other tests sets up a folder for each test; these rules touch no file.
    many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    return pytest.mark.slow(many(test))


def at(text: str) -> datetime:
    """A moment written without its zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def calendar_form(**changes) -> dict:
    """An office that works from Monday to Friday, 09:00 to 17:00 in Taipei."""
    week = {day: [["09:00", "17:00"]] if number < 5 else [] for number, day in enumerate(WEEKDAYS)}
    return {"name": "office", "timezone": "Asia/Taipei", "week": week, "days": {}} | changes


OFFICE = Calendar.from_json(calendar_form())


SPANS = [
    [],
    [["09:00", "17:00"]],
    [["09:00", "12:00"], ["13:30", "18:00"]],
    [["08:00", "12:00"]],
    [["00:00", "24:00"]],
    [["00:00", "07:30"], ["19:00", "24:00"]],
    [["00:00", "01:30"], ["01:45", "02:15"], ["02:15", "03:00"]],
    [["01:30", "04:30"], ["22:15", "23:00"], ["23:59", "24:00"]],
    [["12:00", "12:01"]],
]
"""Office hours, half days, nights, spans within the hour that clocks skip or repeat, a single minute."""


@st.composite
def calendars(draw) -> Calendar:
    spans = st.sampled_from(SPANS)
    week = {day: draw(spans) for day in WEEKDAYS}
    if not any(week.values()):
        week["wed"] = [["10:00", "16:00"]]
    days = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), spans, max_size=8))
    zone = draw(st.sampled_from(["Asia/Taipei", "Europe/London", "America/New_York", "Australia/Lord_Howe"]))
    form = {"name": "any", "timezone": zone, "week": week}
    return Calendar.from_json(form | {"days": {day.isoformat(): worked for day, worked in days.items()}})


moments = st.integers(0, 545 * 24 * 60 * 60).map(lambda seconds: at("2026-01-01") + timedelta(seconds=seconds))

targets = st.one_of(
    st.builds(
        lambda unit, amount: Target.from_json({"unit": unit, "amount": amount}),
        st.sampled_from(["hours", "working_hours"]),
        st.sampled_from([0.05, 0.5, 1, 4, 7.5, 15, 48]),
    ),
    st.builds(
        lambda amount, count_from: Target.from_json(
            {"unit": "working_days", "amount": amount, "count_from": count_from}
        ),
        st.integers(1, 12),
        st.sampled_from(["next_day", "same_day"]),
    ),
    st.builds(
        lambda amount, roll: Target.from_json({"unit": "calendar_days", "amount": amount, "roll": roll}),
        st.integers(1, 30),
        st.booleans(),
    ),
)


@st.composite
def pauses(draw, after: datetime) -> list[tuple[datetime, datetime]]:
    """Up to four pauses after a moment, in order, none touching the next."""
    found = []
    begin = after
    for _ in range(draw(st.integers(0, 4))):
        begin += timedelta(minutes=draw(st.integers(1, 6000)))
        end = begin + timedelta(minutes=draw(st.integers(1, 6000)))
        found.append((begin, end))
        begin = end
    return found
