"""Moments as whole microseconds since 1970-01-01 00:00 UTC: the arithmetic of deadlines is done on these.

Whole numbers keep it exact (no rounding adds up over years of working time) and fast. Pure.
"""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from escalation.errors import NaiveMoment, OutOfReach

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """The moment as microseconds since the epoch. Raises NaiveMoment if it has no time zone."""
    if moment.tzinfo is None:
        raise NaiveMoment(
            _("The moment %(moment)s has no time zone: write it with an offset, for example %(moment)s+00:00.")
            % {"moment": moment.isoformat()}
        )
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def from_micros(micros: int) -> datetime:
    """The aware UTC moment that lies so many microseconds after the epoch. Raises OutOfReach after the year
    9999.
    """
    try:
        return EPOCH + MICROSECOND * micros  # half again as fast as making the length anew
    except OverflowError:
        raise OutOfReach(_("The moment lies outside the years 1 to 9999.")) from None


def micros(seconds: float) -> int:
    """A length of time in seconds as whole microseconds, rounded to the nearest."""
    return round(seconds * SECOND)
