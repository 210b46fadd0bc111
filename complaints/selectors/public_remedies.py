"""What the complainant sees of remedies: what is offered for their choice, what was agreed, what was done. Reads only.

What is only planned or was dropped before it was offered, the office's proofs and its reasons are never told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from complaints.lifecycle import Status, Verb, possible
from complaints.models import Complaint, Remedy, RemedyItem
from complaints.remedying import DONE, RemedyState, in_money, letter
from complaints.selectors.digests import of_offered

_SHOWN = sorted({RemedyState.OFFERED, RemedyState.ACCEPTED, *DONE})


@dataclass(frozen=True)
class Thing:
    """One remedy, as the complainant reads it. `amount` is empty where there is no money in it.

    `made_of` says what for, with how much, where several things make up the amount.
    """

    number: int
    kind: Any
    what: str
    amount: str
    agreed_at: datetime | None
    carried_out_on: date | None
    failed_at: datetime | None
    made_of: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Option:
    """What comes together when the complainant takes it."""

    number: int
    things: Sequence[Thing]

    @property
    def letter(self) -> str:
        """How people name it."""
        return letter(self.number)


@dataclass(frozen=True)
class PublicRemedies:
    """All that the page of a case shows of remedies, and what the complainant can do about them now."""

    offer: int | None = None
    digest: str = ""
    """Of what is offered, as it stands: whoever accepts states what they have read."""
    options: Sequence[Option] = field(default_factory=list)
    agreed: Sequence[Thing] = field(default_factory=list)
    can_answer: bool = False
    stands_until: datetime | None = None
    """Until when they can accept; None where no date was stated."""
    has_lapsed: bool = False
    """Whether that moment has passed, so that nothing of it can be accepted any more."""
    can_report: bool = False
    """Whether they can say that something done has not put things right."""

    @property
    def carried_out(self) -> list[Thing]:
        """What was done and not said to have failed."""
        return [thing for thing in self.agreed if thing.carried_out_on and not thing.failed_at]


def public_remedies(complaint: Complaint) -> PublicRemedies:
    """The remedies in two queries. The caller has made sure that the reader may open the case."""
    remedies = list(complaint.remedies.filter(state__in=_SHOWN).prefetch_related("items").order_by("option", "number"))
    offered = [remedy for remedy in remedies if remedy.state == RemedyState.OFFERED]
    numbers = sorted({remedy.option or 0 for remedy in offered})
    status = Status(complaint.status)
    agreed = sorted((remedy for remedy in remedies if remedy not in offered), key=lambda remedy: remedy.number)
    return PublicRemedies(
        offer=offered[0].offer if offered else None,
        digest=of_offered(offered),
        options=[
            Option(number, [_thing(remedy) for remedy in offered if remedy.option == number]) for number in numbers
        ],
        agreed=[_thing(remedy) for remedy in agreed],
        can_answer=bool(offered) and not offered[0].has_lapsed and possible(status, Verb.ACCEPT_OFFER),
        stands_until=offered[0].stands_until if offered else None,
        has_lapsed=bool(offered) and offered[0].has_lapsed and possible(status, Verb.ACCEPT_OFFER),
        can_report=possible(status, Verb.STILL_BROKEN),
    )


def _thing(remedy: Remedy) -> Thing:
    amount = remedy.paid if remedy.paid is not None else remedy.accepted
    amount = amount if amount is not None else remedy.offered
    return Thing(
        number=remedy.number,
        kind=remedy.get_kind_display(),
        what=remedy.what,
        amount="" if amount is None else in_money(amount, remedy.currency),
        agreed_at=remedy.answered_at,
        carried_out_on=remedy.carried_out_on,
        failed_at=remedy.failed_at,
        made_of=_made_of(remedy),
    )


def _made_of(remedy: Remedy) -> list[tuple[str, str]]:
    """The lines of an amount, without the office's words about them; one line says no more than the amount."""
    items = list(remedy.items.all())
    if len(items) < 2:
        return []
    return [(str(item.get_loss_display()), in_money(_latest(item), remedy.currency)) for item in items]


def _latest(item: RemedyItem) -> Decimal:
    """What was paid; before that what was agreed, and first of all what is offered."""
    return next(amount for amount in (item.paid, item.accepted, item.offered) if amount is not None)
