"""Calendars as pages show them: always the newest version of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from escalation.calendars import Calendar
from escalation.models import CalendarVersion, Clock
from escalation.replay import OPEN_STATES
from escalation.selectors.rulebook import calendar_rules, prepare

LOAD_NEXT_YEAR = timedelta(days=60)
"""So long before the listed days end, next year's should be loaded."""


@dataclass(frozen=True)
class CalendarStanding:
    """The newest version of a calendar, and whether its listed days last.

    `past_the_end` is the latest deadline (UTC) of a running clock that rests on days not listed yet; None without one.
    """

    version: CalendarVersion
    rules: Calendar
    ends_soon: bool
    past_the_end: datetime | None

    @property
    def alarm(self) -> bool:
        """Whether the next days should be loaded now."""
        return self.ends_soon or self.past_the_end is not None


def newest_calendars() -> list[CalendarVersion]:
    """The newest version of every calendar, by the calendar's name. One query."""
    newest = (
        CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id").select_related("calendar")
    )
    return sorted(newest, key=lambda version: (version.calendar.name, version.calendar.code))


def newest_calendar(code: str) -> CalendarVersion | None:
    """The newest version of a calendar; None if there is no such calendar."""
    versions = CalendarVersion.objects.filter(calendar__code=code).select_related("calendar")
    return versions.order_by("-number").first()


def calendar_standings(now: datetime) -> list[CalendarStanding]:
    """Every calendar and whether its listed days last. Three queries at most."""
    versions = newest_calendars()
    prepare(calendar_version_ids=[version.pk for version in versions])
    latest = dict(
        Clock.objects.filter(provisional=True, due_at__isnull=False, state__in=sorted(OPEN_STATES))
        .order_by()
        .values_list("calendar_version__calendar")
        .annotate(latest=Max("due_at"))
    )
    return [_standing(version, now, latest.get(version.calendar_id)) for version in versions]


def _standing(version: CalendarVersion, now: datetime, latest: datetime | None) -> CalendarStanding:
    rules = calendar_rules(version.pk)
    until = rules.covers_until
    return CalendarStanding(
        version=version,
        rules=rules,
        ends_soon=until is not None and until - rules.local_date(now) < LOAD_NEXT_YEAR,
        past_the_end=latest if latest and not rules.covers(latest) else None,
    )
