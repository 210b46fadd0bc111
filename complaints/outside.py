"""What happens outside the house, and who may speak for whom. Pure.

Mediation, an order of a regulator, a court: each with its due date (mission M39; S2-04 to S2-06, S2-62). Whoever
complains for somebody else shows by what right, before anything about that person is told (mission M01).
"""

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProceedingKind(TextChoices):
    """Who else deals with the matter."""

    MEDIATION = "mediation", _("Mediation")
    REGULATOR_ORDER = "regulator_order", _("Order of a regulator")
    COURT = "court", _("Court")


class Basis(TextChoices):
    """By what right somebody acts for somebody else."""

    POWER_OF_ATTORNEY = "power_of_attorney", _("Power of attorney")
    CONSENT = "consent", _("Written consent")
    GUARDIAN = "guardian", _("Parent or guardian")
    LAWYER = "lawyer", _("Lawyer")
    COMPANY = "company", _("Acts for a company or a body")
    HEIR = "heir", _("Heir, or acts for an estate")


def is_good(*, document_seen: bool, valid_until: date | None, revoked: bool, today: date) -> bool:
    """Whether an authority counts on that local date: somebody saw the document, and it has neither ended nor been
    revoked. `valid_until` is its last day; None is without an end.
    """
    return document_seen and not revoked and (valid_until is None or today <= valid_until)


def about(number: int) -> str:
    """How the clock of a proceeding names it."""
    return f"proceeding:{number}"
