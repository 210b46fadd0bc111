"""The rules of upgrades: each ground beside the facts, and the tier it calls for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common import moments
from complaints import upgrading
from complaints.classes import Kind
from complaints.upgrade_words import sentence
from complaints.upgrading import GROUNDS, Facts, Finding, Promise, Record, Says, Verdict

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = {"is_held": True, "amounts": {"TWD": Decimal(5000)}}


def promise(due=0, kept=None, *, broken=False, of_word=False):
    return Promise(NOON + due * DAY, None if kept is None else NOON + kept * DAY, broken, of_word)


def facts(**known):
    return Facts(**{"received_at": NOON - 9 * DAY, "is_open": True} | known)


@pytest.mark.parametrize(
    ("ground", "known", "verdict", "says"),
    [
        (Kind.OVERDUE, {}, "silent", "no_dates"),
        (Kind.OVERDUE, {"promises": [promise(1)]}, "not_confirmed", "not_due"),
        (Kind.OVERDUE, {"promises": [promise(1, kept=0)]}, "not_confirmed", "kept"),
        (Kind.OVERDUE, {"promises": [promise(-1, broken=True), promise(3)]}, "confirmed", "broken"),
        (Kind.OVERDUE, {"promises": [promise(-3, kept=-1, broken=True)]}, "confirmed", "late"),
        (Kind.NOT_INFORMED, {}, "confirmed", "never_told"),
        (Kind.NOT_INFORMED, {"promises": [promise(1, of_word=True)]}, "not_confirmed", "word_not_due"),
        (Kind.NOT_INFORMED, {"promises": [promise(-1, broken=True, of_word=True)]}, "confirmed", "never_told"),
        (Kind.NOT_INFORMED, {"told_at": NOON}, "silent", "told"),
        (Kind.NOT_INFORMED, {"told_at": NOON, "promises": [promise(1)]}, "silent", "told"),
        (
            Kind.NOT_INFORMED,
            {"told_at": NOON - 5 * DAY, "promises": [promise(-1, broken=True, of_word=True)]},
            "confirmed",
            "word_late",
        ),
        (
            Kind.NOT_INFORMED,
            {"told_at": NOON, "promises": [promise(-2, kept=0, broken=True, of_word=True)]},
            "not_confirmed",
            "word_in_time",
        ),
        (Kind.UNRESOLVED, {}, "confirmed", "open"),
        (Kind.UNRESOLVED, {"opened_again": 2}, "confirmed", "opened_again"),
        (Kind.UNRESOLVED, {"is_open": False, "declined": True, "ended_at": NOON}, "confirmed", "declined"),
        (Kind.UNRESOLVED, {"is_open": False, "ended_at": NOON}, "silent", "ended"),
        (Kind.UNRESOLVED, {"is_open": False, "answered_at": NOON}, "not_confirmed", "answered"),
        (
            Kind.UNRESOLVED,
            {"is_open": False, "answered_at": NOON, "dissatisfied": True},
            "confirmed",
            "dissatisfied",
        ),
        (Kind.BEYOND_AUTHORITY, {"is_held": True}, "silent", "no_amount"),
        (Kind.BEYOND_AUTHORITY, HELD, "silent", "no_limit"),
        (Kind.BEYOND_AUTHORITY, HELD | {"is_held": False}, "silent", "nobody_holds"),
        (Kind.BEYOND_AUTHORITY, HELD | {"decides": True}, "not_confirmed", "within_limit"),
        (Kind.BEYOND_AUTHORITY, HELD | {"decides": False}, "confirmed", "above_limit"),
        (Kind.MAJOR_IMPACT, {}, "not_confirmed", "not_major"),
        (Kind.MAJOR_IMPACT, {"is_major": True}, "confirmed", "is_major"),
    ],
)
def test_each_ground_is_compared_with_what_the_record_says(ground, known, verdict, says):
    [found] = upgrading.compare([ground], facts(**known))
    assert (found.ground, found.verdict, found.says) == (ground, verdict, says)
    told = sentence(found.says, found.values)
    assert "%" not in told
    assert told.endswith(".")


def test_a_sentence_names_the_whole_moment_and_a_deadline_by_the_day_that_it_ends():
    told = sentence(Says.WORD_LATE, {"told": NOON.isoformat(), "due": "2026-11-25T16:00:00+00:00"})
    assert f"They last heard from us on {moments.full(NOON)}." in told
    assert "by Wednesday 25 November 2026, 23:59" in told


def test_every_sentence_that_can_be_said_has_its_values():
    values = {name: NOON.isoformat() for name in ("due", "kept", "told", "received", "answered", "ended")}
    for says in Says:
        assert "%(" not in sentence(says, values | {"times": "2", "amount": "TWD 5.00"})


def test_without_a_record_every_ground_is_silent_and_says_why():
    for record, says in ((Record.NONE, Says.NO_RECORD), (Record.UNSETTLED, Says.NOT_LOOKED)):
        found = upgrading.without_record(GROUNDS, record)
        assert [finding.ground for finding in found] == list(GROUNDS)
        assert {(finding.verdict, finding.says) for finding in found} == {(Verdict.SILENT, says)}


def finding(ground, verdict=Verdict.CONFIRMED):
    return Finding(ground, verdict, Says.OPEN)


@pytest.mark.parametrize(
    ("findings", "stood_at", "tier"),
    [
        ([finding(Kind.OVERDUE)], 1, 2),
        ([finding(Kind.OVERDUE)], 2, 3),
        ([finding(Kind.UNRESOLVED)], 1, 3),
        ([finding(Kind.OVERDUE), finding(Kind.BEYOND_AUTHORITY)], 1, 3),
        ([finding(Kind.MAJOR_IMPACT)], 1, 4),
        ([finding(Kind.MAJOR_IMPACT, Verdict.NOT_CONFIRMED)], 1, 2),
        ([finding(Kind.MAJOR_IMPACT, Verdict.SILENT)], 1, 4),
        ([finding(Kind.OVERDUE)], 5, 5),
        ([finding(Kind.OVERDUE, Verdict.SILENT)], None, 4),
    ],
)
def test_an_upgrade_enters_where_its_grounds_call_for_and_always_above(findings, stood_at, tier):
    assert upgrading.entry_tier(findings, stood_at=stood_at) == tier


def test_what_becomes_an_upgrade_itself_never_goes_down():
    assert upgrading.tier_of_itself([finding(Kind.OVERDUE)], stands_at=4) == 4
    assert upgrading.tier_of_itself([finding(Kind.UNRESOLVED)], stands_at=1) == 3


def test_every_ground_calls_for_a_tier_and_the_class_goes_by_the_gravest():
    assert set(upgrading.CALLS_FOR) == set(GROUNDS)
    assert upgrading.leading([Kind.OVERDUE, Kind.MAJOR_IMPACT]) == Kind.MAJOR_IMPACT
    assert upgrading.leading([Kind.NOT_INFORMED, Kind.OVERDUE]) == Kind.OVERDUE


@pytest.mark.parametrize(("contacts", "threshold", "repeated"), [(2, 3, False), (3, 3, True), (9, 0, False)])
def test_the_rule_of_repeated_contacts_can_be_switched_off(contacts, threshold, repeated):
    assert upgrading.is_repeated(contacts, threshold=threshold) is repeated
