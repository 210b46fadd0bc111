"""Moments in words: the reader's zone, absolute first."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from common import moments

AT = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reader():
    with translation.override("en"), timezone.override(ZoneInfo("Asia/Taipei")):
        yield


def test_the_full_form_names_weekday_date_time_and_zone():
    assert moments.full(AT) == "Thursday 26 November 2026, 18:00 Taipei time"


@pytest.mark.parametrize(("language", "words"), [("en", "26 November 2026"), ("zh-hans", "2026年11月26日")])
def test_a_date_alone_is_written_as_in_a_moment(language, words):
    with translation.override(language):
        assert date_format(date(2026, 11, 26)) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Taipei", "Thursday 26 November 2026, 23:59 Taipei time"),
        ("Europe/London", "Thursday 26 November 2026, 16:00 London time"),
    ],
)
def test_a_deadline_at_midnight_is_told_as_the_last_minute_of_its_day(zone, words):
    midnight = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
    with timezone.override(ZoneInfo(zone)):
        assert moments.full(moments.last_minute(midnight)) == words


@pytest.mark.parametrize("zone", ["Asia/Taipei", "America/New_York"])
def test_of_what_happened_on_a_day_without_a_time_no_reader_is_told_a_time(zone, settings):
    office = ZoneInfo(settings.TIME_ZONE)
    with timezone.override(ZoneInfo(zone)):
        assert moments.happened(datetime(2026, 11, 26, tzinfo=office)) == "Thursday 26 November 2026"
        assert moments.happened(datetime(2026, 11, 26, 10, tzinfo=office)).endswith(moments.place())


def test_a_zone_without_a_common_name_goes_by_its_city():
    with timezone.override(ZoneInfo("America/Sao_Paulo")):
        assert moments.full(AT) == "Thursday 26 November 2026, 07:00 Sao Paulo time"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (AT - timedelta(hours=3), "18:00"),
        (AT - timedelta(days=3), "26 Nov, 18:00"),
        (AT + timedelta(days=300), "26 Nov 2026"),
        (datetime(2026, 11, 25, 23, 0, tzinfo=ZoneInfo("Asia/Taipei")), "26 Nov, 18:00"),
    ],
)
def test_the_short_form_says_as_little_as_is_clear(now, words):
    assert moments.short(AT, now=now) == words


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_how_long_ago(gone, words):
    assert moments.ago(AT, now=AT + gone) == words


@pytest.mark.parametrize(
    ("seconds", "day_seconds", "words"),
    [
        (5, 0, "5 s"),
        (65, 0, "1 min 05 s"),
        (12_000, 0, "3 h 20 min"),
        (-12_000, 0, "3 h 20 min"),
        (180_000, 0, "50 h 00 min"),
        (28_800 * 4 + 7_300, 28_800, "4 d 2 h"),
        (28_799, 28_800, "7 h 59 min"),
    ],
)
def test_spans_of_working_time(seconds, day_seconds, words):
    assert moments.span(seconds, day_seconds=day_seconds) == words
