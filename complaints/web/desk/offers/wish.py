"""Another handler at the complainant's wish: what the dossier shows of it, and what a person may do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse

from accounts.models import User
from complaints.errors import ComplaintError
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, HandlerWish
from complaints.permissions import allowed_verbs
from complaints.rehandling import WishState
from complaints.selectors import handler_wishes
from complaints.services.rehandling import check_decides, no_wish_waits
from complaints.web.desk.offers.acts import Asked, Button, Offer

WISH_BUTTONS: Mapping[Verb, Button] = {
    Verb.GRANT_ANOTHER: Button("people"),
    Verb.REFUSE_ANOTHER: Button("x-circle"),
}


@dataclass(frozen=True)
class WishPanel:
    """The wishes, the last one first, the one that waits, and what this person may decide now."""

    wishes: Sequence[HandlerWish]
    waiting: HandlerWish | None
    offers: Sequence[Offer]

    @property
    def possible(self) -> list[Offer]:
        """Those that can be done now."""
        return [offer for offer in self.offers if not offer.reason]


def panel(user: User, complaint: Complaint, *, allowed: frozenset[Verb]) -> WishPanel:
    """The panel for this person: one query, and a few more while a wish waits. `allowed` is
    `permissions.allowed_verbs`.
    """
    wishes = list(handler_wishes.with_all([complaint]))[::-1]
    waiting = next((wish for wish in wishes if _waits(wish, complaint)), None)
    verbs = WISH_BUTTONS if waiting is not None else ()
    return WishPanel(wishes, waiting, [_offer(verb, user, complaint, allowed, waiting) for verb in verbs])


def _waits(wish: HandlerWish, complaint: Complaint) -> bool:
    return wish.state == WishState.OPEN and wish.holder_id == complaint.holder_id and complaint.is_open


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """One of them, for the page of the act."""
    waiting = handler_wishes.open_wish(complaint)
    return _offer(verb, user, complaint, allowed_verbs(user, complaint), waiting)


OFFERS = {verb: partial(offer_of, verb) for verb in WISH_BUTTONS}


def _offer(
    verb: Verb, user: User, complaint: Complaint, allowed: frozenset[Verb], waiting: HandlerWish | None
) -> Offer:
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=WISH_BUTTONS[verb],
        reason=asked.refusal(verb) or (no_wish_waits() if waiting is None else _refusal(user, complaint)),
        comes_next=False,
    )


def _refusal(user: User, complaint: Complaint) -> str:
    try:
        check_decides(user, complaint)
    except ComplaintError as refusal:
        return str(refusal)
    return ""
