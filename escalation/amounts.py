"""Amounts of time in the words of their unit. Pure."""

from fractions import Fraction
from math import ceil

from django.utils.formats import number_format
from django.utils.translation import ngettext

from escalation.targets import Unit


def in_words(unit: Unit | str, amount: float | Fraction) -> str:
    """So many units as a phrase in the reader's language: "3 working days". A part of an hour is told as a decimal."""
    words = {"count": number_format(float(amount) if amount != int(amount) else int(amount))}
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
