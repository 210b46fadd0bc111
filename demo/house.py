"""Where the demo office works, and what its complaints are about: made as the things of a preset are."""

from accounts.models import Department
from complaints.models import Category
from complaints.services import importing_guides
from demo import documents
from presets.items import Item, Kind, Named, from_form
from presets.services import letters, places, signing


def departments() -> dict[str, Department]:
    """Head office, its departments and the three branches, by code; whatever lies above comes first."""
    return {
        form["code"]: places.make_department(from_form(Kind.DEPARTMENT, form))
        for form in documents.read("departments")
    }


def categories() -> dict[str, Category]:
    """The category tree, by code, each with the department it goes to if it has its own."""
    return {
        form["code"]: places.make_category(from_form(Kind.CATEGORY, form)) for form in documents.read("categories")
    }


def thresholds() -> None:
    """What counts as a small and as a large amount at stake, in the two currencies of the branches."""
    for form in documents.read("thresholds"):
        signing.make_threshold(Item(Kind.THRESHOLD, form["currency"], Named(form["currency"]), form))


def external_bodies() -> None:
    """Where else complainants can turn when the office does not settle a matter; all of them made up."""
    for form in documents.read("bodies"):
        letters.make_body(from_form(Kind.BODY, form))


def rules_for_letters() -> None:
    """What the final responses of the office must hold."""
    for form in documents.read("letters"):
        letters.make_rule(from_form(Kind.LETTER, form))


def guides() -> None:
    """The guides and templates that fit every office, and those for the categories of this one."""
    importing_guides.import_guides(data=importing_guides.standard())
    importing_guides.import_guides(data=documents.read("guides"))
