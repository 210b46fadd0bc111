"""Policies: their JSON form, and which complaint they fit."""

import json
from datetime import date

import pytest

from escalation.errors import BadLadder, BadPolicy, BadTarget
from escalation.policies import ClockKind, PolicyRules, Reopen, first_match

FORM = {
    "match": {"class": ["valid", "upgrade"], "department": ["north"]},
    "calendar": "tw-office",
    "clocks": {
        "acknowledge": {"target": {"unit": "working_hours", "amount": 4}},
        "resolution": {
            "target": {"unit": "calendar_days", "amount": 15, "roll": True, "statutory": True},
            "steps": [{"effects": {"raise_to_tier": 2, "assign": True}}],
        },
    },
    "reopen": "resume",
}
WHOLE = FORM | {
    "in_force": {"from": "2026-04-15", "to": "2027-12-31"},
    "pauses": {"complainant": {}, "expert": {"budget_working_hours": 40}},
    "takeover": {"working_hours": 2},
    "clocks": FORM["clocks"]
    | {
        "resolution": {
            "target": {"unit": "calendar_days", "amount": 15},
            "extensions": {"times": 2, "most": 15},
            "steps": [
                {"at": "1/2", "effects": {"notify": ["holder"]}},
                {"urgent": True, "effects": {"raise_to_tier": "next", "assign": True, "notify": ["holder"]}},
                {"after_working_hours": 8, "effects": {"propose_upgrade": True, "refer": True}},
            ],
        },
        "promise": {"steps": [{"effects": {"notify": ["holder"]}}]},
        "takeover": {"target": {"unit": "working_hours", "amount": 1}},
    },
}
"""Everything a policy can say."""
FACTS = {"class": "valid", "priority": "urgent", "department": ["shop-1", "north", "head-office"]}


def policy(**changes):
    return PolicyRules.from_json(FORM | changes)


def test_a_policy_is_read_back_from_its_json_form():
    rules = policy()
    assert PolicyRules.from_json(json.loads(json.dumps(rules.to_json()))) == rules


def test_a_policy_that_says_everything_is_read_back_too():
    rules = PolicyRules.from_json(WHOLE)
    assert PolicyRules.from_json(json.loads(json.dumps(rules.to_json()))) == rules
    assert rules.pauses == {"complainant": None, "expert": 40}
    assert rules.takeover_hours == 2
    assert rules.clocks[ClockKind.RESOLUTION].extensions.most == 15
    assert rules.clocks[ClockKind.PROMISE].target is None


def test_without_a_word_on_pauses_time_stops_only_for_the_complainant():
    assert policy().pauses == {"complainant": None}
    assert policy(pauses={}).pauses == {}


@pytest.mark.parametrize(
    ("received_on", "covered"),
    [("2026-04-14", False), ("2026-04-15", True), ("2027-12-31", True), ("2028-01-01", False)],
)
def test_rules_are_in_force_from_their_first_to_their_last_day(received_on, covered):
    assert PolicyRules.from_json(WHOLE).in_force.covers(date.fromisoformat(received_on)) is covered


def test_rules_without_dates_are_always_in_force():
    assert policy().in_force.covers(date(1900, 1, 1))


def test_a_policy_starts_a_new_cycle_on_reopening_unless_it_says_otherwise():
    assert PolicyRules.from_json({key: FORM[key] for key in ("calendar", "clocks")}).reopen is Reopen.NEW_CYCLE
    assert policy().reopen is Reopen.RESUME


def test_only_a_target_that_is_not_statutory_may_pause():
    clocks = policy().clocks
    assert clocks[ClockKind.ACKNOWLEDGE].pausable
    assert not clocks[ClockKind.RESOLUTION].pausable


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"clocks": {}}, BadPolicy, "clocks"),
        ({"clocks": []}, BadPolicy, "clocks"),
        ({"clocks": {"resolve": {}}}, BadPolicy, "clocks.resolve"),
        ({"clocks": {"resolution": {}}}, BadPolicy, "clocks.resolution.target"),
        ({"clocks": {"resolution": {"target": {}}}}, BadTarget, "clocks.resolution.target.unit"),
        (
            {"clocks": {"resolution": {"target": {"unit": "hours", "amount": 1}, "steps": [{}]}}},
            BadLadder,
            "clocks.resolution.steps[0].effects",
        ),
        (
            {
                "clocks": {
                    "resolution": {
                        "target": {"unit": "hours", "amount": 1, "statutory": True},
                        "pausable": True,
                    }
                }
            },
            BadPolicy,
            "clocks.resolution.pausable",
        ),
        ({"calendar": ""}, BadPolicy, "calendar"),
        ({"match": {"class": []}}, BadPolicy, "match.class"),
        ({"match": {"class": "valid"}}, BadPolicy, "match.class"),
        ({"match": {"class": ["vaild"]}}, BadPolicy, "match.class"),
        ({"match": {"priority": ["urgent", "urgent"]}}, BadPolicy, "match.priority"),
        ({"match": {"colour": ["red"]}}, BadPolicy, "match.colour"),
        ({"reopen": "maybe"}, BadPolicy, "reopen"),
        ({"steps": []}, BadPolicy, "steps"),
        ({"in_force": {"from": "15 April"}}, BadPolicy, "in_force.from"),
        ({"in_force": {"from": "2026-04-15", "to": "2026-04-14"}}, BadPolicy, "in_force.to"),
        ({"pauses": {"weather": {}}}, BadPolicy, "pauses.weather"),
        ({"pauses": {"expert": {"budget_working_hours": 0}}}, BadPolicy, "pauses.expert.budget_working_hours"),
        ({"takeover": {"working_hours": -1}}, BadPolicy, "takeover.working_hours"),
        ({"clocks": {"promise": {"target": {"unit": "hours", "amount": 1}}}}, BadPolicy, "clocks.promise.target"),
        ({"clocks": {"promise": {"pausable": True}}}, BadPolicy, "clocks.promise.pausable"),
        (
            {"clocks": {"promise": {"extensions": {"times": 1, "most": 1}}}},
            BadPolicy,
            "clocks.promise.extensions",
        ),
        (
            {
                "clocks": {
                    "resolution": {
                        "target": {"unit": "working_days", "amount": 5},
                        "extensions": {"times": 1, "most": 1.5},
                    }
                }
            },
            BadPolicy,
            "clocks.resolution.extensions.most",
        ),
    ],
)
def test_a_bad_policy_is_refused_with_the_field_at_fault(changes, refusal, field):
    with pytest.raises(refusal) as refused:
        policy(**changes)
    assert refused.value.field == field


def test_a_policy_without_targets_is_refused_in_a_clear_sentence():
    with pytest.raises(BadPolicy, match="promises nothing"):
        PolicyRules.from_text('{"calendar": "tw-office"}')


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({}, True),
        ({"class": ["valid"]}, True),
        ({"class": ["malicious"]}, False),
        ({"class": ["malicious", "valid"], "priority": ["urgent"]}, True),
        ({"class": ["valid"], "priority": ["major"]}, False),
        ({"department": ["head-office"]}, True),
        ({"department": ["south"]}, False),
        ({"category": ["billing"]}, False),
    ],
)
def test_a_policy_fits_when_every_fact_it_names_does(match, fits):
    assert policy(match=match).matches(FACTS) is fits


def test_the_first_policy_that_fits_is_taken():
    none, first, second = policy(match={"class": ["malicious"]}), policy(match={}), policy()
    assert first_match([("a", none), ("b", first), ("c", second)], FACTS) == ("b", first)
    assert first_match([("a", none)], FACTS) is None
