"""The acts on matters: what a person may do with each matter of a dossier, as buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import matters
from complaints.selectors.matters import MatterEntry
from complaints.web.desk.offers.acts import Button, Offer

MATTER_BUTTONS: Mapping[Verb, Button] = {
    Verb.SETTLE_MATTER: Button("check-circle"),
    Verb.SPLIT_OFF: Button("arrow-right"),
    Verb.DROP_MATTER: Button("minus-circle", serious=True),
}


@dataclass(frozen=True)
class MatterRow:
    """A matter of the dossier with its buttons."""

    entry: MatterEntry
    offers: Sequence[Offer]


def matter_rows(complaint: Complaint, entries: Sequence[MatterEntry]) -> list[MatterRow]:
    """The matters of a dossier; each button leads to the form of its act, with the matter chosen."""
    return [
        MatterRow(entry, [_offer(complaint, verb) for verb in MATTER_BUTTONS if verb in entry.verbs])
        for entry in entries
    ]


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act: possible when it is with any of the complaint's matters."""
    split = matters.of(user, complaint, allowed=permissions.allowed_verbs(user, complaint))
    possible = any(verb in entry.verbs for entry in split.entries)
    return _offer(complaint, verb, "" if possible else _("There is no matter with which you may do this now."))


def _offer(complaint: Complaint, verb: Verb, reason: str = "") -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=MATTER_BUTTONS[verb],
        reason=reason,
        comes_next=verb == Verb.SETTLE_MATTER,
    )


SETTLE, DROP, SPLIT_OFF = (partial(offer_of, verb) for verb in (Verb.SETTLE_MATTER, Verb.DROP_MATTER, Verb.SPLIT_OFF))
