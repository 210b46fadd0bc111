"""Moments and spans of time in words: in the reader's language and zone, absolute first.

Every function takes aware datetimes. The reader's zone is Django's current time zone, which the middleware of
accounts sets for a person who is signed in.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

# The cities people name when they say which time they mean; other zones go by the city in their own name.
PLACES: dict[str, str | Promise] = {
    "Asia/Taipei": gettext_lazy("Taipei time"),
    "Asia/Shanghai": gettext_lazy("Beijing time"),
    "Asia/Hong_Kong": gettext_lazy("Hong Kong time"),
    "Asia/Macau": gettext_lazy("Macau time"),
    "Asia/Singapore": gettext_lazy("Singapore time"),
    "Asia/Tokyo": gettext_lazy("Tokyo time"),
    "Europe/London": gettext_lazy("London time"),
    "America/New_York": gettext_lazy("New York time"),
    "UTC": gettext_lazy("UTC"),
}

# Spans on a deadline chip. The script that counts down fills the same patterns, so both say the same.
SPANS: dict[str, str | Promise] = {
    "days": gettext_lazy("{days} d {hours} h"),
    "hours": gettext_lazy("{hours} h {minutes} min"),
    "minutes": gettext_lazy("{minutes} min {seconds} s"),
    "seconds": gettext_lazy("{seconds} s"),
}


def place() -> str:
    """The reader's zone as people say it: "Taipei time"."""
    name = timezone.get_current_timezone_name()
    if name in PLACES:
        return str(PLACES[name])
    return _("%(city)s time") % {"city": name.rsplit("/", 1)[-1].replace("_", " ")}


def full(at: datetime) -> str:
    """Weekday, date, time and zone: "Thursday 26 November 2026, 18:00 Taipei time"."""
    # Translators: a date format of Django: weekday, day, month, year, hours and minutes.
    moment = date_format(timezone.localtime(at), _("l j F Y, H:i"))
    # Translators: a moment and the zone it is told in: "Thursday 26 November 2026, 18:00 Taipei time".
    return _("%(moment)s %(place)s") % {"moment": moment, "place": place()}


def last_minute(at: datetime) -> datetime:
    """A deadline as it is to be told. One at midnight in the reader's zone is told as the last minute of the day that
    it ends: who reads "by Tuesday, 00:00" comes on Tuesday, a day too late.
    """
    return at - timedelta(minutes=1) if timezone.localtime(at).time() == time.min else at


def short(at: datetime, *, now: datetime | None = None) -> str:
    """As little as is clear: "18:00" today, "26 Nov, 18:00" this year, "26 Nov 2025" otherwise."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        # Translators: a date format of Django: hours and minutes.
        return date_format(local, _("H:i"))
    if abs(local - today) < timedelta(days=180):
        # Translators: a date format of Django: day, short month, hours and minutes.
        return date_format(local, _("j M, H:i"))
    # Translators: a date format of Django: day, short month and year.
    return date_format(local, _("j M Y"))


def day(at: datetime) -> str:
    """Weekday and date without the time: "Thursday 26 November 2026"."""
    # Translators: a date format of Django: weekday, day, month and year.
    return date_format(timezone.localtime(at), _("l j F Y"))


def happened(at: datetime) -> str:
    """When it happened, as somebody remembers. Of midnight in the office's zone only the day is known: that is what is
    kept where no time was given.
    """
    local = at.astimezone(timezone.get_default_timezone())
    if local.time() != time.min:
        return full(at)
    with timezone.override(local.tzinfo):
        return day(at)


def ago(at: datetime, *, now: datetime | None = None) -> str:
    """How long since `at`, or until it, in its largest unit. To stand beside the absolute date, never alone."""
    seconds = int(((now or timezone.now()) - at).total_seconds())
    size = abs(seconds)
    if size < 60:
        return _("just now")
    if size < 3600:
        count = size // 60
        past = ngettext("%(count)s minute ago", "%(count)s minutes ago", count)
        coming = ngettext("in %(count)s minute", "in %(count)s minutes", count)
    elif size < 86400:
        count = size // 3600
        past = ngettext("%(count)s hour ago", "%(count)s hours ago", count)
        coming = ngettext("in %(count)s hour", "in %(count)s hours", count)
    else:
        count = size // 86400
        past = ngettext("%(count)s day ago", "%(count)s days ago", count)
        coming = ngettext("in %(count)s day", "in %(count)s days", count)
    return (past if seconds > 0 else coming) % {"count": count}


def span(seconds: float, *, day_seconds: int = 0) -> str:
    """A length of time in its two largest units: "3 h 20 min", "12 min 05 s".

    Hours go on past 24, as working hours do. With `day_seconds`, the working time of an ordinary day, a span of
    more than one such day is told in days: "4 d 2 h".
    """
    left = int(abs(seconds))
    if day_seconds and left >= day_seconds:
        days, rest = divmod(left, day_seconds)
        return str(SPANS["days"]).format(days=days, hours=rest // 3600)
    hours, rest = divmod(left, 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return str(SPANS["hours"]).format(hours=hours, minutes=f"{minutes:02}")
    if minutes:
        return str(SPANS["minutes"]).format(minutes=minutes, seconds=f"{rest:02}")
    return str(SPANS["seconds"]).format(seconds=rest)
