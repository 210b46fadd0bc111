"""What makes a complaint major, what a safety incident is, and what the press does not change. Pure.

Major is decided by criteria, not by feeling: harm to the business, to its name, or of a legal kind; a death; or three
people harmed. (Design section 3; missions M05, M07, M25, M46; S2-02, S2-03, S3-25 to S3-27.)
"""

from collections.abc import Collection
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.errors import Invalid, invalid

MANY_HARMED = 3
"""So many people harmed, the dead among them, make an incident major whatever else is said of it (S3-26)."""

MOST_PEOPLE = 30_000
"""More people than any counter holds; a slip of the finger names more."""


class Criterion(TextChoices):
    """Why a complaint is major."""

    BUSINESS = "business", _("Business: work stops, or a large loss threatens")
    REPUTATION = "reputation", _("Reputation: the trust of the public is at stake")
    LEGAL = "legal", _("Legal: a law was broken, or a court or an authority will ask")
    DEATH = "death", _("Somebody has died")
    SEVERAL_HARMED = "several_harmed", _("Three or more people were harmed")


OF_NUMBERS: frozenset[Criterion] = frozenset({Criterion.DEATH, Criterion.SEVERAL_HARMED})
"""These follow from how many people were harmed and died; nobody claims or denies them."""

JUDGED: tuple[Criterion, ...] = tuple(criterion for criterion in Criterion if criterion not in OF_NUMBERS)
"""These somebody judges."""


class SafetyKind(TextChoices):
    """What happened to the safety of the people here."""

    THREAT = "threat", _("Threat")
    DISRUPTION = "disruption", _("Disruption")
    ABUSE = "abuse", _("Abuse of a member of the staff")
    VIOLENCE = "violence", _("Assault or damage")


class SafetyGrade(TextChoices):
    """How far it went, the least first (mission M05; S0-23)."""

    CONTAINED = "contained", _("Contained: no loss, and the work goes on")
    SERIOUS = "serious", _("Serious: somebody was hurt, or something was lost or damaged")
    CROWD = "crowd", _("A crowd, or the work here stops")


class Told(TextChoices):
    """Who was told of a safety incident."""

    MANAGEMENT = "management", _("Management")
    SECURITY = "security", _("Security")
    POLICE = "police", _("Police")
    COLLEAGUES = "colleagues", _("Colleagues at the counter")
    OTHER = "other", _("Somebody else")


def criteria_met(*, judged: Collection[Criterion], harmed: int, dead: int) -> list[Criterion]:
    """The criteria that are met, in their order. `harmed` counts those who live; `dead` are harmed, too.

    Raises Invalid, naming the field, for numbers that cannot be, for a criterion that only follows from them, and
    when none is met.
    """
    errors: dict[str, list[Any]] = {}
    for field, number in (("harmed", harmed), ("dead", dead)):
        if not 0 <= number <= MOST_PEOPLE:
            errors[field] = [_("Give a number of people from 0 to %(most)d.") % {"most": MOST_PEOPLE}]
    met = set(judged) & set(JUDGED)
    if dead > 0:
        met.add(Criterion.DEATH)
    if harmed + dead >= MANY_HARMED:
        met.add(Criterion.SEVERAL_HARMED)
    unfounded = set(judged) & OF_NUMBERS - met
    if unfounded:
        errors["criteria"] = [
            _("“%(criterion)s” follows from the numbers of people. Give those.") % {"criterion": criterion.label}
            for criterion in Criterion
            if criterion in unfounded
        ]
    if errors:
        raise Invalid(_("The facts do not fit together."), errors=errors)
    if not met:
        raise invalid(
            "criteria",
            _("No criterion is met: without one the complaint is not major. Choose one, or set its priority."),
        )
    return [criterion for criterion in Criterion if criterion in met]
