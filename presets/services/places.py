"""Departments, categories, calendars and office hours: what the office has of them, and making them."""

from collections.abc import Collection

from accounts.models import Department, User
from complaints.models import Category
from escalation.models import Calendar as CalendarRow
from escalation.models import CalendarVersion, OfficeHours
from escalation.services import calendars
from presets.items import Item, Says


def departments(codes: Collection[str]) -> dict[str, Says]:
    """What the office says of these departments, by their codes."""
    rows = Department.objects.filter(code__in=codes).select_related("parent")
    return {
        row.code: {
            "name": row.name,
            "translations": row.translations,
            "parent": row.parent.code if row.parent else None,
            "desk_name": row.desk_name,
            "desk_translations": row.desk_translations,
        }
        for row in rows
    }


def make_department(item: Item, by: User | None = None) -> Department:
    """A department; the one above it must be there."""
    says = item.says
    department = Department(
        code=item.code,
        name=says["name"],
        translations=says["translations"],
        parent=Department.objects.get(code=says["parent"]) if says["parent"] else None,
        desk_name=says.get("desk_name", ""),
        desk_translations=says.get("desk_translations", {}),
        desk_phone=says.get("desk_phone", ""),
    )
    department.full_clean()
    department.save()
    return department


def categories(codes: Collection[str]) -> dict[str, Says]:
    """What the office says of these categories, by their codes."""
    rows = Category.objects.filter(code__in=codes).select_related("parent", "department")
    return {
        row.code: {
            "name": row.name,
            "translations": row.translations,
            "parent": row.parent.code if row.parent else None,
            "department": row.department.code if row.department else None,
        }
        for row in rows
    }


def make_category(item: Item, by: User | None = None) -> Category:
    """A category; the one above it and the department it goes to must be there."""
    says = item.says
    category = Category(
        code=item.code,
        name=says["name"],
        translations=says["translations"],
        parent=Category.objects.get(code=says["parent"]) if says["parent"] else None,
        department=Department.objects.get(code=says["department"]) if says["department"] else None,
    )
    category.full_clean()
    category.save()
    return category


def weeks(codes: Collection[str]) -> dict[str, Says]:
    """The time zones and working weeks of these calendars. Their days off are the office's own, from year to year."""
    newest = CalendarVersion.objects.filter(calendar__code__in=codes).order_by("calendar_id", "-number")
    return {
        version.calendar.code: {"timezone": version.document["timezone"], "week": version.document["week"]}
        for version in newest.distinct("calendar_id").select_related("calendar")
    }


def make_calendar(item: Item, by: User | None = None) -> CalendarVersion:
    """The first version of a calendar. Raises BadCalendar."""
    return calendars.publish(code=item.code, document=item.says["document"], by=by, after=0)


def office_hours(codes: Collection[str]) -> dict[str, Says]:
    """The calendars by which the people of these departments work."""
    rows = OfficeHours.objects.filter(department__code__in=codes).select_related("department", "calendar")
    return {row.department.code: {"calendar": row.calendar.code} for row in rows}


def make_office_hours(item: Item, by: User | None = None) -> OfficeHours:
    """Let the people of a department work by a calendar; both must be there."""
    calendar = CalendarRow.objects.get(code=item.says["calendar"])
    return OfficeHours.objects.create(department=Department.objects.get(code=item.code), calendar=calendar)
