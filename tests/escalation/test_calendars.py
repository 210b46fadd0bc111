"""Working calendars: their JSON form, and the passing of working time."""

import copy
import json
import pickle
import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.calendars import Calendar
from escalation.errors import BadCalendar, NaiveMoment, OutOfReach
from tests.escalation.strategies import CALENDARS, OFFICE, at, calendar_form, calendars, moments, often

HOUR = 3600


def week(**days):
    return calendar_form()["week"] | days


def walked(calendar, begin, end):
    """Working minutes between two moments, counted one by one on the local clock."""
    zone = ZoneInfo(calendar.timezone)
    count = 0
    while begin < end:
        local = begin.astimezone(zone)
        minute = local.hour * 60 + local.minute
        count += any(opens <= minute < closes for opens, closes in calendar.spans_on(local.date()))
        begin += timedelta(minutes=1)
    return count


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"week": {}}, "week"),
        ({"week": {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}, "week"),
        ({"week": week(mon=[["09:00", "12:00"], ["11:00", "13:00"]])}, "week.mon[1]"),
        ({"week": week(mon=[["13:00", "17:00"], ["09:00", "12:00"]])}, "week.mon[1]"),
        ({"week": week(tue=[["09:00", "12:00"], ["09:00", "12:00"]])}, "week.tue[1]"),
        ({"week": week(tue=[["17:00", "09:00"]])}, "week.tue[0]"),
        ({"week": week(tue=[["09:00", "09:00"]])}, "week.tue[0]"),
        ({"week": week(tue=[["9:00", "12:00"]])}, "week.tue[0]"),
        ({"week": week(tue=[["09:00", "24:01"]])}, "week.tue[0]"),
        ({"week": week(tue=[["09:00", 12]])}, "week.tue[0]"),
        ({"week": week(tue=[["09:00"]])}, "week.tue[0]"),
        ({"week": week(tue="09:00-12:00")}, "week.tue"),
        ({"week": week(monday=[])}, "week.monday"),
        ({"week": []}, "week"),
        ({"timezone": "Taipei"}, "timezone"),
        ({"timezone": "Asia"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"name": " "}, "name"),
        ({"days": {"2026-02-30": []}}, "days.2026-02-30"),
        ({"days": {"20260213": []}}, "days.20260213"),
        ({"days": {"2026-02-13": [["12:00", "11:00"]]}}, "days.2026-02-13[0]"),
        ({"days": []}, "days"),
        ({"notes": {"2026-02-13": "Holiday"}}, "notes.2026-02-13"),
        ({"covers_until": "soon"}, "covers_until"),
        ({"holidays": {}}, "holidays"),
    ],
)
def test_a_bad_calendar_is_refused_with_the_field_at_fault(changes, field):
    with pytest.raises(BadCalendar) as refused:
        Calendar.from_json(calendar_form(**changes))
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


def test_a_date_written_twice_is_refused():
    text = json.dumps(calendar_form()).replace('"days": {}', '"days": {"2026-02-13": [], "2026-02-13": []}')
    with pytest.raises(BadCalendar, match="2026-02-13"):
        Calendar.from_text(text)


def test_text_that_is_no_json_is_refused_with_its_place():
    with pytest.raises(BadCalendar, match="line 2"):
        Calendar.from_text('{"name": "office",\n timezone}')


@pytest.mark.parametrize("value", [None, [], "office", 7])
def test_what_is_no_object_is_no_calendar(value):
    with pytest.raises(BadCalendar):
        Calendar.from_json(value)


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_the_json_form_is_read_back_to_an_equal_calendar(calendar):
    assert Calendar.from_json(json.loads(json.dumps(calendar.to_json()))) == calendar


def test_notes_and_the_covered_year_survive_the_json_form():
    form = calendar_form(days={"2026-02-17": []}, notes={"2026-02-17": "Spring Festival"}, covers_until="2026-12-31")
    assert Calendar.from_json(form).to_json() == form


def test_a_calendar_can_be_copied_and_sent_to_another_process_after_use():
    OFFICE.advance(at("2026-03-02T00:00"), HOUR)
    assert pickle.loads(pickle.dumps(OFFICE)) == copy.deepcopy(OFFICE) == OFFICE


def test_a_full_days_work_ends_at_closing_time_and_not_the_next_morning():
    assert OFFICE.advance(at("2026-03-02T01:00"), 8 * HOUR) == at("2026-03-02T09:00")


def test_no_work_takes_no_time_even_at_night():
    assert OFFICE.advance(at("2026-03-01T20:00"), 0) == at("2026-03-01T20:00")


def test_the_end_of_a_span_is_not_working_time():
    assert OFFICE.is_working(at("2026-03-02T01:00"))
    assert not OFFICE.is_working(at("2026-03-02T09:00"))
    assert not OFFICE.is_working(at("2026-03-02T00:59:59.999999"))


def test_the_next_working_moment_after_closing_on_friday_is_monday_morning():
    assert OFFICE.next_working(at("2026-03-06T09:00")) == at("2026-03-09T01:00")
    assert OFFICE.next_working(at("2026-03-06T03:30")) == at("2026-03-06T03:30")


def test_the_hour_that_the_clock_skips_counts_nothing():
    nights = Calendar.from_json(calendar_form(timezone="Europe/London", week=week(sun=[["00:00", "04:00"]])))
    assert nights.measure(at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 3 * HOUR


def test_the_hour_that_the_clock_repeats_counts_twice():
    nights = Calendar.from_json(calendar_form(timezone="Europe/London", week=week(sun=[["00:00", "04:00"]])))
    assert nights.measure(at("2026-10-24T20:00"), at("2026-10-25T12:00")) == 5 * HOUR


def test_a_span_that_begins_within_the_skipped_hour_begins_when_the_clock_has_jumped():
    nights = Calendar.from_json(calendar_form(timezone="Europe/London", week=week(sun=[["01:30", "04:00"]])))
    assert nights.next_working(at("2026-03-29T00:00")) == at("2026-03-29T01:00")


def test_a_span_within_the_repeated_hour_comes_twice():
    nights = Calendar.from_json(calendar_form(timezone="Europe/London", week=week(sun=[["01:15", "01:45"]])))
    assert nights.measure(at("2026-10-25T00:00"), at("2026-10-25T01:00")) == HOUR / 2
    assert nights.measure(at("2026-10-25T01:00"), at("2026-10-25T02:00")) == HOUR / 2
    assert nights.next_working(at("2026-10-25T00:50")) == at("2026-10-25T01:15")


def test_a_day_that_its_zone_never_had_ends_as_it_begins():
    samoa = Calendar.from_json(calendar_form(timezone="Pacific/Apia"))
    assert samoa.end_of_day(date(2011, 12, 30)) == samoa.end_of_day(date(2011, 12, 29))
    assert samoa.working_day_end_micros(date(2011, 12, 29).toordinal(), 1) == samoa.working_day_end_micros(
        date(2012, 1, 2).toordinal(), 0
    )


def test_a_clock_that_changes_at_midnight_begins_the_day_at_the_change():
    havana = Calendar.from_json(calendar_form(timezone="America/Havana", week=week(sun=[["00:00", "02:00"]])))
    assert havana.end_of_day(date(2026, 3, 7)) == at("2026-03-08T05:00")
    assert havana.measure(at("2026-03-08T00:00"), at("2026-03-08T12:00")) == HOUR
    assert havana.measure(at("2026-11-01T00:00"), at("2026-11-01T12:00")) == 3 * HOUR


def test_a_make_up_saturday_works_and_a_holiday_does_not():
    cn = CALENDARS["cn-office"]
    assert cn.working_days(date(2026, 2, 12), date(2026, 2, 28)) == [
        *(date(2026, 2, day) for day in (12, 13, 14, 24, 25, 26, 27, 28))
    ]


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(NaiveMoment, match="time zone"):
        OFFICE.advance(datetime(2026, 3, 2), HOUR)  # noqa: DTZ001 - this is the mistake under test


@pytest.mark.parametrize("moment", ["1850-01-01T00:00", "2500-01-01T00:00", "1899-12-31T00:00"])
def test_a_moment_outside_the_covered_years_is_refused(moment):
    with pytest.raises(OutOfReach, match="1900"):
        OFFICE.advance(at(moment), HOUR)


def test_the_search_for_working_time_ends_where_the_calendar_ends():
    rare = Calendar.from_json(calendar_form(week={"wed": [["00:00", "00:01"]]}))
    with pytest.raises(OutOfReach, match="2399"):
        rare.advance(at("2026-01-01T00:00"), 1000 * HOUR)


@pytest.mark.slow
def test_a_far_deadline_is_exact():
    hundred_years = OFFICE.measure(at("2026-01-01T00:00"), at("2126-01-01T00:00"))
    calendar = Calendar.from_json(calendar_form())
    assert calendar.advance(at("2026-01-01T00:00"), hundred_years) == OFFICE.advance(at("2125-12-31T01:00"), 8 * HOUR)


def test_years_compiled_backwards_and_forwards_agree():
    forwards, backwards = Calendar.from_json(calendar_form()), Calendar.from_json(calendar_form())
    asked = [at(f"{year}-06-15T05:00") for year in range(2020, 2035)]
    answers = [forwards.advance(moment, 30 * HOUR) for moment in asked]
    assert [backwards.advance(moment, 30 * HOUR) for moment in reversed(asked)] == answers[::-1]


def test_threads_that_ask_for_different_years_at_once_all_get_the_right_answer():
    asked = [datetime(year, 6, 15, 5, tzinfo=UTC) for year in range(1990, 2060)]
    expected = [OFFICE.advance(moment, 30 * HOUR) for moment in asked]
    shared = Calendar.from_json(calendar_form())
    found: dict[int, datetime] = {}

    def ask(share: int) -> None:
        for number in range(share, len(asked), 7):
            found[number] = shared.advance(asked[number], 30 * HOUR)

    threads = [threading.Thread(target=ask, args=(share,)) for share in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(len(asked))] == expected


def test_the_last_covered_day_is_covered_to_its_end():
    calendar = Calendar.from_json(calendar_form(covers_until="2026-12-31"))
    assert calendar.covers(at("2026-12-31T16:00"))
    assert not calendar.covers(at("2026-12-31T16:00:01"))
    assert OFFICE.covers(at("2030-01-01T00:00"))


@given(calendars(), moments, st.integers(1, 4000))
@often
def test_measure_counts_the_same_minutes_as_a_walk_along_the_clock(calendar, begin, minutes):
    begin = begin.replace(second=0, microsecond=0)
    end = begin + timedelta(minutes=minutes)
    assert calendar.measure(begin, end) == 60 * walked(calendar, begin, end)


@given(calendars(), moments, st.integers(0, 400_000))
@often
def test_measure_undoes_advance(calendar, begin, seconds):
    assert calendar.measure(begin, calendar.advance(begin, seconds)) == seconds


@given(calendars(), moments, st.integers(1, 400_000))
@often
def test_advance_finds_the_earliest_moment(calendar, begin, seconds):
    end = calendar.advance(begin, seconds)
    assert calendar.measure(begin, end - timedelta(microseconds=1)) < seconds


@given(calendars(), moments, st.integers(0, 200_000), st.integers(0, 200_000))
@often
def test_advancing_in_two_parts_is_advancing_once(calendar, begin, first, second):
    assert calendar.advance(calendar.advance(begin, first), second) == calendar.advance(begin, first + second)


@given(calendars(), moments, moments, st.integers(1, 200_000))
@often
def test_a_later_start_never_ends_earlier(calendar, one, other, seconds):
    early, late = sorted((one, other))
    assert calendar.advance(early, seconds) <= calendar.advance(late, seconds)
    assert calendar.measure(late, early) == 0
