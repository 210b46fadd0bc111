"""What the acts share that write a fact down and leave the status as it is: holding the complaint, and moments."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints.errors import invalid
from complaints.lifecycle import Verb
from complaints.limits import check_year
from complaints.models import Complaint
from complaints.services import acting
from complaints.services.intake import CLOCK_SKEW

__all__ = ["CLOCK_SKEW", "happened", "held_for"]


def held_for(complaint_id: int, by: User, verb: Verb) -> Complaint:
    """Hold the complaint and ask both questions at once: may this person, and is it possible now?

    Raises NotAllowed or IllegalMove.
    """
    complaint = acting.held_for(complaint_id, by, verb)
    return complaint


def happened(field: str, at: datetime | None, now: datetime) -> datetime:
    """When something happened that is being recorded now: at that moment (aware), else just now.

    Raises Invalid, naming the field, for what has not happened yet or lies too far back.
    """
    if at is None:
        return now
    if timezone.is_naive(at):
        raise invalid(field, _("Say in which time zone this moment is."))
    if at > now + CLOCK_SKEW:
        raise invalid(field, _("This lies in the future. Record it when it has happened."))
    check_year(field, at)
    return min(at, now)
