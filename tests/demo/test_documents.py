"""What the made-up office is made of, without building it."""

import json
from datetime import UTC, date, datetime

import pytest

from complaints import classes, lifecycle
from demo import acts, casebook, documents, people, policies
from escalation.calendars import Calendar
from escalation.policies import ClockKind, PolicyRules
from presets import documents as presets

TAIPEI = Calendar.from_json(presets.calendar("taiwan-office"))
SHANGHAI = Calendar.from_json(presets.calendar("mainland-office"))
CALENDARS = {"taipei": TAIPEI, "kaohsiung": TAIPEI, "shanghai": SHANGHAI}

ENTRIES = [entry for name in documents.names("complaints") for entry in documents.read(name)]


@pytest.mark.parametrize("name", ["departments", "categories"])
def test_every_name_is_there_in_three_languages(name):
    for given in documents.read(name):
        assert given["name"].strip()
        assert given["zh-hant"].strip()
        assert given["zh-hans"].strip()


def test_nobody_can_be_reached_by_the_addresses():
    everything = json.dumps([documents.read("people"), ENTRIES], ensure_ascii=False)
    addresses = [word for word in everything.replace('"', " ").split() if "@" in word]
    assert addresses
    assert {address.rpartition(".")[2] for address in addresses} == {"example"}
    assert people.MAIL_DOMAIN.endswith(".example")


def test_the_calendars_know_holidays_and_make_up_working_days():
    assert not TAIPEI.is_working_day(date(2026, 2, 17))
    assert not TAIPEI.is_working_day(date(2027, 2, 8))
    assert TAIPEI.covers_until == date(2027, 12, 31)
    assert SHANGHAI.is_working_day(date(2026, 2, 14)), "a Saturday that makes up for the Spring Festival"
    assert not SHANGHAI.is_working_day(date(2026, 10, 5))
    assert SHANGHAI.covers_until == date(2026, 12, 31)
    assert SHANGHAI.notes[date(2026, 10, 10)] == "国庆节调休上班"


def test_every_policy_reads_and_the_general_ones_come_last():
    rules = policies.demo()
    assert len({rule.code for rule in rules}) == len(rules)
    assert len({rule.position for rule in rules}) == len(rules)
    read = [PolicyRules.from_json(rule.document) for rule in sorted(rules, key=lambda rule: rule.position)]
    assert not read[-1].match, "the last one takes whatever is left"
    assert all(one.match for one in read[:-1])
    reports = [one.clocks[ClockKind.AUTHORITY_REPORT] for one in read if ClockKind.AUTHORITY_REPORT in one.clocks]
    assert not any(report.pausable for report in reports), "no authority waits for the complainant"


def test_the_complaints_show_every_status_class_channel_and_language():
    played = [act for entry in ENTRIES for act in entry.get("acts", ())]
    assert {entry["language"] for entry in ENTRIES} == {"en", "zh-hant", "zh-hans"}
    assert {entry["channel"] for entry in ENTRIES} >= {"web", "phone", "visit", "letter", "email"}
    assert {act["class"] for act in played if act["act"] == "classify"} == set(classes.KINDS)
    assert {act["act"] for act in played} == set(acts._ACTS), "no act is written that nobody plays"
    assert {act["act"] for act in played} <= {*lifecycle.Verb.values, "send_response"}, "resolve, with a letter"


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 22, 5, 46, tzinfo=TAIPEI.zone),  # a Sunday, before sunrise
        datetime(2026, 11, 23, 9, 5, tzinfo=TAIPEI.zone),  # Monday, five minutes after opening
        datetime(2026, 11, 25, 16, 30, tzinfo=TAIPEI.zone),  # the middle of a week
        datetime(2026, 2, 18, 12, 0, tzinfo=TAIPEI.zone),  # in the Spring Festival
        datetime(2031, 7, 1, 12, 0, tzinfo=UTC),  # years after the last listed holiday
    ],
)
def test_the_office_looks_alike_at_any_hour(now):
    received = {entry["key"]: casebook.received_at(entry, CALENDARS, now) for entry in ENTRIES}
    assert all(moment < now for moment in received.values())
    broken = {"delivery-no-show", "purifier-return", "store-card", "air-conditioner", "supervisor", "sofa-mould"}
    for entry in ENTRIES:
        if "answered" in entry:
            continue
        calendar = CALENDARS.get(entry["department"], TAIPEI)
        worked = calendar.measure(received[entry["key"]], now) / 3600
        elapsed = (now - received[entry["key"]]).total_seconds() / 3600
        if entry["key"] in broken:
            assert worked > 4, "acknowledging it is overdue"
        else:
            assert worked < 4, "there is still time to acknowledge it"
            assert elapsed < 24, "and to give the first reply"


@pytest.mark.parametrize(("hours", "expected"), [(3, "2026-11-20T15:00"), (4.5, "2026-11-20T13:30")])
def test_working_hours_are_counted_back_from_a_weekend(hours, expected):
    found = casebook.working_ago(TAIPEI, datetime(2026, 11, 21, 12, 0, tzinfo=TAIPEI.zone), hours)
    wanted = datetime.fromisoformat(expected).replace(tzinfo=TAIPEI.zone)
    assert abs((found - wanted).total_seconds()) <= 1


def test_somebody_is_on_duty_whenever_the_office_is_closed():
    first, last = datetime(2026, 2, 10, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    closed = list(people.closures(SHANGHAI, first, last))
    festival = datetime(2026, 2, 18, 3, 0, tzinfo=SHANGHAI.zone)
    assert any(begin <= festival < end for begin, end in closed)
    assert not any(begin <= datetime(2026, 2, 14, 15, tzinfo=SHANGHAI.zone) < end for begin, end in closed)
    assert all(begin < end for begin, end in closed)
