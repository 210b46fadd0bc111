"""Tables of days off: reading them, and laying them onto a calendar. The tables here are made up."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import tables
from escalation.calendars import Calendar
from escalation.errors import BadTable
from escalation.tables import Own

OFFICE = {
    "name": "office",
    "timezone": "Asia/Taipei",
    "week": {
        "mon": [["09:00", "17:00"]],
        "tue": [["09:00", "17:00"]],
        "wed": [["09:00", "17:00"]],
        "thu": [["09:00", "17:00"]],
        "fri": [["09:00", "12:00"]],
    },
    "covers_until": "2029-12-31",
}
TODAY = date(2030, 3, 1)
FULL_DAY = ((9 * 60, 17 * 60),)

SPARSE = """date,kind,name
2030-01-02,holiday,Harvest feast
2030-02-09,makeup_workday,Harvest feast
2030-10-05,holiday,Lantern feast
2030-10-07,holiday,Lantern feast
"""
NATIONS = """country,date,name
XA,2030-03-04,River day
XB,2030-03-05,Hill day
XA,2030-11-04,Mill day
"""


def office(**changes):
    return Calendar.from_json(OFFICE | changes)


def every_day(year, **special):
    """A table with one row a day, as an office calendar is published: weekends are off without a word."""
    day, lines = date(year, 1, 1), ["西元日期,星期,是否放假,備註"]
    while day.year == year:
        usual = ("2" if day.weekday() > 4 else "0", "")
        flag, name = special.get(f"d{day:%m%d}", usual)
        lines.append(f"{day:%Y%m%d},{'一二三四五六日'[day.weekday()]},{flag},{name}")
        day += timedelta(days=1)
    return "\n".join(lines)


def lay(text, calendar=None, *, country="", **choices):
    return tables.lay(tables.read(text, country=country), calendar or office(), today=TODAY, **choices)


# --- reading ------------------------------------------------------------------------------------------------


def test_a_list_of_days_says_which_are_off_and_which_are_made_up_for():
    rows = tables.read(SPARSE).rows
    assert [(row.on.isoformat(), row.is_off, row.name, row.line) for row in rows] == [
        ("2030-01-02", True, "Harvest feast", 2),
        ("2030-02-09", False, "Harvest feast", 3),
        ("2030-10-05", True, "Lantern feast", 4),
        ("2030-10-07", True, "Lantern feast", 5),
    ]


def test_a_table_of_every_day_is_read_by_its_chinese_header():
    table = tables.read("\ufeff" + every_day(2030, d0102=("2", "豐年節"), d0105=("0", "補行上班")))
    assert len(table.rows) == 365
    assert table.rows[1].is_off
    assert table.rows[1].name == "豐年節"
    assert not table.rows[4].is_off


def test_of_several_countries_one_is_taken():
    assert [row.name for row in tables.read(NATIONS, country="xa").rows] == ["River day", "Mill day"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_quotes_and_windows_lines_are_read(delimiter):
    text = f'Date{delimiter}Name\r\n2030/3/4{delimiter}"Feast, first day"\r\n\r\n20300305{delimiter}Second day\r\n'
    assert [(row.on.day, row.name) for row in tables.read(text).rows] == [(4, "Feast, first day"), (5, "Second day")]


def test_two_names_of_one_day_are_joined():
    rows = tables.read("date,name\n2030-03-04,A\n2030-03-04,B\n2030-03-04,A").rows
    assert [row.name for row in rows] == ["A / B"]


@pytest.mark.parametrize(
    ("text", "country", "field", "sentence"),
    [
        ("", "", "line 1", "column names"),
        ("a,b\n1,2", "", "line 1", "column names"),
        ("date\n2030-01-01", "", "line 1", "column names"),
        ("date,name\n", "", "line 1", "no days"),
        ("date,name\n2030-01-01,ok\n2030-02-30,never", "", "line 3", "“2030-02-30” is not a date"),
        ("date,name\n1/2/2030,American", "", "line 2", "not a date"),
        ("date,name\n0830-01-01,old", "", "line 2", "1900 to 2399"),
        ("date,name\n,x", "", "line 2", "“” is not a date"),
        ("date,kind\n2030-01-01,maybe", "", "line 2", "“maybe” says neither off nor worked"),
        ("date,是否放假\n2030-01-01,", "", "line 2", "write 2 for a day off"),
        ("date,kind\n2030-01-01", "", "line 2", "says neither"),
        ("date,name\n2030-01-01,a\x00b", "", "line 2", "no text"),
        (f"date,name\n2030-01-01,{'x' * 201}", "", "line 2", "at most 200"),
        ('date,name\n2030-01-01,"open', "", "line 2", "quotation mark"),
        ("date,kind,name\n2030-01-05,off,A\n2030-01-05,work,B", "", "line 3", "see line 2"),
        (NATIONS, "", "country", "choose one of: XA, XB"),
        (NATIONS, "XC", "country", "no “XC”"),
        (SPARSE, "XA", "country", "no column “country”"),
        ("country,date\n,2030-01-01", "", "line 2", "country is missing"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, country, field, sentence):
    with pytest.raises(BadTable) as refusal:
        tables.read(text, country=country)
    assert refusal.value.field == field
    assert sentence in str(refusal.value)


def test_a_table_is_told_from_json_by_its_first_line():
    assert tables.looks_like_table(SPARSE)
    assert not tables.looks_like_table('{"name": "office",\n"date": 1}')
    assert not tables.looks_like_table("")


def test_years_are_chosen():
    table = tables.read("date,name\n2029-01-01,a\n2030-01-01,b\n2031-01-01,c\n2033-01-01,d")
    assert table.of_years(2030, None).years == [2030, 2031, 2033]
    assert table.of_years(None, 2030).years == [2029, 2030]
    with pytest.raises(BadTable, match="it has: 2029–2031, 2033"):
        table.of_years(2040, 2041)


def test_a_year_is_complete_when_every_day_is_named_or_both_halves_have_a_day_off():
    assert tables.read(SPARSE).complete_years == [2030]
    assert tables.read("date,name\n2030-01-01,a\n2030-04-05,b").complete_years == []
    assert tables.read("date,kind\n2030-01-01,off\n2030-10-05,work").complete_years == []
    assert tables.read(every_day(2030)).complete_years == [2030]
    assert tables.read(every_day(2030).rsplit("\n", 40)[0]).complete_years == []


# --- laying onto a calendar ---------------------------------------------------------------------------------


def test_days_off_close_and_make_up_days_get_the_usual_hours_with_their_reasons():
    laid = lay(SPARSE)
    assert laid.calendar.days == {
        date(2030, 1, 2): (),
        date(2030, 2, 9): FULL_DAY,
        date(2030, 10, 5): (),
        date(2030, 10, 7): (),
    }
    assert laid.calendar.notes[date(2030, 2, 9)] == "Harvest feast"
    assert [(change.on.month, change.opens, change.closes) for change in laid.changes] == [
        (1, False, True),
        (2, True, False),
        (10, False, False),  # a Saturday anyway: only its reason is new
        (10, False, True),
    ]
    assert laid.changes[1].after.hours == "09:00–17:00"


def test_the_hours_of_make_up_days_can_be_those_of_another_weekday():
    assert lay(SPARSE, make_up="fri").calendar.days[date(2030, 2, 9)] == ((9 * 60, 12 * 60),)
    with pytest.raises(BadTable, match="does not work on that weekday"):
        lay(SPARSE, make_up="sun")


def test_ordinary_days_of_a_table_of_every_day_list_nothing():
    laid = lay(every_day(2030, d0102=("2", "豐年節"), d0105=("0", "補行上班"), d0903=("0", "軍人節")))
    assert laid.calendar.days == {date(2030, 1, 2): (), date(2030, 1, 5): FULL_DAY}


def test_an_office_with_another_week_keeps_it_under_a_table_of_every_day():
    """Open on Saturdays, closed on Mondays: the table speaks of offices that work from Monday to Friday."""
    week = {day: [["10:00", "18:00"]] for day in ("tue", "wed", "thu", "fri", "sat")}
    text = every_day(2030, d0102=("2", "豐年節"), d0105=("0", "補行上班"), d0112=("2", "燈節"))
    laid = lay(text, office(week=week))
    assert laid.calendar.days == {date(2030, 1, 2): (), date(2030, 1, 12): ()}
    assert lay("date,kind\n2030-01-05,off", office(week=week)).calendar.days == {date(2030, 1, 5): ()}


@given(st.text(alphabet='date,kindmeofwr0123456789-/"\n\r;假', max_size=80))
def test_whatever_is_read_is_a_table_or_a_refusal(text):
    for header in ("", "date,name\n", "date;kind;country\n"):
        with contextlib.suppress(BadTable):
            laid = tables.lay(tables.read(header + text), office(), today=TODAY)
            assert isinstance(laid.calendar, Calendar)


def test_the_calendars_own_days_are_kept_unless_they_are_to_be_dropped():
    own = office(days={"2030-12-24": [["09:00", "12:00"]], "2028-05-05": []}, notes={"2030-12-24": "Half day"})
    for text in (SPARSE, every_day(2030)):
        kept = lay(text, own)
        assert list(kept.own) == [date(2030, 12, 24)]
        assert kept.calendar.notes[date(2030, 12, 24)] == "Half day"
        dropped = lay(text, own, own=Own.DROP)
        assert date(2030, 12, 24) not in dropped.calendar.days
        assert date(2030, 12, 24) not in dropped.calendar.notes
        assert date(2028, 5, 5) in dropped.calendar.days, "another year is none of the table's business"


def test_a_day_off_of_the_table_closes_a_half_day_of_the_calendar():
    own = office(days={"2030-10-07": [["09:00", "12:00"]], "2030-02-09": [["10:00", "11:00"]]})
    laid = lay(SPARSE, own)
    assert laid.calendar.days[date(2030, 10, 7)] == ()
    assert laid.calendar.days[date(2030, 2, 9)] == ((600, 660),), "its own hours on a make-up day stay"
    assert lay(SPARSE, own, own=Own.DROP).calendar.days[date(2030, 2, 9)] == FULL_DAY


def test_laying_the_same_table_again_changes_nothing():
    once = lay(SPARSE).calendar
    again = lay(SPARSE, once)
    assert not again.changes
    assert again.calendar == once


@pytest.mark.parametrize(
    ("years", "until", "reach"),
    [
        ([2030, 2031], "2029-12-31", "2031-12-31"),
        ([2030, 2032], "2029-12-31", "2030-12-31"),  # 2031 is missing
        ([2031], "2029-12-31", "2029-12-31"),  # this year is missing
        ([2028, 2030], "2027-12-31", "2030-12-31"),  # the past is past
        ([2030], "2030-06-30", "2030-12-31"),
        ([2030], "2035-12-31", "2035-12-31"),
        ([2028, 2030, 2031], None, "2031-12-31"),
        ([2026, 2027], None, "2027-12-31"),
    ],
)
def test_the_listed_days_reach_to_the_last_complete_year_in_a_row(years, until, reach):
    text = "date,name\n" + "\n".join(f"{year}-01-02,a\n{year}-10-07,b" for year in years)
    laid = lay(text, office(covers_until=until))
    assert laid.calendar.covers_until == date.fromisoformat(reach)
    assert laid.missing == [year for year in range(years[0], years[-1]) if year not in years]


def test_how_far_the_days_reach_can_be_said():
    assert lay(SPARSE, covers_until=date(2030, 6, 30)).calendar.covers_until == date(2030, 6, 30)


def test_an_unfinished_list_does_not_move_how_far_the_days_reach():
    assert lay("date,name\n2030-01-02,a").calendar.covers_until == date(2029, 12, 31)
