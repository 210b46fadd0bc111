"""Remedies: what can be done for the complainant, where each stands, which act leads where, and what follows when one
has not put things right. Pure.

Several may be offered for choice; what is offered and accepted is agreed by both, and only that is carried out.
(Design section 3; mission M13, S0-56, S1-21, S2-11, S2-15, S2-63 to S2-65.)
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Verb


class RemedyKind(TextChoices):
    """What is done for the complainant."""

    RETURN = "return", _("Return of goods")
    EXCHANGE = "exchange", _("Exchange")
    REPAIR = "repair", _("Repair")
    REDO = "redo", _("Do the service again")
    DISCOUNT = "discount", _("Discount")
    COMPENSATION = "compensation", _("Compensation")
    APOLOGY = "apology", _("Apology")
    EXPLANATION = "explanation", _("Explanation")
    GIFT = "gift", _("Gift")
    CORRECTION = "correction", _("Correction of a record")


class RemedyState(TextChoices):
    """Where a remedy stands. Not chosen: the complainant took another one of the same offer. Failed: it was carried
    out and did not put things right.
    """

    PLANNED = "planned", _("Planned")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Agreed")
    NOT_CHOSEN = "not_chosen", _("Not chosen")
    REFUSED = "refused", _("Refused")
    CARRIED_OUT = "carried_out", _("Carried out")
    FAILED = "failed", _("Still not put right")
    DROPPED = "dropped", _("Dropped")


class Loss(TextChoices):
    """What a line of money makes good (mission S2-15, S2-65)."""

    PRICE = "price", _("Price or fee")
    REPAIR = "repair", _("Cost of repair or replacement")
    MEDICAL = "medical", _("Medical treatment")
    NURSING = "nursing", _("Nursing")
    INCOME = "income", _("Lost income")
    TRAVEL = "travel", _("Travel and carriage")
    INCONVENIENCE = "inconvenience", _("Inconvenience")
    OTHER = "other", _("Other loss")


class SupplierClaimState(TextChoices):
    """Where it stands what the office wants back from the maker or the supplier (mission M40)."""

    CLAIMED = "claimed", _("Claimed")
    RECOVERED = "recovered", _("Recovered")
    REFUSED = "refused", _("Refused by the supplier")
    GIVEN_UP = "given_up", _("Given up")


OPEN: frozenset[RemedyState] = frozenset({RemedyState.PLANNED, RemedyState.OFFERED, RemedyState.ACCEPTED})
"""Something still has to come of it: a complaint is not resolved before."""

ANSWERED: frozenset[RemedyState] = frozenset({RemedyState.ACCEPTED, RemedyState.NOT_CHOSEN, RemedyState.REFUSED})
"""The complainant has said yes or no, and nothing has happened since."""

DONE: frozenset[RemedyState] = frozenset({RemedyState.CARRIED_OUT, RemedyState.FAILED})
"""It was carried out, whatever became of it."""

NEEDS_NO_AGREEMENT: frozenset[RemedyKind] = frozenset(
    {RemedyKind.APOLOGY, RemedyKind.EXPLANATION, RemedyKind.CORRECTION}
)
"""The office may do these without asking: they take nothing from the complainant and settle nothing for them."""

WITH_MONEY: frozenset[RemedyKind] = frozenset(RemedyKind) - NEEDS_NO_AGREEMENT
"""These may have lines of money."""

NEEDS_MONEY: frozenset[RemedyKind] = frozenset({RemedyKind.DISCOUNT, RemedyKind.COMPENSATION})
"""These are nothing without."""

REMEDY_MOVES: Mapping[tuple[RemedyState, Verb], RemedyState] = MappingProxyType(
    {
        (RemedyState.PLANNED, Verb.OFFER): RemedyState.OFFERED,
        # of those offered for choice that are not taken, see NOT_CHOSEN
        (RemedyState.OFFERED, Verb.ACCEPT_OFFER): RemedyState.ACCEPTED,
        (RemedyState.OFFERED, Verb.REFUSE_OFFER): RemedyState.REFUSED,
        (RemedyState.ACCEPTED, Verb.CARRY_OUT): RemedyState.CARRIED_OUT,
        (RemedyState.PLANNED, Verb.CARRY_OUT): RemedyState.CARRIED_OUT,  # only what needs no agreement: see `after`
        (RemedyState.CARRIED_OUT, Verb.STILL_BROKEN): RemedyState.FAILED,
        **{(state, Verb.DROP_REMEDY): RemedyState.DROPPED for state in sorted(OPEN)},
    }
)

ONCE_MORE: Mapping[RemedyKind, tuple[int, RemedyKind]] = MappingProxyType(
    {
        RemedyKind.REPAIR: (2, RemedyKind.EXCHANGE),
        RemedyKind.EXCHANGE: (1, RemedyKind.RETURN),
        RemedyKind.REDO: (2, RemedyKind.DISCOUNT),
        RemedyKind.DISCOUNT: (1, RemedyKind.COMPENSATION),
        RemedyKind.RETURN: (1, RemedyKind.COMPENSATION),
    }
)
"""How often a remedy may fail before another one is proposed, and which. Two repairs, then exchange, then return: the
three guarantees of the Chinese law on product quality (三包; mission S2-11). Services go the like way (S2-63).
"""

MOST_AMOUNT = Decimal("999999999999.999")

_CURRENCY = re.compile(r"[A-Z]{3}")
_MINOR_UNITS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def after(kind: RemedyKind, state: RemedyState, verb: Verb) -> RemedyState:
    """The state the act leads to.

    Raises IllegalMove when the act is not possible now.
    """
    if (state, verb) == (RemedyState.PLANNED, Verb.CARRY_OUT) and kind not in NEEDS_NO_AGREEMENT:
        raise IllegalMove(
            _("“%(kind)s” must be offered and accepted before it is carried out.") % {"kind": kind.label}
        )
    try:
        return REMEDY_MOVES[state, verb]
    except KeyError:
        raise IllegalMove(
            _("“%(verb)s” is not possible: the remedy is “%(state)s”.") % {"verb": verb.label, "state": state.label}
        ) from None


def verbs_from(kind: RemedyKind, state: RemedyState) -> list[Verb]:
    """The acts possible with a remedy of this kind in this state, in the order of `Verb`."""
    without_asking = state != RemedyState.PLANNED or kind in NEEDS_NO_AGREEMENT
    return [verb for verb in Verb if (state, verb) in REMEDY_MOVES and (verb != Verb.CARRY_OUT or without_asking)]


def next_remedy(kind: RemedyKind, failed: int) -> RemedyKind | None:
    """What to propose after a remedy of this kind has failed for the `failed`-th time in one complaint: the same once
    more, or the next one up. None where no rule knows better than the people.
    """
    if kind not in ONCE_MORE:
        return None
    times, following = ONCE_MORE[kind]
    return kind if failed < times else following


def has_lapsed(state: str, stands_until: datetime | None, now: datetime) -> bool:
    """Whether what was offered can be accepted no more, because the stated moment has passed. Moments are aware; one
    that is offered without any stands until it is answered or dropped.
    """
    return state == RemedyState.OFFERED and stands_until is not None and stands_until <= now


def letter(option: int) -> str:
    """How people name an option of an offer: A, B, C."""
    return chr(ord("A") + option - 1)


def minor_units(currency: str) -> int:
    """How many decimals an amount in this currency has (ISO 4217)."""
    return _MINOR_UNITS.get(currency, 2)


def checked_currency(currency: str) -> str:
    """Three capital letters. Raises Invalid."""
    currency = currency.strip().upper()
    if not _CURRENCY.fullmatch(currency):
        raise invalid("currency", _("Give the currency by its three letters, such as TWD."))
    return currency


def checked_amount(field: str, amount: Decimal, currency: str) -> Decimal:
    """The exact amount; nothing is rounded.

    Raises Invalid naming the field when it is below nothing, far too much, or finer than the currency is.
    """
    if not amount.is_finite() or not 0 <= amount <= MOST_AMOUNT:
        raise invalid(field, _("Give an amount that is not below nothing."))
    check_decimals(field, amount, currency)
    return round(amount, minor_units(currency))


def amount_or_none(field: str, amount: Decimal | None, currency: str) -> tuple[Decimal | None, str]:
    """An exact amount with its currency, or neither. Raises Invalid naming the field, or `currency`."""
    currency = currency.strip().upper()
    if amount is None and not currency:
        return None, ""
    if amount is None:
        raise invalid(field, _("Say how much."))
    if not amount.is_finite() or not 0 <= amount <= MOST_AMOUNT or amount != amount.quantize(Decimal("0.01")):
        raise invalid(field, _("Give an amount with at most two decimals, not below nothing."))
    currency = checked_currency(currency)
    check_decimals(field, amount, currency)
    return amount, currency


def check_decimals(field: str, amount: Decimal, currency: str) -> None:
    """An amount is no finer than its currency is. Raises Invalid naming the field."""
    decimals = minor_units(currency)
    if amount != round(amount, decimals):
        raise invalid(
            field,
            _("An amount in %(currency)s has at most %(decimals)d decimals.")
            % {"currency": currency, "decimals": decimals},
        )


def in_money(amount: Decimal, currency: str) -> str:
    """An amount as people read it, such as “TWD 1,200.00”."""
    return f"{currency} {amount:,.{minor_units(currency)}f}"
