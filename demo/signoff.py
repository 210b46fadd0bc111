"""Whose signatures the demo office wants, and up to which amount each role decides. (Missions M15 and M16.)

The return of goods is the one of shop chains: control room, shop manager and key-account manager, three people, one
after the other, each with their part of the checklist, before anything is carried out (S4-29 to S4-39).
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from accounts.models import Department, User
from accounts.roles import Role
from complaints.services import signoff_rules
from presets import reading
from presets.items import Item, Kind
from presets.services import signing

LIMITS: Mapping[str, Mapping[Role, int]] = {
    "TWD": {Role.HANDLER: 2_000, Role.SUPERVISOR: 10_000, Role.MANAGER: 50_000, Role.SPECIALIST: 100_000},
    "CNY": {Role.HANDLER: 500, Role.SUPERVISOR: 2_500, Role.MANAGER: 12_000, Role.SPECIALIST: 25_000},
}
"""Up to which amount each role decides alone; the executive about everything."""

PRESET = "shop_chain"
RULES: Mapping[str, str] = {"shops-return": "return-of-goods", "shops-major": "major"}
"""The rules of that preset, under codes of the demo office, whose departments go by shorter codes, too."""


def keep_rules(places: Mapping[str, Department], *, by: User) -> None:
    """Write the rules and the limits down, as an administrator does."""
    for item in reading.preset(PRESET).of(Kind.SIGNOFF_RULE):
        signing.make_rule(_here(item, places), by)
    for currency, amounts in LIMITS.items():
        for role, amount in amounts.items():
            signoff_rules.set_limit(by=by, role=role, currency=currency, amount=Decimal(amount))


def _here(item: Item, places: Mapping[str, Department]) -> Item:
    """The rule for the whole of the demo office, its parties in the departments of the same kind."""
    parties = [
        party
        | {"department": place if (place := (party["department"] or "").removeprefix("shops-")) in places else None}
        for party in item.says["parties"]
    ]
    return replace(item, code=RULES[item.code], says={**item.says, "department": None, "parties": parties})
