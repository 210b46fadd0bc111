"""The stretches of an explanation in the reader's words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.moments import span
from escalation.explanation.stretches import SKIPPED, Kind, Stretch


def sentence(stretch: Stretch) -> str:
    """One stretch as a sentence in the reader's language, told in the calendar's time zone."""
    words = {
        "period": period(stretch),
        "length": span(stretch.counted_seconds),
        "note": stretch.note,
        "days": stretch.counted_days,
    }
    return _pattern(stretch) % words


@dataclass(frozen=True)
class Line:
    """One stretch in the reader's words, and whether it counted."""

    sentence: str
    counts: bool


def lines(stretches: Iterable[Stretch]) -> list[Line]:
    """The stretches in the reader's words, as pages list them."""
    return [Line(sentence(stretch), counts=stretch.kind not in SKIPPED) for stretch in stretches]


def to_json(stretch: Stretch) -> dict[str, Any]:
    """One stretch for the API, with its sentence in the reader's language."""
    return {
        "start": stretch.start.isoformat(),
        "end": stretch.end.isoformat() if stretch.end else None,
        "kind": stretch.kind.value,
        "counted_seconds": stretch.counted_seconds,
        "counted_days": stretch.counted_days,
        "note": stretch.note,
        "sentence": sentence(stretch),
    }


def _pattern(stretch: Stretch) -> str:
    if stretch.kind in COUNTED_DAYS and stretch.counted_days:
        return _pattern_of_days(stretch)
    if stretch.note and stretch.kind in WITH_NOTE:
        return str(WITH_NOTE[stretch.kind])
    return str(PLAIN[stretch.kind])


def _pattern_of_days(stretch: Stretch) -> str:
    if stretch.kind is Kind.CALENDAR_DAYS:
        return ngettext(
            "%(period)s: %(days)d calendar day counts.",
            "%(period)s: %(days)d calendar days count.",
            stretch.counted_days,
        )
    if stretch.kind is Kind.MAKE_UP:
        return ngettext(
            "%(period)s: %(days)d working day counts, a make-up working day.",
            "%(period)s: %(days)d working days count, with a make-up working day.",
            stretch.counted_days,
        )
    return ngettext(
        "%(period)s: %(days)d working day counts.",
        "%(period)s: %(days)d working days count.",
        stretch.counted_days,
    )


COUNTED_DAYS = frozenset({Kind.WORKING, Kind.MAKE_UP, Kind.SPECIAL, Kind.CALENDAR_DAYS})

PLAIN = {
    Kind.WORKING: gettext_lazy("%(period)s: %(length)s of working time count."),
    Kind.MAKE_UP: gettext_lazy("%(period)s: %(length)s of working time count, a make-up working day."),
    Kind.SPECIAL: gettext_lazy("%(period)s: %(length)s of working time count, in the special hours of this day."),
    Kind.ELAPSED: gettext_lazy("%(period)s: %(length)s count, around the clock."),
    Kind.CALENDAR_DAYS: gettext_lazy("%(period)s: %(length)s count, part of a calendar day."),
    Kind.RECEIPT: gettext_lazy("%(period)s: the day of receipt is not counted."),
    Kind.OUTSIDE: gettext_lazy("%(period)s: outside working hours, not counted."),
    Kind.DAY_OFF: gettext_lazy("%(period)s: day off, not counted."),
    Kind.HOLIDAY: gettext_lazy("%(period)s: holiday, not counted."),
    Kind.ROLLED: gettext_lazy(
        "%(period)s: the last day was a day off, so the deadline moves on to the next working day."
    ),
    Kind.PAUSED: gettext_lazy("%(period)s: paused while waiting, not counted."),
    Kind.ENDED: gettext_lazy("%(period)s: this had ended and was taken up again later, not counted."),
}

WITH_NOTE = {
    Kind.MAKE_UP: gettext_lazy("%(period)s: %(length)s of working time count, a make-up working day (%(note)s)."),
    Kind.SPECIAL: gettext_lazy(
        "%(period)s: %(length)s of working time count, in the special hours of this day (%(note)s)."
    ),
    Kind.HOLIDAY: gettext_lazy("%(period)s: holiday (%(note)s), not counted."),
}


def period(stretch: Stretch) -> str:
    """When a stretch is, no more precisely than needed: whole days without the time."""
    zone = ZoneInfo(stretch.timezone)
    begin = stretch.start.astimezone(zone)
    if stretch.end is None:
        return _("Since %(begin)s") % {"begin": _moment(begin)}
    end = stretch.end.astimezone(zone)
    last = (stretch.end - timedelta(microseconds=1)).astimezone(zone)
    from_midnight, to_midnight = _is_midnight(begin), _is_midnight(end)
    if begin.date() != last.date():
        if from_midnight and to_midnight:
            return _("%(first)s to %(last)s") % {"first": day(begin), "last": day(last)}
        return _("%(first)s to %(last)s") % {
            "first": _moment(begin),
            "last": _("%(day)s, 24:00") % {"day": day(last)} if to_midnight else _moment(end),
        }
    if from_midnight and to_midnight:
        return day(begin)
    if from_midnight:
        return _("%(day)s until %(time)s") % {"day": day(begin), "time": _time(end)}
    if to_midnight:
        return _("%(day)s from %(time)s") % {"day": day(begin), "time": _time(begin)}
    return _("%(day)s from %(begin)s to %(end)s") % {
        "day": day(begin),
        "begin": _time(begin),
        "end": _time(end),
    }


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def day(local: datetime) -> str:
    """A date with its weekday: "Thu 26 November 2026"."""
    # Translators: a date format of Django: short weekday, day, month and year.
    return date_format(local, _("D j F Y"))


def _time(local: datetime) -> str:
    # Translators: a date format of Django: hours and minutes.
    return date_format(local, _("H:i"))


def _moment(local: datetime) -> str:
    # Translators: a date format of Django: short weekday, day, month, year, hours and minutes.
    return date_format(local, _("D j F Y, H:i"))
