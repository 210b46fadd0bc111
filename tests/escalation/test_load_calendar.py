"""`load_calendar FILE`: JSON as a version, a table of days off laid onto one."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from escalation import selectors
from escalation.errors import BadCalendar
from escalation.models import Calendar, CalendarVersion
from escalation.services import calendars
from tests.factories.escalation import OFFICE_HOURS, publish_calendar

TABLE = """country,date,kind,name
XA,2026-03-04,holiday,River day
XA,2026-03-07,makeup_workday,River day
XA,2026-11-04,holiday,Mill day
XB,2026-11-05,holiday,Hill day
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    return path


@pytest.fixture
def load(db):
    def _load(path, *arguments, **options):
        out = io.StringIO()
        call_command("load_calendar", path, *arguments, stdout=out, **options)
        return out.getvalue()

    return _load


def test_json_is_published_under_its_name_or_a_code(load, tmp_path):
    path = tmp_path / "office.json"
    document = {"name": "counter", "timezone": "UTC", "week": {"mon": OFFICE_HOURS}, "covers_until": "2026-12-31"}
    path.write_text(json.dumps(document))
    assert load(path) == "counter: version 1, complete until 2026-12-31.\n"
    assert load(path, code="other") == "other: version 1, complete until 2026-12-31.\n"


def test_a_table_is_laid_onto_a_calendar_as_its_next_version(load, table, at):
    publish_calendar(covers_until="2025-12-31", days={"2026-05-05": []})
    with at("2026-01-05 09:00"):
        told = load(table, code="office", country="xa")
    assert "2026-03-07  off -> 09:00–12:00, 13:00–18:00 (River day)" in told
    assert "2026-05-05  off: the calendar's own, kept" in told
    assert told.endswith("office: version 2, complete until 2026-12-31.\n")
    newest = CalendarVersion.objects.get(number=2)
    assert newest.document["days"] == {
        "2026-03-04": [],
        "2026-03-07": OFFICE_HOURS,
        "2026-05-05": [],
        "2026-11-04": [],
    }
    assert newest.document["notes"]["2026-03-04"] == "River day"


def test_a_new_calendar_takes_week_hours_and_zone_of_another(load, table, at):
    publish_calendar(days={"2026-05-05": []})
    with at("2026-01-05 09:00"):
        told = load(table, code="rivers", base="office", country="XA", name="River office")
    assert told.endswith("rivers: version 1, complete until 2026-12-31.\n")
    made = Calendar.objects.get(code="rivers")
    rules = selectors.calendar_rules(made.versions.get().pk)
    assert (made.name, rules.timezone, len(rules.days)) == ("River office", "Asia/Taipei", 3)


def test_a_dry_run_tells_and_publishes_nothing(load, table, at):
    publish_calendar()
    with at("2026-01-05 09:00"):
        told = load(table, "--code=office", "--country=XA", "--years=2026", "--covers-until=2026-06-30", "--dry-run")
    assert "office: 3 days would change, complete until 2026-06-30. Nothing is published." in told
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "--code CODE"),
        ({"code": "nowhere"}, "--base CODE"),
        ({"code": "new", "base": "nowhere"}, "no calendar with the code “nowhere”"),
        ({"code": "office"}, "choose one of: XA, XB"),
        ({"code": "office", "country": "XA", "years": (2030, 2031)}, "it has: 2026"),
        ({"code": "two words", "base": "office", "country": "XA"}, "without spaces"),
    ],
)
def test_what_cannot_be_laid_is_refused_in_a_sentence(load, table, options, sentence):
    publish_calendar()
    with pytest.raises(CommandError, match=sentence):
        load(table, **options)
    assert CalendarVersion.objects.count() == 1


def test_a_file_that_cannot_be_read_is_refused(load, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        load(tmp_path / "nowhere.csv")
    (tmp_path / "big5.csv").write_bytes("date,name\n2026-01-01,開國".encode("big5"))
    with pytest.raises(CommandError, match="not text in UTF-8"):
        load(tmp_path / "big5.csv")


def test_a_version_made_from_an_older_one_is_refused(db):
    first = publish_calendar()
    publish_calendar(covers_until="2026-12-31")
    with pytest.raises(BadCalendar, match="another version meanwhile"):
        calendars.publish(code="office", document=first.document, after=first.number)
    with pytest.raises(BadCalendar, match="another version meanwhile"):
        calendars.publish(code="elsewhere", document=first.document, after=3)
    assert not Calendar.objects.filter(code="elsewhere").exists()
