"""Calendars as pages show them: always the newest version of each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from escalation.calendars import Calendar
from escalation.models import CalendarVersion, Clock, Recount
from escalation.replay import State
from escalation.selectors.rulebook import calendar_rules, prepare

LOAD_NEXT_YEAR = timedelta(days=60)
"""So long before the listed days end, next year's should be loaded."""


@dataclass(frozen=True)
class CalendarStanding:
    """The newest version of a calendar, and whether its listed days last.

    `past_the_end` is the latest deadline (UTC) of a running clock that rests on days not listed yet; None without one.
    `provisional` is how many running clocks rest on guessed days. `recount` is the last time running deadlines were
    counted anew, if ever.
    """

    version: CalendarVersion
    rules: Calendar
    ends_soon: bool
    past_the_end: datetime | None
    provisional: int = 0
    recount: Recount | None = None

    @property
    def alarm(self) -> bool:
        """Whether the next days should be loaded now."""
        return self.ends_soon or self.past_the_end is not None

    @property
    def missing_year(self) -> int | None:
        """The first year of which days are missing; None when no days are expected to be listed."""
        until = self.rules.covers_until
        return (until + timedelta(days=1)).year if until else None


def newest_calendars() -> list[CalendarVersion]:
    """The newest version of every calendar, by the calendar's name. One query."""
    newest = (
        CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id").select_related("calendar")
    )
    return sorted(newest, key=lambda version: (version.calendar.name, version.calendar.code))


def calendar_choices(versions: Iterable[CalendarVersion]) -> list[tuple[str, str]]:
    """Calendars to choose from: their codes and names. Those that share a name are told apart by their codes."""
    calendars = [version.calendar for version in versions]
    shared = Counter(calendar.name for calendar in calendars)
    return [
        (calendar.code, f"{calendar.name} · {calendar.code}" if shared[calendar.name] > 1 else calendar.name)
        for calendar in calendars
    ]


def newest_calendar(code: str) -> CalendarVersion | None:
    """The newest version of a calendar; None if there is no such calendar."""
    versions = CalendarVersion.objects.filter(calendar__code=code).select_related("calendar")
    return versions.order_by("-number").first()


def overtaken(version: CalendarVersion) -> QuerySet[Clock]:
    """The running clocks that rest on guessed days by an older version, though this one lists those days."""
    older = CalendarVersion.objects.filter(calendar=version.calendar_id, number__lt=version.number)
    found = Clock.objects.filter(
        provisional=True, met_at=None, cancelled_at=None, state=State.RUNNING, calendar_version__in=older
    )
    if version.covers_until is not None:
        found = found.filter(due_at__lte=calendar_rules(version.pk).end_of_day(version.covers_until))
    return found


def calendar_standings(now: datetime) -> list[CalendarStanding]:
    """Every calendar and whether its listed days last. Four queries at most."""
    return _with_recounts(_standings(newest_calendars(), now))


def calendar_standing(version: CalendarVersion, now: datetime) -> CalendarStanding:
    """One calendar, given by its newest version."""
    return _with_recounts(_standings([version], now))[0]


def calendar_alarms(now: datetime) -> list[CalendarStanding]:
    """The calendars whose next days should be loaded now. Three queries at most."""
    return [standing for standing in _standings(newest_calendars(), now) if standing.alarm]


def _standings(versions: Sequence[CalendarVersion], now: datetime) -> list[CalendarStanding]:
    prepare(calendar_version_ids=[version.pk for version in versions])
    waiting = {
        calendar_id: (latest, running)
        for calendar_id, latest, running in Clock.objects.filter(provisional=True, met_at=None, cancelled_at=None)
        .order_by()
        .values_list("calendar_version__calendar")
        .annotate(latest=Max("due_at"), running=Count("pk", filter=Q(state=State.RUNNING)))
    }
    return [_standing(version, now, *waiting.get(version.calendar_id, (None, 0))) for version in versions]


def _with_recounts(standings: Sequence[CalendarStanding]) -> list[CalendarStanding]:
    recounts = Recount.objects.filter(version__calendar__in=[each.version.calendar_id for each in standings])
    newest = {
        recount.version.calendar_id: recount
        for recount in recounts.select_related("version").order_by("version__number")
    }
    return [replace(each, recount=newest.get(each.version.calendar_id)) for each in standings]


def _standing(version: CalendarVersion, now: datetime, latest: datetime | None, running: int) -> CalendarStanding:
    rules = calendar_rules(version.pk)
    until = rules.covers_until
    return CalendarStanding(
        version=version,
        rules=rules,
        ends_soon=until is not None and until - rules.local_date(now) < LOAD_NEXT_YEAR,
        past_the_end=latest if latest and not rules.covers(latest) else None,
        provisional=running,
    )
