"""Bodies outside and the rules for final responses: what the office has of them, and making them."""

from collections.abc import Collection

from django.db.models import Max

from accounts.models import Department, User
from complaints.models import ResponseRule
from escalation.models import ExternalBody
from presets.items import Item, Says

STEP = 10
RULE_FIELDS = (
    "name",
    "classes",
    "tracks",
    "parts",
    "parts_if_upheld",
    "four_eyes",
    "letter_required",
    "recourse",
    "translations",
)


def bodies(codes: Collection[str]) -> dict[str, Says]:
    """What the office says of these bodies. Their addresses are its own."""
    return {
        row.code: {"name": row.name, "translations": row.translations, "match": row.match}
        for row in ExternalBody.objects.filter(code__in=codes)
    }


def make_body(item: Item, by: User | None = None) -> ExternalBody:
    """A body outside, after all others unless it says where. Raises ValidationError."""
    says = item.says
    last = ExternalBody.objects.aggregate(last=Max("position"))["last"] or 0
    body = ExternalBody(
        code=item.code,
        name=says["name"],
        translations=says["translations"],
        match=says["match"],
        position=says.get("position", last + STEP),
        address=says.get("address", ""),
        phone=says.get("phone", ""),
    )
    body.full_clean()
    body.save()
    return body


def rules(codes: Collection[str]) -> dict[str, Says]:
    """What the office says of these rules for final responses."""
    rows = ResponseRule.objects.filter(code__in=codes).select_related("department")
    return {
        row.code: {name: getattr(row, name) for name in RULE_FIELDS}
        | {"department": row.department.code if row.department else None}
        for row in rows
    }


def make_rule(item: Item, by: User | None = None) -> ResponseRule:
    """A rule for final responses, in force at once, after all others unless it says where. Raises ValidationError."""
    says = item.says
    last = ResponseRule.objects.aggregate(last=Max("position"))["last"] or 0
    rule = ResponseRule(
        code=item.code,
        position=says.get("position", last + STEP),
        department=Department.objects.get(code=says["department"]) if says.get("department") else None,
        **{name: says[name] for name in RULE_FIELDS if name in says},
    )
    rule.full_clean()
    rule.save()
    return rule
