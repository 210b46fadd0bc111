"""How much we take in, in one place for the form, the API and the importer. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.errors import Invalid, invalid

MAX_SUBJECT = 200
MAX_TEXT = 20_000
MAX_LINE = 200
EARLIEST_YEAR = 1900
"""Nobody complains about what happened before; a typing error does."""
FARTHEST = timedelta(days=366)
"""Nobody promises a call in two years; a slip of the finger does."""


EMPTY = _("This may not be empty.")
"""What is said of a text that is needed and not there. A form that knows the name of the field says that instead."""


def too_long(texts: Mapping[str, tuple[str, int]]) -> dict[str, list[str]]:
    """Field → sentence for each text longer than its limit in characters."""
    return {
        field: [
            _("This has %(length)d characters; %(limit)d are taken. Shorten it, or attach it as a file.")
            % {"length": len(text), "limit": limit}
        ]
        for field, (text, limit) in texts.items()
        if len(text) > limit
    }


def check_text(field: str, text: str) -> str:
    """The text without surrounding space.

    Raises Invalid naming the field when nothing is left or it is too long.
    """
    text = text.strip()
    if not text:
        raise Invalid(_("Something is missing."), errors={field: [EMPTY]})
    errors = too_long({field: (text, MAX_TEXT)})
    if errors:
        raise Invalid(_("Something is too long."), errors=errors)
    return text


def optional_text(field: str, text: str) -> str:
    """The text without surrounding space, or none. Raises Invalid naming the field when it is too long."""
    return check_text(field, text) if text.strip() else ""


def check_line(field: str, text: str) -> str:
    """The same for what is one short line: a name, a number."""
    text = check_text(field, text)
    if errors := too_long({field: (text, MAX_LINE)}):
        raise Invalid(_("Something is too long."), errors=errors)
    return text


def check_year(field: str, day: date) -> None:
    """A day, or a moment, that somebody remembers is of our time. Raises Invalid naming the field."""
    if day.year < EARLIEST_YEAR:
        raise invalid(field, _("This lies before the year 1900."))


def check_promised(field: str, until: datetime, now: datetime) -> None:
    """A moment that somebody promises to a complainant lies ahead, at most a year. Raises Invalid naming the field."""
    if timezone.is_naive(until):
        raise invalid(field, _("Say in which time zone this moment is."))
    if until <= now:
        raise invalid(field, _("This moment has passed. Promise one that lies ahead."))
    if until > now + FARTHEST:
        raise invalid(field, _("This is more than a year ahead. Promise an earlier moment."))
