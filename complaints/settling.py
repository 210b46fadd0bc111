"""Matters, the several issues of one letter: where each stands, and how the complaint ends when they have. Pure.

A letter about four things has four answers. A complaint that was never split has no matters and ends as a whole.
(Design section 3, "Matters"; mission M18, S3-42.)
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.errors import IllegalMove
from complaints.lifecycle import Verb
from complaints.vocabulary import Outcome


class MatterState(TextChoices):
    """Where a matter stands. Split off: it goes on as a complaint of its own; dropped: it was none."""

    OPEN = "open", _("To be settled")
    SETTLED = "settled", _("Settled")
    SPLIT_OFF = "split_off", _("Split off")
    DROPPED = "dropped", _("Dropped")


LIVE: frozenset[MatterState] = frozenset({MatterState.OPEN, MatterState.SETTLED})
"""What the complaint itself still has to answer, or has answered."""

MATTER_MOVES: Mapping[tuple[MatterState, Verb], MatterState] = MappingProxyType(
    {
        (MatterState.OPEN, Verb.SETTLE_MATTER): MatterState.SETTLED,
        # until the complainant is told, the office may come to another view
        (MatterState.SETTLED, Verb.SETTLE_MATTER): MatterState.SETTLED,
        **{(state, Verb.DROP_MATTER): MatterState.DROPPED for state in sorted(LIVE)},
        **{(state, Verb.SPLIT_OFF): MatterState.SPLIT_OFF for state in sorted(LIVE)},
        # the answer to this matter did not hold
        (MatterState.SETTLED, Verb.REOPEN): MatterState.OPEN,
        (MatterState.SETTLED, Verb.DISPUTE): MatterState.OPEN,
    }
)

DERIVED: tuple[tuple[frozenset[Outcome], Outcome], ...] = (
    (frozenset({Outcome.WITHDRAWN}), Outcome.WITHDRAWN),
    (frozenset({Outcome.UPHELD, Outcome.WITHDRAWN}), Outcome.UPHELD),
    (frozenset({Outcome.OUTSIDE_REMIT, Outcome.WITHDRAWN}), Outcome.OUTSIDE_REMIT),
    (frozenset({Outcome.NO_FAULT, Outcome.OUTSIDE_REMIT, Outcome.WITHDRAWN}), Outcome.NO_FAULT),
    (
        frozenset({Outcome.NOT_UPHELD, Outcome.NO_FAULT, Outcome.OUTSIDE_REMIT, Outcome.WITHDRAWN}),
        Outcome.NOT_UPHELD,
    ),
    (frozenset(Outcome), Outcome.PARTLY_UPHELD),
)
"""How a complaint ended whose matters ended so: the first row that has them all.

| the matters ended as                                          | the complaint    |
| ------------------------------------------------------------- | ---------------- |
| all taken back                                                | withdrawn        |
| all upheld                                                    | upheld           |
| all outside our remit                                         | outside our remit |
| no fault in all that were ours to judge                       | no fault         |
| none upheld, at least one not upheld                          | not upheld       |
| anything else: some upheld and some not, or one partly        | partly upheld    |

What was taken back does not count beside the others: it was not judged.
"""


def after(state: MatterState, verb: Verb) -> MatterState:
    """The state the act leads to.

    Raises IllegalMove when the act is not possible now.
    """
    try:
        return MATTER_MOVES[state, verb]
    except KeyError:
        raise IllegalMove(
            _("“%(verb)s” is not possible: the matter is “%(state)s”.") % {"verb": verb.label, "state": state.label}
        ) from None


def verbs_from(state: MatterState) -> list[Verb]:
    """The acts of the office possible with a matter in this state, in the order of `Verb`."""
    opening = (Verb.REOPEN, Verb.DISPUTE)
    return [verb for verb in Verb if (state, verb) in MATTER_MOVES and verb not in opening]


def derived(outcomes: Collection[Outcome]) -> Outcome:
    """How the complaint ended, of at least one matter, by `DERIVED`."""
    if not outcomes:
        raise ValueError("A complaint without matters has no derived outcome.")
    return next(outcome for among, outcome in DERIVED if among.issuperset(outcomes))
