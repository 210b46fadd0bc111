"""Who must sign, as pure rules."""

from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product

import pytest

from accounts.roles import Role
from complaints import permissions, signing
from complaints.lifecycle import SIGNING
from complaints.signing import Facts, Party, Planned, Rule

MANAGER, EXECUTIVE, CONTROL_ROOM = Party(Role.MANAGER), Party(Role.EXECUTIVE), Party(None, 7)
LIMITS = {
    (Role.HANDLER, "TWD"): Decimal(100),
    (Role.SUPERVISOR, "TWD"): Decimal(1_000),
    (Role.MANAGER, "TWD"): Decimal(10_000),
}


def facts(*remedies, complaint_class="valid", priority="ordinary", departments=(1, 2)):
    return Facts(complaint_class, priority, frozenset(departments), remedies)


def money(amount, *, kind="compensation", currency="TWD", proposed=True):
    return Planned(kind, Decimal(amount), currency, proposed)


@pytest.mark.parametrize(
    ("rule", "known", "fits"),
    [
        ({}, facts(), True),
        ({"classes": ["malicious"]}, facts(), False),
        ({"classes": ["valid", "upgrade"]}, facts(), True),
        ({"priorities": ["major"]}, facts(), False),
        ({"priorities": ["major"]}, facts(priority="major"), True),
        ({"department": 2}, facts(), True),
        ({"department": 3}, facts(), False),
        ({"kinds": ["return"]}, facts(), False),
        ({"kinds": ["return"]}, facts(Planned("return")), True),
        ({"kinds": ["return"]}, facts(Planned("return", proposed=False), Planned("apology")), False),
        ({"amount": Decimal(500), "currency": "TWD"}, facts(money(499)), False),
        ({"amount": Decimal(500), "currency": "TWD"}, facts(money(500)), True),
        ({"amount": Decimal(500), "currency": "TWD"}, facts(money(500, currency="CNY")), False),
        ({"amount": Decimal(500), "currency": "TWD"}, facts(money(400, proposed=False), money(100)), True),
        ({"amount": Decimal(500), "currency": "TWD"}, facts(money(900, proposed=False)), False),
        ({"amount": Decimal(500), "currency": "TWD", "kinds": ["gift"]}, facts(money(900)), False),
        ({"amount": Decimal(500), "currency": "TWD", "kinds": ["gift"]}, facts(money(900, kind="gift")), True),
    ],
)
def test_a_rule_fits_when_all_that_it_names_does(rule, known, fits):
    assert signing.matches(Rule("r", [MANAGER], **rule), known) is fits


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({}, False),
        ({"department": 2}, False),
        ({"classes": ["upgrade"]}, True),
        ({"priorities": ["major"], "department": 2}, True),
        ({"priorities": ["major"], "kinds": ["gift"]}, False),
        ({"classes": ["upgrade"], "amount": Decimal(0), "currency": "TWD"}, False),
    ],
)
def test_the_answer_waits_for_rules_about_grave_complaints(rule, holds):
    assert Rule("r", [MANAGER], **rule).holds_answer is holds


def test_every_rule_asks_and_a_party_of_two_rules_signs_once_in_its_latest_turn():
    returns = Rule("returns", [CONTROL_ROOM, MANAGER], in_order=True)
    dear = Rule("dear", [replace(MANAGER, label="Head"), EXECUTIVE])
    asked = signing.asked_by([dear, returns])
    assert [(party.key, party.turn) for party in asked] == [
        (EXECUTIVE.key, 1),
        (CONTROL_ROOM.key, 1),
        (MANAGER.key, 2),
    ]
    assert asked[2].label == "Head"


@pytest.mark.parametrize(
    ("amount", "proposer", "decides"),
    [
        (100, {Role.HANDLER}, (False, None)),
        (100, {Role.AGENT}, (False, None)),
        (101, {Role.HANDLER}, (True, Role.SUPERVISOR)),
        # above the superior's limit as well: it goes up by itself
        (1_001, {Role.HANDLER}, (True, Role.MANAGER)),
        (10_001, {Role.HANDLER}, (True, Role.EXECUTIVE)),
        (1_000, {Role.SUPERVISOR}, (False, None)),
        (1_001, {Role.AGENT, Role.SUPERVISOR}, (True, Role.MANAGER)),
        (10_001, {Role.EXECUTIVE}, (False, None)),
    ],
)
def test_an_amount_goes_up_to_whoever_may_decide_about_it(amount, proposer, decides):
    assert signing.decider({"TWD": Decimal(amount)}, LIMITS, proposer, lambda _role: True) == decides


def test_nobody_decides_alone_in_a_currency_without_limits_but_the_top():
    found = signing.decider({"EUR": Decimal(1)}, LIMITS, {Role.MANAGER}, lambda _role: True)
    assert found == (True, Role.EXECUTIVE)


def test_without_any_limit_no_amount_goes_up():
    assert signing.decider({"TWD": Decimal(10**9)}, {}, {Role.HANDLER}, lambda _role: True) == (False, None)


def test_a_tier_that_nobody_holds_is_passed_over():
    found = signing.decider({"TWD": Decimal(500)}, LIMITS, {Role.HANDLER}, lambda role: role != Role.SUPERVISOR)
    assert found == (True, Role.MANAGER)
    assert signing.decider({"TWD": Decimal(500)}, LIMITS, {Role.HANDLER}, lambda _role: False) == (True, None)


def test_what_is_not_proposed_now_counts_in_its_currency_only():
    known = facts(money(400, proposed=False), money(100), money(7, currency="CNY", proposed=False))
    assert signing.exposed(known) == {"TWD": Decimal(500)}


@pytest.mark.parametrize(
    ("candidates", "place"),
    [
        ([], None),
        ([[1], [2], [3]], None),
        ([[1, 2], [1]], None),
        ([[1], [1]], 1),
        ([[1, 2], [1, 2], [1, 2]], 2),
        ([[]], 0),
    ],
)
def test_each_party_needs_another_person(candidates, place):
    assert signing.unfilled(candidates) == place


def test_parties_are_filled_exactly_when_different_people_can_be_found():
    some = [set(people) for size in range(4) for people in combinations((1, 2, 3), size)]
    for candidates in product(some, repeat=3):
        can = any(len(set(chosen)) == 3 for chosen in product(*candidates))
        assert (signing.unfilled(candidates) is None) == can, candidates


def test_whoever_a_rule_may_ask_is_granted_signing():
    granted = {role for role, verbs in permissions.GRANTS.items() if verbs >= SIGNING}
    assert granted == signing.SIGNING_ROLES
