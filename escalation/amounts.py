"""Amounts of time in the words of their unit. Pure."""

from fractions import Fraction
from math import ceil

from django.utils.formats import number_format
from django.utils.translation import ngettext

from escalation.targets import Unit


def in_words(unit: Unit | str, amount: float | Fraction) -> str:
    """So many units as a phrase in the reader's language: "3 working days". Less than an hour is told in minutes,
    hours and a part as a decimal.
    """
    if unit in (Unit.HOURS, Unit.WORKING_HOURS) and amount < 1:
        return _minutes(Unit(unit), round(float(amount) * 60, 2))
    words = {"count": number_format(round(float(amount), 2) if amount != int(amount) else int(amount))}
    many = ceil(amount)
    match Unit(unit):
        case Unit.HOURS:
            return ngettext("%(count)s hour", "%(count)s hours", many) % words
        case Unit.WORKING_HOURS:
            return ngettext("%(count)s working hour", "%(count)s working hours", many) % words
        case Unit.WORKING_DAYS:
            return ngettext("%(count)s working day", "%(count)s working days", many) % words
        case Unit.CALENDAR_DAYS:
            return ngettext("%(count)s calendar day", "%(count)s calendar days", many) % words


def _minutes(unit: Unit, minutes: float) -> str:
    words = {"count": number_format(int(minutes) if minutes == int(minutes) else minutes)}
    if unit is Unit.HOURS:
        return ngettext("%(count)s minute", "%(count)s minutes", ceil(minutes)) % words
    return ngettext("%(count)s minute of working time", "%(count)s minutes of working time", ceil(minutes)) % words
