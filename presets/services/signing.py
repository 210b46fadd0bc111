"""Sign-off rules, authority limits and thresholds: what the office has of them, and making them."""

from collections.abc import Collection
from decimal import Decimal

from accounts.models import Department, User
from accounts.roles import Role
from complaints.classes import ComplaintClass
from complaints.models import AuthorityLimit, SignoffRule, StakeThreshold
from complaints.remedying import RemedyKind
from complaints.services import signoff_rules
from complaints.services.signoff_rules import CheckDraft, PartyDraft, RuleDraft
from complaints.vocabulary import Priority
from presets.items import Item, Says


def rules(codes: Collection[str]) -> dict[str, Says]:
    """What these sign-off rules say."""
    rows = SignoffRule.objects.filter(code__in=codes).select_related("department")
    return {row.code: _says(row) for row in rows.prefetch_related("parties__department", "checks__party")}


def _says(row: SignoffRule) -> Says:
    return {
        "name": row.name,
        "translations": row.translations,
        "department": row.department.code if row.department else None,
        "classes": row.classes,
        "priorities": row.priorities,
        "kinds": row.kinds,
        "amount": None if row.amount is None else plain(row.amount),
        "currency": row.currency,
        "in_order": row.in_order,
        "parties": [
            {
                "label": party.label_text,
                "translations": party.translations,
                "role": party.role,
                "department": party.department.code if party.department else None,
            }
            for party in row.parties.all()
        ],
        "checks": [
            {
                "text": check.text,
                "translations": check.translations,
                "party": check.party.position if check.party else None,
            }
            for check in row.checks.all()
        ],
    }


def make_rule(item: Item, by: User | None = None) -> SignoffRule:
    """A sign-off rule, in force at once; the departments that it names must be there. Raises Invalid."""
    says = item.says
    draft = RuleDraft(
        name=says["name"],
        translations=says["translations"],
        department=_department(says["department"]),
        classes=[ComplaintClass(code) for code in says["classes"]],
        priorities=[Priority(code) for code in says["priorities"]],
        kinds=[RemedyKind(code) for code in says["kinds"]],
        amount=None if says["amount"] is None else Decimal(says["amount"]),
        currency=says["currency"],
        in_order=says["in_order"],
        parties=[
            PartyDraft(
                party["label"],
                Role(party["role"]) if party["role"] else None,
                _department(party["department"]),
                party["translations"],
            )
            for party in says["parties"]
        ],
        checks=[CheckDraft(check["text"], check["party"], check["translations"]) for check in says["checks"]],
    )
    return signoff_rules.add_rule(by=by, code=item.code, draft=draft)


def limits(codes: Collection[str]) -> dict[str, Says]:
    """Up to which amounts the roles decide now, by role and currency (`handler-CNY`)."""
    rows = {f"{row.role}-{row.currency}": row for row in AuthorityLimit.objects.filter(is_active=True)}
    return {
        code: {"role": row.role, "currency": row.currency, "amount": plain(row.amount)}
        for code, row in rows.items()
        if code in codes
    }


def make_limit(item: Item, by: User | None = None) -> AuthorityLimit:
    """An authority limit, in force at once. Raises Invalid."""
    says = item.says
    amount = Decimal(says["amount"])
    return signoff_rules.set_limit(by=by, role=Role(says["role"]), currency=says["currency"], amount=amount)


def thresholds(codes: Collection[str]) -> dict[str, Says]:
    """What counts as small and as large in these currencies."""
    rows = StakeThreshold.objects.filter(currency__in=codes)
    return {row.currency: {"small_below": plain(row.small_below), "large_from": plain(row.large_from)} for row in rows}


def make_threshold(item: Item, by: User | None = None) -> StakeThreshold:
    """What counts as small and as large in a currency. Raises ValidationError for amounts that cannot be."""
    amounts = {name: Decimal(item.says[name]) for name in ("small_below", "large_from")}
    threshold = StakeThreshold(currency=item.code, **amounts)
    threshold.full_clean()
    threshold.save()
    return threshold


def plain(amount: Decimal) -> str:
    """The amount without zeros at its end: 2000, 12.5."""
    return f"{amount.normalize():f}"


def _department(code: str | None) -> Department | None:
    return Department.objects.get(code=code) if code else None
