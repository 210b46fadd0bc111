"""Proofs and numbers: what the dossier shows of them, and what a person may do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.lifecycle import Status, Verb
from complaints.models import CaseNumber, Complaint, Proof
from complaints.permissions import allowed_verbs
from complaints.web.desk.offers.acts import Asked, Button, Offer

PROOF_BUTTONS: Mapping[Verb, Button] = {
    Verb.LIST_PROOF: Button("list"),
    Verb.SETTLE_PROOF: Button("check"),
    Verb.RECORD_NUMBER: Button("tag"),
}


@dataclass(frozen=True)
class ProofPanel:
    """The list of proofs, the numbers, and what may be done about them now."""

    proofs: Sequence[Proof]
    numbers: Sequence[CaseNumber]
    offers: Sequence[Offer]


def panel(user: User, complaint: Complaint, *, allowed: frozenset[Verb]) -> ProofPanel:
    """The panel for this person: two queries."""
    proofs = list(complaint.proofs.select_related("file", "settled_by"))
    offers = [_offer(verb, user, complaint, allowed, proofs) for verb in PROOF_BUTTONS]
    return ProofPanel(proofs, list(complaint.numbers.all()), [offer for offer in offers if not offer.reason])


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act."""
    return _offer(verb, user, complaint, allowed_verbs(user, complaint), list(complaint.proofs.all()))


OFFERS = {verb: partial(offer_of, verb) for verb in PROOF_BUTTONS}


def _offer(verb: Verb, user: User, complaint: Complaint, allowed: frozenset[Verb], proofs: Sequence[Proof]) -> Offer:
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    nothing = verb == Verb.SETTLE_PROOF and not proofs
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=PROOF_BUTTONS[verb],
        reason=asked.refusal(verb) or (_("No proof is on the list.") if nothing else ""),
        comes_next=False,
    )
