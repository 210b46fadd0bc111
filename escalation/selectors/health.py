"""How the engine is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from complaints.models import Complaint
from escalation.models import Clock, Heartbeat

MOST_LISTED = 200


@dataclass(frozen=True)
class EngineHealth:
    """What `/healthz/deadlines` and the desk show. Seconds are by the database's clock.

    `lag` is how late the oldest due clock is, 0 when nothing is due. `since_sweep` is how long ago a sweep last
    looked; None if never. `since_made` is how long ago the tables were made, read only while no sweep has ever been.
    """

    now: datetime
    lag: float
    oldest_due_at: datetime | None
    swept_at: datetime | None
    since_sweep: float | None
    failing: int
    set_aside: int
    since_made: float | None = None

    def is_late(self, allowed: float) -> bool:
        """Whether nothing has swept for so many seconds, or something has been due for as long."""
        return self.since_sweep is None or self.since_sweep > allowed or self.lag > allowed

    def is_starting(self, allowed: float) -> bool:
        """Whether this is a new office whose first sweep is still to come, for at most so many seconds."""
        return self.since_made is not None and self.since_made <= allowed


def database_now() -> datetime:
    """The database's own clock: the only one that all workers share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def engine_health() -> EngineHealth:
    """How the engine is doing, at the cost of two index look-ups."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp(), (SELECT min(wake_at) FROM escalation_clock WHERE wake_at IS NOT NULL),"
            " count(*) FILTER (WHERE set_aside_at IS NULL), count(*) FILTER (WHERE set_aside_at IS NOT NULL)"
            " FROM escalation_clock WHERE failures > 0"
        )
        now, next_at, failing, set_aside = cursor.fetchone()
    oldest = next_at if next_at is not None and next_at <= now else None
    beat = Heartbeat.objects.first()
    return EngineHealth(
        now=now,
        lag=(now - oldest).total_seconds() if oldest else 0.0,
        oldest_due_at=oldest,
        swept_at=beat.swept_at if beat else None,
        since_sweep=(now - beat.swept_at).total_seconds() if beat else None,
        failing=failing,
        set_aside=set_aside,
        since_made=None if beat else _since_made(),
    )


def _since_made() -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - min(applied))::float8 FROM django_migrations"
            " WHERE app = 'escalation'"
        )
        seconds: float = cursor.fetchone()[0]
    return seconds


@dataclass(frozen=True)
class Troubled:
    """The clocks at which sweeps fail: those of complaints that the person sees, those set aside first, at most
    `MOST_LISTED`; and how many more there are: of complaints they see, and of others.
    """

    clocks: Sequence[Clock]
    unlisted: int
    unseen: int


def troubled(visible: QuerySet[Complaint]) -> Troubled:
    """The clocks that were set aside or failed lately, with their complaints. `visible` are the complaints that the
    person sees. Three queries, each on the partial index of failures.
    """
    failing = Clock.objects.filter(failures__gt=0)
    seen = failing.filter(complaint__in=visible)
    listed = seen.select_related("complaint").order_by(F("set_aside_at").asc(nulls_last=True), "pk")[:MOST_LISTED]
    seen_count = seen.count()
    return Troubled(
        clocks=list(listed),
        unlisted=max(0, seen_count - MOST_LISTED),
        unseen=failing.count() - seen_count,
    )


def due_now(now: datetime) -> int:
    """How many clocks wait for a sweep at that moment."""
    return Clock.objects.filter(wake_at__lte=now).count()


def provisional_clocks() -> int:
    """How many running clocks have a deadline that rests on days not listed in their calendar yet."""
    return Clock.objects.filter(provisional=True, met_at=None, cancelled_at=None).count()
