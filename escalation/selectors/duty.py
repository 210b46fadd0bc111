"""The duty roster as pages show it: a week of one department, and who holds each of its tiers now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts import selectors as staff
from accounts.models import Absence, Department, DutyShift, User
from accounts.roles import Role
from escalation.models import Tier
from escalation.selectors.office_hours import hours_of
from escalation.selectors.people import Found, Roster

DAYS = 7


@dataclass(frozen=True)
class Stretch:
    """A part of one day, from `starts_at` until before `ends_at`: somebody on duty, or nobody (`shift` is None).

    `away`: the person is away for some of it, so the next in line holds the tier then. `overlaps`: another shift of
    the tier lies over it; the one that began last counts.
    """

    starts_at: datetime
    ends_at: datetime
    shift: DutyShift | None = None
    away: bool = False
    overlaps: bool = False
    whole_day: bool = False

    @property
    def until(self) -> str:
        """The local hour at which it ends: 24:00 at the end of the day."""
        hour = timezone.localtime(self.ends_at).strftime("%H:%M")
        return "24:00" if hour == "00:00" else hour


@dataclass(frozen=True)
class Day:
    """One day of one tier: without gaps from midnight to midnight in the department's zone."""

    on: date
    is_today: bool
    stretches: Sequence[Stretch]


@dataclass(frozen=True)
class Holder:
    """Who holds a tier now and how they come to it; `person` is None only where nobody at all is left."""

    found: Found
    person: User | None
    stands_in: bool
    from_department: Department | None
    away: Sequence[User]


@dataclass(frozen=True)
class TierWeek:
    """One row: a tier, who holds it now, and its days. `manned`: somebody is on duty at some time of the week."""

    tier: Tier
    role: Role
    now: Holder
    days: Sequence[Day]
    manned: bool


@dataclass(frozen=True)
class RosterWeek:
    """A week of a department, Monday first, in its own time zone."""

    department: Department
    zone: ZoneInfo
    first: date
    days: Sequence[date]
    today: date
    tiers: Sequence[TierWeek]
    absences: Sequence[Absence]

    @property
    def manned(self) -> bool:
        """Whether anybody is on duty at all this week."""
        return any(row.manned for row in self.tiers)

    @property
    def unmanned_tiers(self) -> list[TierWeek]:
        """The tiers for which nobody is on duty this week."""
        return [row for row in self.tiers if not row.manned]


def zone_of(department_id: int) -> ZoneInfo:
    """The time zone in which the department's people work: that of their office hours, else the house's."""
    hours = hours_of(department_id)
    return hours.zone if hours is not None else ZoneInfo(settings.TIME_ZONE)


def holders_now(department: Department, at: datetime) -> list[tuple[Tier, Holder]]:
    """Who holds each tier of the department at that moment, with the reason; the lowest first. Eight queries."""
    roster = Roster.read(at)
    tiers = list(Tier.objects.all())
    found = [roster.find(department.pk, tier.number) for tier in tiers]
    ids = {person for one in found for person in (one.holder_id, *one.away) if person is not None}
    people = User.objects.select_related("department").in_bulk(ids)
    places = Department.objects.in_bulk({one.department_id for one in found if one.department_id is not None})
    return [(tier, _holder(tier, one, department, people, places)) for tier, one in zip(tiers, found, strict=True)]


def roster_week(department: Department, first: date, at: datetime) -> RosterWeek:
    """The week that begins on that day. A constant number of queries, however many shifts there are."""
    zone = zone_of(department.pk)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    begin, end = midnight(first, zone), midnight(first + timedelta(days=DAYS), zone)
    shifts = list(staff.shifts_between(begin, end, department.pk))
    people = {shift.user_id for shift in shifts} | set(
        User.objects.filter(department=department, is_active=True).values_list("pk", flat=True)
    )
    absences = list(staff.absences_between(begin, end, people).select_related("entered_by"))
    today = at.astimezone(zone).date()
    by_tier: dict[int, list[DutyShift]] = defaultdict(list)
    for shift in shifts:
        by_tier[shift.tier].append(shift)
    return RosterWeek(
        department=department,
        zone=zone,
        first=first,
        days=days,
        today=today,
        tiers=[
            _tier_week(
                tier, now, [shift for shift in shifts if shift.tier == tier.number], absences, days, zone, today
            )
            for tier, now in holders_now(department, at)
        ],
        absences=absences,
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there (UTC)."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def stretches(
    shifts: Sequence[DutyShift], absences: Iterable[Absence], begin: datetime, end: datetime
) -> list[Stretch]:
    """`[begin, end)` without gaps: the shifts in it, clipped, and the time in which nobody is on duty. Pure."""
    away = list(absences)
    told: list[Stretch] = []
    covered = begin
    for shift in sorted(shifts, key=lambda shift: (shift.starts_at, shift.pk)):
        starts_at, ends_at = max(shift.starts_at, begin), min(shift.ends_at, end)
        if starts_at >= ends_at:
            continue
        if starts_at > covered:
            told.append(Stretch(covered, starts_at))
        told.append(
            Stretch(
                starts_at,
                ends_at,
                shift,
                away=_meets(starts_at, ends_at, (one for one in away if one.user_id == shift.user_id)),
                overlaps=_meets(starts_at, ends_at, (other for other in shifts if other is not shift)),
                whole_day=(starts_at, ends_at) == (begin, end),
            )
        )
        covered = max(covered, ends_at)
    if covered < end:
        told.append(Stretch(covered, end, whole_day=covered == begin))
    return told


def _meets(starts_at: datetime, ends_at: datetime, others: Iterable[Any]) -> bool:
    return any(other.starts_at < ends_at and other.ends_at > starts_at for other in others)


def _tier_week(
    tier: Tier,
    now: Holder,
    shifts: Sequence[DutyShift],
    absences: Collection[Absence],
    days: Sequence[date],
    zone: ZoneInfo,
    today: date,
) -> TierWeek:
    bounds = [midnight(day, zone) for day in (*days, days[-1] + timedelta(days=1))]
    week = [
        Day(day, day == today, stretches(shifts, absences, begin, end))
        for day, begin, end in zip(days, bounds, bounds[1:], strict=False)
    ]
    return TierWeek(tier, Role(tier.role), now, week, manned=bool(shifts))


def _holder(
    tier: Tier,
    found: Found,
    department: Department,
    people: Mapping[int, User],
    places: Mapping[int, Department],
) -> Holder:
    elsewhere = found.department_id is not None and found.department_id != department.pk
    return Holder(
        found=found,
        person=people.get(found.holder_id) if found.holder_id is not None else None,
        stands_in=elsewhere or found.rung != tier.number or found.unmanned,
        from_department=places.get(found.department_id) if found.department_id is not None and elsewhere else None,
        away=[people[person] for person in found.away if person in people],
    )
