"""By which calendar the people of a department work. (Design section 4, "Ladder": reminders wait for those hours.)"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.trees import Tree, tree
from escalation.calendars import Calendar
from escalation.models import CalendarVersion, OfficeHours
from escalation.selectors.rulebook import calendar_rules, prepare


@dataclass(frozen=True)
class HoursBook:
    """The office hours of every department, read once: a department without its own keeps those above it."""

    tree: Tree
    versions: Mapping[int, int]
    """Department that has hours of its own → the newest version of its calendar."""

    @classmethod
    def read(cls) -> "HoursBook":
        """Read them as they are now: four queries at most, however many departments ask."""
        calendars = dict(OfficeHours.objects.order_by().values_list("department_id", "calendar_id"))
        newest = dict(
            CalendarVersion.objects.filter(calendar_id__in=set(calendars.values()))
            .order_by("calendar_id", "-number")
            .distinct("calendar_id")
            .values_list("calendar_id", "pk")
        )
        versions = {department: newest[calendar] for department, calendar in calendars.items() if calendar in newest}
        prepare(calendar_version_ids=set(versions.values()))
        return cls(tree(), versions)

    def of(self, department_id: int) -> Calendar | None:
        """The calendar of the department, or of the nearest one above it that has one; None if none has."""
        for department in self.tree.lineage(department_id):
            if department in self.versions:
                return calendar_rules(self.versions[department])
        return None


def hours_of(department_id: int) -> Calendar | None:
    """The calendar by which the people of the department work; None where nobody has said so. See `HoursBook`."""
    return HoursBook.read().of(department_id)
