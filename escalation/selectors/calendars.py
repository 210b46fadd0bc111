"""Calendars as pages show them: always the newest version of each."""

from escalation.models import CalendarVersion


def newest_calendars() -> list[CalendarVersion]:
    """The newest version of every calendar, by the calendar's name. One query."""
    newest = (
        CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id").select_related("calendar")
    )
    return sorted(newest, key=lambda version: (version.calendar.name, version.calendar.code))
