"""Who works in the demo office, and who is on duty when it is closed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from accounts.models import Absence, Department, DutyShift, Membership, User
from accounts.roles import Role
from demo import documents
from escalation.calendars import Calendar
from escalation.models import Calendar as PublishedCalendar
from escalation.models import OfficeHours
from escalation.selectors.duty import midnight

MAIL_DOMAIN = "willowlantern.example"
"""Ends in .example, which nobody can own: no demo mail ever reaches anybody."""

PASSWORD = "willow-lantern-2026"  # noqa: S105 - the demo's password, printed at every start; no secret

ROSTER_BEFORE, ROSTER_AFTER = timedelta(days=10), timedelta(weeks=5)
LONG_CLOSURE = timedelta(hours=30)
"""A closure that lasts longer is no mere night: then somebody stands in for the manager as well."""

STAND_INS: Mapping[str, tuple[str, str]] = {
    "taipei": ("su.chiahao", "tu.chihming"),
    "kaohsiung": ("pan.hsiaochi", "yeh.junhao"),
    "shanghai": ("ding.jialei", "peng.yiching"),
}
"""For each branch who takes tier 2 whenever it is closed, and who takes tier 3 at weekends and on holidays."""

HOURS: Mapping[str, str] = {"head-office": "taiwan-office", "shanghai": "mainland-office"}
"""Department → the calendar by which its people work, and those of the departments below it without their own."""

AWAY: Sequence[tuple[str, str, Absence.Reason, int, int]] = (
    ("lai.yuchen", "tu.chihming", Absence.Reason.LEAVE, 0, 4),
    ("liao.hsinyi", "liao.hsinyi", Absence.Reason.TRAINING, 7, 2),
)
"""Who is away, who entered it, why, in how many days it begins, and how many it lasts."""

People = Mapping[str, User]
"""Everybody by the part of the address before the @."""


def hire(places: Mapping[str, Department]) -> People:
    """Make everybody's account and give them their roles."""
    password = make_password(PASSWORD)  # made once: hashing is slow on purpose, and the password is the same
    listed = documents.read("people")
    people = User.objects.bulk_create(_person(given, places, password) for given in listed)
    Membership.objects.bulk_create(
        Membership(user=user, department=places[place], role=Role(role))
        for given, user in zip(listed, people, strict=True)
        for role, place in given["roles"]
    )
    return {given["handle"]: user for given, user in zip(listed, people, strict=True)}


def _person(given: dict[str, Any], places: Mapping[str, Department], password: str) -> User:
    administers = given.get("administers", False)
    return User(
        email=f"{given['handle']}@{MAIL_DOMAIN}",
        password=password,
        name=given["name"],
        language=given["language"],
        timezone=given.get("timezone", "Asia/Taipei"),
        department=places[given["home"]],
        is_staff=administers,
        is_superuser=administers,
    )


def draw_up_roster(
    places: Mapping[str, Department], people: People, calendars: Mapping[str, Calendar], now: datetime
) -> None:
    """Have somebody on duty in every branch for every night, weekend and holiday of the weeks around `now`."""
    shifts = []
    for branch, (at_night, at_weekends) in STAND_INS.items():
        for starts_at, ends_at in closures(calendars[branch], now - ROSTER_BEFORE, now + ROSTER_AFTER):
            on_duty = {1: at_night, 2: at_night}
            if ends_at - starts_at > LONG_CLOSURE:
                on_duty[3] = at_weekends
            shifts += [
                DutyShift(
                    user=people[handle], department=places[branch], tier=tier, starts_at=starts_at, ends_at=ends_at
                )
                for tier, handle in on_duty.items()
            ]
    DutyShift.objects.bulk_create(shifts)


def keep_hours(places: Mapping[str, Department]) -> None:
    """Say by which calendar the people work: head office and all below it, and the branch abroad by its own."""
    calendars = {calendar.code: calendar for calendar in PublishedCalendar.objects.all()}
    OfficeHours.objects.bulk_create(
        OfficeHours(department=places[place], calendar=calendars[code]) for place, code in HOURS.items()
    )


def send_away(people: People, now: datetime) -> None:
    """Somebody is on leave as of today, and somebody will be at a training in a week."""
    for handle, by, reason, in_days, lasts in AWAY:
        zone = ZoneInfo(people[handle].timezone)
        begins = midnight((now + timedelta(days=in_days)).astimezone(zone).date(), zone)
        Absence.objects.create(
            user=people[handle],
            entered_by=people[by],
            reason=reason,
            starts_at=begins,
            ends_at=begins + timedelta(days=lasts),
        )


def closures(calendar: Calendar, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From closing time of each working day until the office opens again; breaks within a day do not count."""
    days = calendar.working_days(calendar.local_date(first), calendar.local_date(last))
    for today, next_day in pairwise(days):
        closes, opens = calendar.spans_on(today)[-1][1], calendar.spans_on(next_day)[0][0]
        if (ends_at := _at(calendar, next_day, opens)) > (starts_at := _at(calendar, today, closes)):
            yield starts_at, ends_at


def _at(calendar: Calendar, day: date, minutes: int) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    return midnight + timedelta(minutes=minutes)
