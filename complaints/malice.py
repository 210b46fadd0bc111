"""Malicious, safely: what the complainant is told of a grave class, until when it stands, what becomes of it. Pure.

Two people decide it, for one complaint and never for a person; the complainant may object as long as it stands, and a
third person decides. Nobody renews it: it lapses by itself. It changes nothing about what the office owes. (Mission
M04; S0-20, S0-48, S2-49.)
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.classes import NEEDS_SECOND_PERSON, ComplaintClass, Kind
from complaints.errors import IllegalMove, invalid
from complaints.placeholders import check_words

USUAL_REVIEW = timedelta(days=90)
"""How long a grave class stands unless it is renewed, where no policy says how long."""


class ObjectionState(TextChoices):
    """Where an objection stands. Overtaken: the class ended for another reason before anybody had decided."""

    OPEN = "open", _("Waits for a third person")
    UPHELD = "upheld", _("Upheld: the class was lifted")
    DISMISSED = "dismissed", _("Dismissed: the class stands")
    OVERTAKEN = "overtaken", _("The class ended first")


DECIDED: frozenset[ObjectionState] = frozenset({ObjectionState.UPHELD, ObjectionState.DISMISSED})

FINDINGS: Mapping[Kind, Promise] = MappingProxyType(
    {
        Kind.UNREASONABLE: _("What is asked for goes beyond what can reasonably be asked of us."),
        Kind.ABUSE: _("People of our office were insulted over this complaint."),
        Kind.THREAT: _("Somebody was threatened over this complaint."),
        Kind.DISRUPTION: _("Our work, or that of others, was disrupted over this complaint."),
    }
)
"""What the complainant reads of the kinds: about the complaint, never about them, and never the name of the class."""


def check_told(complaint_class: ComplaintClass, told: str) -> str:
    """The words for the complainant: a grave class has some, another one none. Raises Invalid naming `told`."""
    if complaint_class in NEEDS_SECOND_PERSON:
        if not told.strip():
            raise invalid("told", _("Say what the complainant is told: they read these reasons and may object."))
        return check_words("told", told)
    if told.strip():
        raise invalid("told", _("The complainant is told the reasons of a grave class only. Leave it empty."))
    return ""


def check_stands(review_at: datetime | None, now: datetime) -> None:
    """A class whose review date has come has lapsed, even if nobody has written that down yet. Raises IllegalMove."""
    if review_at is None or review_at <= now:
        raise IllegalMove(_("The review date of this class has passed, so it has lapsed."))
