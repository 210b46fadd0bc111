"""Where the demo office works, and what its complaints are about."""

from accounts.models import Department
from complaints.models import Category
from demo import documents


def departments() -> dict[str, Department]:
    """Head office, its departments and the three branches, by code; whatever lies above comes first."""
    made: dict[str, Department] = {}
    for given in documents.read("departments"):
        made[given["code"]] = Department.objects.create(
            code=given["code"],
            name=given["name"],
            translations=_translations(given),
            parent=made.get(given["parent"]),
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


def _translations(given: dict[str, str]) -> dict[str, str]:
    return {language: given[language] for language in ("zh-hant", "zh-hans")}
