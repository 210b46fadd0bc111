"""Reading and writing the JSON form of a calendar. Pure.

Whatever is wrong raises BadCalendar, which names the field and what to write instead.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from escalation.calendars.timeline import FIRST_YEAR, LAST_YEAR, Span, Week
from escalation.documents import below
from escalation.errors import BadCalendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def zone_name(name: str, path: str) -> str:
    """The name of a time zone that is known. Raises BadCalendar."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # unknown names, names that are paths, names that are folders
        raise BadCalendar(
            path,
            _("No time zone is called “%(name)s”; write a name such as Asia/Taipei or Europe/London.")
            % {"name": name},
        ) from None
    return name


def week_of(document: Any, path: str) -> Week:
    """The spans of the seven weekdays; one that is left out is closed. Raises BadCalendar."""
    if not isinstance(document, Mapping):
        raise BadCalendar(path, _("This must be an object with the weekdays mon to sun."))
    for name in document:
        if name not in WEEKDAYS:
            raise BadCalendar(
                below(path, str(name)),
                _("There is no such weekday; write one of: %(names)s.") % {"names": ", ".join(WEEKDAYS)},
            )
    return tuple(_spans(document.get(name, []), below(path, name)) for name in WEEKDAYS)


def days_of(document: Any, path: str) -> dict[date, tuple[Span, ...]]:
    """The dates that differ from their weekday. Raises BadCalendar."""
    if not isinstance(document, Mapping):
        raise BadCalendar(
            path, _("This must be an object with one field for each date that differs from its weekday.")
        )
    return {
        date_of(name, below(path, str(name))): _spans(spans, below(path, name)) for name, spans in document.items()
    }


def notes_of(document: Any, path: str, days: Mapping[date, Any]) -> dict[date, str]:
    """The reasons of dates among `days`. Raises BadCalendar."""
    if not isinstance(document, Mapping):
        raise BadCalendar(path, _("This must be an object with one text for each date."))
    notes: dict[date, str] = {}
    for name, note in document.items():
        day = date_of(name, below(path, str(name)))
        if day not in days:
            raise BadCalendar(below(path, name), _("This date is not listed in “days”, so there is nothing to note."))
        if not isinstance(note, str) or not note.strip():
            raise BadCalendar(below(path, name), _("This must be a text that is not empty."))
        notes[day] = note.strip()
    return notes


def date_of(value: Any, path: str) -> date:
    """A date of the years that calendars cover, written 2026-02-14. Raises BadCalendar."""
    try:
        if not isinstance(value, str) or not DATE.fullmatch(value):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise BadCalendar(path, _("This is not a date; write year-month-day, for example 2026-02-14.")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCalendar(
            path,
            _("Calendars cover the years %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return day


def _spans(document: Any, path: str) -> tuple[Span, ...]:
    if not isinstance(document, list | tuple):
        raise BadCalendar(path, _('This must be a list of spans such as [["09:00", "17:30"]], or [] when closed.'))
    spans: list[Span] = []
    for number, pair in enumerate(document):
        place = f"{path}[{number}]"
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise BadCalendar(place, _('A span is a start and an end, for example ["09:00", "17:30"].'))
        opens, closes = _minutes(pair[0], place), _minutes(pair[1], place)
        if opens >= closes:
            raise BadCalendar(
                place,
                _("The span must end after it starts; write a night as two spans, one of them ending at 24:00."),
            )
        if spans and opens < spans[-1][1]:
            raise BadCalendar(place, _("The span begins before the one above it has ended; put them in order."))
        spans.append((opens, closes))
    return tuple(spans)


def _minutes(value: Any, path: str) -> int:
    found = TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else 24 * 60 + 1
    if minutes > 24 * 60:
        raise BadCalendar(path, _("A time of day is written HH:MM, from 00:00 to 24:00."))
    return minutes


def spans_to_json(spans: tuple[Span, ...]) -> list[list[str]]:
    """Spans (minutes since midnight) as "HH:MM", `24:00` included."""
    return [[f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span] for span in spans]
