"""What the forms of the rules have in common: units of time, and numbers as people type them."""

from django.utils.translation import gettext_lazy as _

from escalation.targets import Unit

UNITS = [
    (Unit.WORKING_HOURS.value, _("working hours")),
    (Unit.WORKING_DAYS.value, _("working days")),
    (Unit.CALENDAR_DAYS.value, _("calendar days")),
    (Unit.HOURS.value, _("hours around the clock")),
]


def plain(value: float | None) -> int | float | None:
    """A whole number without its point: days are whole."""
    return int(value) if value is not None and value == int(value) else value
