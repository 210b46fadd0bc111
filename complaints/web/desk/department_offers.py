"""The acts between departments: what the dossier shows of transfers, and what a person may do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import lifecycle, permissions
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, Transfer
from complaints.web.desk.offers import Button, Offer

BUTTONS: Mapping[Verb, Button] = {
    Verb.ACCEPT_TRANSFER: Button("check", at_once=True),
    Verb.OBJECT_TO_TRANSFER: Button("x-circle", serious=True),
    Verb.ARBITRATE: Button("scales"),
    Verb.INTRODUCE: Button("phone"),
}


@dataclass(frozen=True)
class Between:
    """What the dossier shows: the transfer that waits, who has to tell the complainant, and what was before."""

    waiting: Transfer | None
    untold: Transfer | None
    moved: Transfer | None
    """The last one by which another department became responsible: its note is for whoever works on it now."""
    transfers: Sequence[Transfer]
    offers: Sequence[Offer]


def panel(complaint: Complaint, transfers: Sequence[Transfer], allowed: frozenset[Verb]) -> Between:
    """The transfers of a dossier, the newest first, with the buttons for what is `allowed` now."""
    newest_first = list(reversed(transfers))
    waiting = next((each for each in newest_first if each.is_open), None)
    untold = next((each for each in newest_first if each.is_untold), None) if complaint.is_open else None
    verbs = [verb for verb in BUTTONS if verb in allowed and lifecycle.possible(Status(complaint.status), verb)]
    if untold is None:
        verbs = [verb for verb in verbs if verb != Verb.INTRODUCE]
    return Between(
        waiting=waiting,
        untold=untold,
        moved=next((each for each in newest_first if each.moved_at is not None), None),
        transfers=newest_first,
        offers=[_offer(complaint, verb) for verb in verbs],
    )


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act: possible when the complaint stands so that this person may do it."""
    return _offer(complaint, verb, _refusal(verb, user, complaint))


def _refusal(verb: Verb, user: User, complaint: Complaint) -> str:
    allowed = permissions.allowed_verbs(user, complaint)
    if verb not in allowed or not lifecycle.possible(Status(complaint.status), verb):
        return _("There is nothing about which you may do this now.")
    if verb == Verb.INTRODUCE and not any(transfer.is_untold for transfer in complaint.transfers.all()):
        return _("The complainant knows who deals with their complaint.")
    return ""


def _offer(complaint: Complaint, verb: Verb, reason: str = "") -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=BUTTONS[verb],
        reason=reason,
        comes_next=verb in (Verb.ACCEPT_TRANSFER, Verb.ARBITRATE),
    )


ACCEPT, OBJECT, ARBITRATE, INTRODUCE = (
    partial(offer_of, verb) for verb in (Verb.ACCEPT_TRANSFER, Verb.OBJECT_TO_TRANSFER, Verb.ARBITRATE, Verb.INTRODUCE)
)
