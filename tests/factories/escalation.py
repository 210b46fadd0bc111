"""Calendars and policies for tests, published the real way."""

from typing import Any

from escalation.models import CalendarVersion, PolicyVersion
from escalation.services import calendars, policies

OFFICE_HOURS = [["09:00", "12:00"], ["13:00", "18:00"]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAY = {day: [["00:00", "24:00"]] for day in (*WEEKDAYS, "sat", "sun")}


def publish_calendar(code: str = "office", **changes: Any) -> CalendarVersion:
    """Monday to Friday 09:00-12:00 and 13:00-18:00 in Taipei, unless told otherwise."""
    document = {
        "name": code,
        "timezone": "Asia/Taipei",
        "week": dict.fromkeys(WEEKDAYS, OFFICE_HOURS),
    } | changes
    return calendars.publish(code=code, document=document)


def working_hours(amount: float) -> dict[str, Any]:
    return {"unit": "working_hours", "amount": amount}


def climb(**effects: Any) -> dict[str, Any]:
    """A step at the deadline."""
    return {"effects": effects}


LADDER = [
    {"at": "1/2", "effects": {"notify": ["holder"]}},
    {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}},
    {"after_working_hours": 4, "effects": {"raise_to_tier": 3, "assign": True, "notify": ["holder", "executive"]}},
]


def publish_policy(
    code: str = "standard",
    *,
    clocks: dict[str, Any] | None = None,
    position: int = 100,
    calendar: str = "office",
    match: dict[str, list[str]] | None = None,
    reopen: str = "new_cycle",
    is_active: bool = True,
    pauses: dict[str, Any] | None = None,
) -> PolicyVersion:
    """Acknowledge within 4 working hours, answer first within 8, resolve within 24 with a ladder of three steps."""
    document = {
        "match": match or {},
        "calendar": calendar,
        "clocks": clocks
        or {
            "acknowledge": {"target": working_hours(4)},
            "first_response": {"target": working_hours(8)},
            "resolution": {"target": working_hours(24), "steps": LADDER},
        },
        "reopen": reopen,
    }
    if pauses is not None:
        document["pauses"] = pauses
    return policies.publish(code=code, document=document, name=code, position=position, is_active=is_active)
