"""What administrators are written that belongs to no complaint: days off that have to be loaded."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts import selectors as people
from escalation import selectors as deadlines
from escalation.selectors import CalendarStanding
from notifications import letters
from notifications.models import OutboxMessage

MISSING_DAYS = "missing_days"


def tell_of_missing_days(*, now: datetime) -> None:
    """Write to every administrator that the next days off of a calendar should be loaded: once for each calendar and
    year, however often it is asked for.
    """
    alarms = deadlines.calendar_alarms(now)
    readers = [letters.staff_reader(person) for person in people.administrators()] if alarms else []
    rows = [
        letters.write_notice(MISSING_DAYS, reader, about=_about(standing), facts=_facts(standing))
        for standing in alarms
        for reader in readers
    ]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)


def _about(standing: CalendarStanding) -> str:
    return f"calendar:{standing.version.calendar.code}:{standing.missing_year}"


def _facts(standing: CalendarStanding) -> dict[str, object]:
    page = reverse("escalation:calendar-table", args=[standing.version.calendar.code])
    return {
        "calendar": standing.version.calendar.name,
        "until": f"{standing.rules.covers_until:%Y-%m-%d}" if standing.rules.covers_until else "",
        "year": standing.missing_year,
        "provisional": standing.provisional,
        "link": settings.BASE_URL + page,
    }
