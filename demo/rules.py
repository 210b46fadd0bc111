"""Publishing the demo's calendars and policies, the same way an administrator would."""

from collections.abc import Iterable

from django.conf import settings

from demo import policies
from demo.policies import Rule
from escalation.calendars import WEEKDAYS, Calendar
from escalation.services import calendars
from escalation.services import policies as publishing
from presets import documents as shared

CALENDARS = ("always", "mainland-office", "taiwan-office")

BRANCH_CALENDARS = {"taipei": "taiwan-office", "kaohsiung": "taiwan-office", "shanghai": "mainland-office"}

PLAIN_WEEK = {day: [["09:00", "18:00"]] for day in WEEKDAYS[:5]}


def publish_demo() -> dict[str, Calendar]:
    """Publish everything; answers with each branch's calendar."""
    read = {code: shared.calendar(code) for code in CALENDARS}
    for code, document in read.items():
        calendars.publish(code=code, document=document)
    _publish(policies.demo())
    return {branch: Calendar.from_json(read[code]) for branch, code in BRANCH_CALENDARS.items()}


def publish_empty() -> None:
    """One calendar with plain office hours in the server's time zone and no holidays yet, and one policy."""
    calendars.publish(
        code="office", document={"name": "Office hours", "timezone": settings.TIME_ZONE, "week": PLAIN_WEEK}
    )
    _publish([policies.empty()])


def _publish(rules: Iterable[Rule]) -> None:
    for rule in rules:
        publishing.publish(code=rule.code, name=rule.name, position=rule.position, document=rule.document)
