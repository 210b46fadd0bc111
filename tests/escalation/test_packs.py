"""Rule packs: what they say, computed by hand, and that they leave nothing unsaid."""

import json
from datetime import date, datetime

import pytest
from django.utils import translation

from escalation import packs, targets
from escalation.calendars import Calendar
from escalation.errors import BadPack, BadPolicy
from escalation.policies import ClockKind
from tests.escalation.strategies import DATA

LEGAL = json.loads((DATA / "legal.json").read_text(encoding="utf-8"))

# Received on, due by the end of: counted by hand on a wall calendar, from the days off of that country.
BY_HAND = [
    # Thursday; the 15th day, 20 February, is New Year's holiday, the next working day is Monday
    (
        "taiwan-consumer-protection",
        "tw-consumer-protection",
        "resolution",
        "tw",
        "2026-02-05T10:00",
        "2026-02-24T00:00",
    ),
    # Monday; the 15th day is a Tuesday without a holiday
    (
        "taiwan-consumer-protection",
        "tw-consumer-protection",
        "resolution",
        "tw",
        "2026-06-01T23:00",
        "2026-06-17T00:00",
    ),
    # Friday; Saturday the 14th works, the 15th to the 23rd is off: 14, 24, 25, 26, 27
    ("mainland-hotline", "cn-hotline", "resolution", "cn", "2026-02-13T10:00", "2026-02-27T18:00"),
    # Friday; Saturday the 28th works: 28, 2, 3, 4, 5
    ("mainland-hotline", "cn-hotline", "resolution", "cn", "2026-02-27T10:00", "2026-03-05T18:00"),
    # Tuesday before the holidays of October: 30 September, 8, 9, 10 (a working Saturday), 12
    ("mainland-hospital", "cn-hospital", "resolution", "cn", "2026-09-29T17:59", "2026-10-12T18:00"),
    # Wednesday: 30, 6, 7, 8, 9 (a working Saturday), 11, 12, 13, 14, 15
    ("mainland-hospital", "cn-hospital-several", "resolution", "cn", "2026-04-29T10:00", "2026-05-15T18:00"),
    # at night, in the holidays: hours take no notice
    (
        "mainland-hospital",
        "cn-hospital-incident-12h",
        "authority_report",
        "cn",
        "2026-10-01T22:30",
        "2026-10-02T10:30",
    ),
    ("mainland-hospital", "cn-hospital-incident-6h", "authority_report", "cn", "2026-10-01T22:30", "2026-10-02T04:30"),
    ("mainland-hospital", "cn-hospital-incident-12h", "resolution", "cn", "2026-02-13T10:00", "2026-02-27T18:00"),
    ("mainland-hospital", "cn-hospital-incident-6h", "resolution", "cn", "2026-02-13T10:00", "2026-02-27T18:00"),
    # Sunday; the 15th day, 5 October, is off until the 7th
    ("mainland-telecom", "cn-telecom", "resolution", "cn", "2026-09-20T10:00", "2026-10-09T00:00"),
    # Maundy Thursday; Good Friday and Easter Monday are off: 7, 8, 9
    ("uk-fca-disp", "uk-fca-disp", "first_response", "gb", "2026-04-02T16:00", "2026-04-09T17:00"),
    # out of hours counts as received on that day all the same
    ("uk-fca-disp", "uk-fca-disp", "first_response", "gb", "2026-04-02T22:00", "2026-04-09T17:00"),
    # eight weeks later, a Thursday
    ("uk-fca-disp", "uk-fca-disp", "resolution", "gb", "2026-04-02T16:00", "2026-05-29T00:00"),
    ("australia-rg-271", "au-rg-271", "acknowledge", "au", "2026-01-02T16:00", "2026-01-03T16:00"),
    # the 30th day is a Sunday, and stays so
    ("australia-rg-271", "au-rg-271", "resolution", "au", "2026-01-02T16:00", "2026-02-02T00:00"),
]


@pytest.mark.parametrize(("code", "policy", "clock", "country", "received", "due"), BY_HAND)
def test_the_limits_come_out_as_counted_by_hand(code, policy, clock, country, received, due):
    calendar = Calendar.from_json(LEGAL["calendars"][country])
    rule = rule_of(code, policy, clock)
    start = datetime.fromisoformat(received).replace(tzinfo=calendar.zone)
    assert targets.due(calendar, rule.target, start) == datetime.fromisoformat(due).replace(tzinfo=calendar.zone)


def rule_of(code, policy, clock):
    (found,) = [
        rule for rule in packs.pack(code).rules if (rule.policy.code, rule.clock) == (policy, ClockKind(clock))
    ]
    return found


def test_every_rule_of_every_pack_was_counted_by_hand():
    said = {(pack.code, rule.policy.code, rule.clock.value) for pack in packs.packs() for rule in pack.rules}
    assert said == {case[:3] for case in BY_HAND}


def test_there_are_the_packs_that_offices_were_promised():
    assert [pack.code for pack in packs.packs()] == [
        "australia-rg-271",
        "mainland-hospital",
        "mainland-hotline",
        "mainland-telecom",
        "taiwan-consumer-protection",
        "uk-fca-disp",
    ]
    assert packs.pack("moon") is None


def test_policies_have_codes_of_their_own():
    codes = [policy.code for pack in packs.packs() for policy in pack.policies]
    assert len(codes) == len(set(codes))


def test_only_what_the_law_limits_is_statutory():
    house = [
        (rule.policy.code, rule.clock.value)
        for pack in packs.packs()
        for rule in pack.rules
        if not rule.target.statutory
    ]
    assert house == [("cn-hospital-incident-6h", "authority_report")]
    assert rule_of("mainland-hospital", *house[0]).sources[0].status == packs.Status.HOUSE
    assert not packs.pack("mainland-hospital").policies[3].rules.clocks[ClockKind.AUTHORITY_REPORT].pausable


def test_words_come_in_the_readers_language():
    pack = packs.pack("taiwan-consumer-protection")
    for language, title in (
        ("en", "Taiwan: consumer protection"),
        ("zh-hant", "臺灣：消費者保護"),
        ("zh-hans", "台湾：消费者保护"),
    ):
        with translation.override(language):
            assert str(pack.title) == title


def test_the_dates_of_a_pack_are_those_of_its_policies_unless_they_have_their_own():
    hospital = packs.pack("mainland-hospital")
    assert [policy.effective_from for policy in hospital.policies] == [
        date(2019, 4, 10),
        date(2019, 4, 10),
        None,
        None,
    ]
    assert hospital.policies[0].for_calendar("office")["in_force"] == {"from": "2019-04-10"}
    assert "in_force" not in hospital.policies[2].for_calendar("office")
    assert hospital.policies[0].for_calendar("office")["calendar"] == "office"


# --- what is refused ----------------------------------------------------------------------------------------


def words(text="x"):
    return {"en": text, "zh-hant": text, "zh-hans": text}


def document(**changes):
    clocks = {"resolution": {"target": {"unit": "hours", "amount": 1}}}
    return {
        "code": "made-up",
        "title": words(),
        "jurisdiction": words(),
        "effective_from": None,
        "effective_to": None,
        "verified_on": "2026-11-21",
        "calendar": words(),
        "notes": [],
        "policies": [{"code": "p", "name": words(), "document": {"clocks": clocks}}],
        "rules": [
            {
                "policy": "p",
                "clock": "resolution",
                "trigger": words(),
                "duty": words(),
                "sources": [{"text": words(), "status": "seen"}],
            }
        ],
        "response": None,
    } | changes


def letters(**changes):
    return {
        "name": words(),
        "tracks": ["complaint"],
        "parts": ["finding"],
        "parts_if_upheld": [],
        "until": False,
        "months": None,
        "letter": True,
        "recourse": words(),
        "sources": [{"text": words(), "status": "seen"}],
    } | changes


def test_a_pack_that_says_everything_is_read():
    assert packs.from_json(document(), code="made-up").verified_on == date(2026, 11, 21)


RULE = document()["rules"][0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "other"}, "name of the file"),
        ({"verified_on": None}, "looked last"),
        ({"verified_on": "soon"}, "not a date"),
        ({"title": {"en": "x", "zh-hant": "x"}}, "title.zh-hans"),
        ({"notes": "none"}, "must be a list"),
        ({"more": 1}, "no such field"),
        ({"rules": []}, "No rule says where"),
        ({"rules": [RULE | {"sources": []}]}, "is an opinion"),
        ({"rules": [RULE | {"sources": [{"text": words(), "status": "sure"}]}]}, "choose one of"),
        ({"rules": [RULE | {"clock": "acknowledge"}]}, "choose one of: resolution"),
        ({"rules": [RULE | {"policy": "q"}]}, "choose one of: p"),
        ({"response": letters(parts=["poem"])}, "no such code: poem"),
        ({"response": letters(months=0)}, "number of months"),
        ({"response": letters(letter="yes")}, "true or false"),
        ({"response": letters(sources=[])}, "is an opinion"),
        ({"policies": [{"code": "two words", "name": words(), "document": {}}]}, "without spaces"),
        (
            {"policies": [{"code": "p", "name": words(), "document": {"calendar": "office"}}]},
            "when the pack is loaded",
        ),
    ],
)
def test_what_a_pack_leaves_unsaid_is_refused(changes, sentence):
    with pytest.raises(BadPack, match=sentence):
        packs.from_json(document(**changes), code="made-up")


def test_a_policy_that_promises_nothing_is_refused():
    with pytest.raises(BadPolicy, match=r"policies\[0\].document"):
        packs.from_json(
            document(policies=[{"code": "p", "name": words(), "document": {"clocks": {}}}]), code="made-up"
        )
