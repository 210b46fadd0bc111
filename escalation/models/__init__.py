"""What deadlines rest on, and the deadlines themselves.

Calendars and policies are kept in versions that never change; a clock is pinned to the versions it runs by.
"""

from escalation.models.calendar import Calendar, CalendarVersion, Recount
from escalation.models.clock import Clock, ClockEvent, EventKind
from escalation.models.extension import Extension
from escalation.models.firing import Firing, Heartbeat
from escalation.models.migration import AT_WORK, MigratedClock, PolicyMigration
from escalation.models.office_hours import OfficeHours
from escalation.models.policy import Policy, PolicyDraft, PolicyVersion
from escalation.models.referral import ExternalBody, Referral
from escalation.models.tier import Tier

__all__ = [
    "AT_WORK",
    "Calendar",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "EventKind",
    "Extension",
    "ExternalBody",
    "Firing",
    "Heartbeat",
    "MigratedClock",
    "OfficeHours",
    "Policy",
    "PolicyDraft",
    "PolicyMigration",
    "PolicyVersion",
    "Recount",
    "Referral",
    "Tier",
]
