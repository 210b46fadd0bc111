"""Transfers between departments: where one stands, what counts as a bounce, and who stands above both. Pure.

No passing the buck: a department asks another one to take a complaint, and that one accepts or objects with reasons
within a stated time. Silence accepts. An objection goes to whoever leads the nearest department above both. (Design
section 3; mission M11: S1-19, S3-07, S3-17, S3-29, S3-53.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class TransferState(TextChoices):
    """Where a transfer stands. Direct: whoever works for both departments needs to ask nobody."""

    ASKED = "asked", _("Waiting for the other department")
    ARBITRATION = "arbitration", _("In arbitration")
    DIRECT = "direct", _("Handed over directly")
    ACCEPTED = "accepted", _("Accepted")
    DECIDED = "decided", _("Decided by arbitration")
    CALLED_OFF = "called_off", _("Called off")


OPEN: frozenset[TransferState] = frozenset({TransferState.ASKED, TransferState.ARBITRATION})
"""Somebody still has to answer. Meanwhile the department that sends it stays responsible."""

AGREED: frozenset[TransferState] = frozenset({TransferState.DIRECT, TransferState.ACCEPTED})
"""The complaint went from one department to the other without an arbiter."""

ARBITERS: tuple[Role, ...] = (Role.SUPERVISOR, Role.MANAGER, Role.SPECIALIST, Role.EXECUTIVE)
"""Who decides between two departments, in the order in which they are asked: those who lead."""

USUAL_ANSWER_HOURS = 8
"""Working hours in which the other department answers, unless the policy says otherwise: one day at the office."""


@dataclass(frozen=True)
class Leg:
    """What one transfer says about bouncing: whether it was objected to, and whether departments moved the complaint
    by it themselves.
    """

    objected: bool
    agreed: bool


def bounces(legs: Iterable[Leg]) -> int:
    """How often a complaint was sent back or moved on: each objection, and each move after the first. What an arbiter
    decides is no bounce; it ends them.
    """
    legs = list(legs)
    moves = sum(leg.agreed for leg in legs)
    return sum(leg.objected for leg in legs) + max(0, moves - 1)


def above_both(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """The departments above both of two, the nearest first, of the lines `one` and `other` that begin with the
    departments themselves. None of the two judges in its own cause, unless nothing is above them.
    """
    parties = {one[0], other[0]}
    common = [department for department in one if department in other]
    return [department for department in common if department not in parties] or common


def only_arbitration(count: int, most: int) -> bool:
    """Whether a complaint has bounced so often that departments do not move it any more by themselves."""
    return count >= most


def about(number: int) -> str:
    """How the clock of a transfer names it."""
    return f"transfer:{number}"


def about_briefing(number: int) -> str:
    """How the clock of a briefing names it."""
    return f"briefing:{number}"


@dataclass(frozen=True)
class HandoverNote:
    """What the receiving department has to know of the complainant, so that nobody has to tell their story again."""

    spoken: str = ""
    promised: str = ""
    knows: str = ""

    def parts(self) -> dict[str, str]:
        """By the names of the fields, without the blanks around them."""
        return {"spoken": self.spoken.strip(), "promised": self.promised.strip(), "knows": self.knows.strip()}
