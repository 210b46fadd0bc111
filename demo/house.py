"""Where the demo office works, and what its complaints are about."""

from decimal import Decimal

from accounts.models import Department
from complaints.models import Category, ResponseRule, StakeThreshold
from demo import documents
from escalation.models import ExternalBody


def departments() -> dict[str, Department]:
    """Head office, its departments and the three branches, by code; whatever lies above comes first."""
    made: dict[str, Department] = {}
    for given in documents.read("departments"):
        made[given["code"]] = Department.objects.create(
            code=given["code"],
            name=given["name"],
            translations=_translations(given),
            parent=made.get(given["parent"]),
            desk_name=given.get("desk_name", ""),
            desk_phone=given.get("desk_phone", ""),
        )
    return made


def categories(places: dict[str, Department]) -> dict[str, Category]:
    """The category tree, by code, each with the department it goes to if it has its own."""
    made: dict[str, Category] = {}
    for given in documents.read("categories"):
        made[given["code"]] = Category.objects.create(
            code=given["code"],
            name=given["name"],
            translations=_translations(given),
            parent=made.get(given["parent"]),
            department=places.get(given["department"]),
        )
    return made


def thresholds() -> None:
    """What counts as a small and as a large amount at stake, in the two currencies of the branches."""
    StakeThreshold.objects.bulk_create(
        StakeThreshold(
            currency=given["currency"],
            small_below=Decimal(given["small_below"]),
            large_from=Decimal(given["large_from"]),
        )
        for given in documents.read("thresholds")
    )


def external_bodies() -> None:
    """Where else complainants can turn when the office does not settle a matter; all of them made up."""
    ExternalBody.objects.bulk_create(
        ExternalBody(
            code=given["code"],
            name=given["name"],
            translations=_translations(given),
            address=given["address"],
            phone=given["phone"],
            match=given["match"],
            position=given["position"],
        )
        for given in documents.read("bodies")
    )


def rules_for_letters() -> None:
    """What the final responses of the office must hold."""
    ResponseRule.objects.bulk_create(
        ResponseRule(
            code=given["code"],
            name=given["name"],
            position=given["position"],
            classes=given["classes"],
            parts=given["parts"],
            parts_if_upheld=given["parts_if_upheld"],
            four_eyes=given["four_eyes"],
            recourse=given["recourse"],
            translations=_translations(given),
        )
        for given in documents.read("letters")
    )


def _translations(given: dict[str, str]) -> dict[str, str]:
    return {language: given[language] for language in ("zh-hant", "zh-hans")}
