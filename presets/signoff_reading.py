"""The sign-off rules, authority limits and thresholds of a preset, read and checked. Pure."""

from collections.abc import Collection, Iterator
from typing import Any

from accounts.roles import Role
from escalation.documents import Fields
from presets.errors import BadPreset
from presets.items import Item, Kind, Named
from presets.parts import begun, code_of, each_of, named, one_of, saying


def signoff_items(forms: Any, places: Collection[str]) -> Iterator[Item]:
    """`{"rules": […], "limits": […], "thresholds": […]}`; `places` are the codes of the preset's departments."""
    fields = Fields(forms, "signoff", BadPreset)
    for form, path in each_of(fields.required("rules"), "signoff.rules"):
        yield _signoff_rule(Fields(form, path, BadPreset), places)
    for form, path in each_of(fields.required("limits"), "signoff.limits"):
        each = Fields(form, path, BadPreset)
        role, currency = each.one_of("role", tuple(Role.values)), each.text("currency")
        amount = each.text("amount")
        each.finish()
        named = f"{role}-{currency}"
        yield Item(Kind.LIMIT, named, Named(named), {"role": role, "currency": currency, "amount": amount})
    for form, path in each_of(fields.required("thresholds"), "signoff.thresholds"):
        each = Fields(form, path, BadPreset)
        says = {"small_below": each.text("small_below"), "large_from": each.text("large_from")}
        yield Item(Kind.THRESHOLD, each.text("currency"), Named(each.text("currency")), says)
        each.finish()
    fields.finish()


def _signoff_rule(fields: Fields, places: Collection[str]) -> Item:
    item = begun(Kind.SIGNOFF_RULE, fields)
    parties = []
    for form, path in each_of(fields.required("parties"), fields.field("parties")):
        each = Fields(form, path, BadPreset)
        role = each.get("role")
        party = named(each)
        parties.append(
            {
                "label": party.name,
                "translations": dict(party.translations),
                "role": one_of(role, tuple(Role.values), f"{path}.role") if role else "",
                "department": code_of(each, "department", places),
            }
        )
        each.finish()
    checks = []
    for form, path in each_of(fields.get("checks", []), fields.field("checks")):
        each = Fields(form, path, BadPreset)
        check = named(each)
        party_number = each.whole("party", least=1, most=len(parties)) if each.get("party") is not None else None
        checks.append({"text": check.name, "translations": dict(check.translations), "party": party_number})
        each.finish()
    says = {
        "department": code_of(fields, "department", places),
        **{name: fields.get(name, []) for name in ("classes", "priorities", "kinds")},
        "amount": fields.get("amount"),
        "currency": fields.get("currency", ""),
        "in_order": fields.boolean("in_order", default=False),
        "parties": parties,
        "checks": checks,
    }
    fields.finish()
    return saying(item, says)
