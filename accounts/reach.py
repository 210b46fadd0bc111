"""How far from today shifts and absences may lie. A slip of the finger writes the year 20266 or 0002; PostgreSQL keeps
moments that Python cannot read back, and one of those among the absences would stop whoever looks for a holder.
"""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.refusals import unfit

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
LAST = datetime(2199, 12, 31, tzinfo=UTC)


def within_reach(moment: datetime) -> None:
    """Raise ValidationError for an aware moment in a year far away."""
    if not FIRST <= moment <= LAST:
        raise ValidationError(
            _("Write a date from the year %(first)d to %(last)d."), params={"first": FIRST.year, "last": LAST.year}
        )


def check_within_reach(*, starts_at: datetime, ends_at: datetime) -> None:
    """Raise Unfit at the field of an aware moment in a year far away."""
    for field, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        try:
            within_reach(moment)
        except ValidationError as refusal:
            raise unfit(field, refusal.messages[0]) from None
