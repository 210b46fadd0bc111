"""A complainant asks for another handler: what they wish, where that stands, and who is senior enough to decide. Pure.

Another person, or the supervisor, if the complainant wishes so and somebody senior to the handler finds that they are
right. (Mission M43: S4-26; a supervisor can be asked for: S4-55.)
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import TIER_HOLDERS, Role


class Wish(TextChoices):
    """Whom the complainant would rather have."""

    ANOTHER = "another", _("Another person")
    SUPERVISOR = "supervisor", _("The supervisor")


class WishState(TextChoices):
    """Where the wish stands. Overtaken: the complaint changed hands or ended before anybody had decided."""

    OPEN = "open", _("Waits for a decision")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    OVERTAKEN = "overtaken", _("Overtaken")


DECIDED: frozenset[WishState] = frozenset({WishState.GRANTED, WishState.REFUSED})
"""Somebody senior has said yes or no."""

RANKS: Mapping[Role, int] = MappingProxyType({role: tier for tier, role in TIER_HOLDERS.items()})
"""How high a role stands: by the tier of the ladder that it holds. Every other role stands below all of them."""


def rank(roles: Collection[str]) -> int:
    """How high somebody with these roles stands: by the highest of them."""
    return max((RANKS.get(Role(role), 0) for role in roles), default=0)


def deciding(leading: Mapping[int, int], holder: int, holder_rank: int) -> set[int]:
    """Of those who lead where a complaint lies (each with their rank) the ones who may decide about its holder: those
    who stand above them. Where nobody does, whoever else leads there: a wish never waits for nobody.
    """
    others = {person: standing for person, standing in leading.items() if person != holder}
    above = {person for person, standing in others.items() if standing > holder_rank}
    return above or set(others)
