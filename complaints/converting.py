"""Conversion: a communicative complaint that is badly handled becomes a valid one. Pure. (Mission M03; S0-34.)"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONVERSION_PROPOSED = "conversion_proposed"
"""The event by which the system proposes it. Its data: decision, conversion, and clock where a promise was broken."""


class Conversion(TextChoices):
    """Why a complaint that was communicative is valid now."""

    OVERDUE = "overdue", _("A promise was broken")
    DISPUTED = "disputed", _("The answer was disputed")
    FOUND = "found", _("Somebody looked at it again")


WHY: Mapping[str, Promise] = MappingProxyType(
    {
        Conversion.OVERDUE.value: _(
            "A date that was promised to the complainant has passed. Badly handled, this communicative complaint"
            " should count as a valid one."
        ),
        Conversion.DISPUTED.value: _(
            "The complainant disagrees with the answer. Badly handled, this communicative complaint should count as a"
            " valid one."
        ),
    }
)
"""What the office reads of a proposal."""
