"""The acts about proceedings, holds and standing: what a person may do of them now, and why not the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from complaints.selectors import parties
from complaints.selectors.parties import Parties
from complaints.web.desk.offers.acts import Asked, Button, Offer

OUTSIDE_BUTTONS: Mapping[Verb, Button] = {
    Verb.OPEN_PROCEEDING: Button("building"),
    Verb.MOVE_PROCEEDING: Button("calendar"),
    Verb.END_PROCEEDING: Button("check"),
    Verb.PLACE_HOLD: Button("lock"),
    Verb.LIFT_HOLD: Button("lock"),
    Verb.RECORD_AUTHORITY: Button("key"),
    Verb.REVOKE_AUTHORITY: Button("x-circle"),
    Verb.ADD_COMPLAINANT: Button("people"),
    Verb.REMOVE_COMPLAINANT: Button("minus-circle"),
}


@dataclass(frozen=True)
class OutsidePanel:
    """What the panel of the dossier shows: the facts, and the acts that make sense with them."""

    facts: Parties
    offers: Mapping[str, Offer]

    @property
    def possible(self) -> list[Offer]:
        """Those that can be done now."""
        return [offer for offer in self.offers.values() if not offer.reason]


def panel(user: User, complaint: Complaint, *, allowed: frozenset[Verb], facts: Parties) -> OutsidePanel:
    """The panel for this person. `allowed` is `permissions.allowed_verbs`."""
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    return OutsidePanel(
        facts,
        {
            verb.value: Offer(
                name=verb.value,
                label=verb.label,
                href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
                button=button,
                reason=asked.refusal(verb) or _refusal(verb, facts),
                comes_next=False,
            )
            for verb, button in OUTSIDE_BUTTONS.items()
        },
    )


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """One of them, for the page of the act."""
    allowed = permissions.allowed_verbs(user, complaint)
    return panel(user, complaint, allowed=allowed, facts=parties.parties_of(complaint)).offers[verb.value]


OFFERS = {verb: partial(offer_of, verb) for verb in OUTSIDE_BUTTONS}


def _refusal(verb: Verb, facts: Parties) -> str:
    nothing = {
        Verb.MOVE_PROCEEDING: (not facts.open_proceedings, _("No outside proceeding is going on.")),
        Verb.END_PROCEEDING: (not facts.open_proceedings, _("No outside proceeding is going on.")),
        Verb.PLACE_HOLD: (facts.hold is not None, _("A legal hold is in force already.")),
        Verb.LIFT_HOLD: (facts.hold is None, _("No legal hold is in force.")),
        Verb.RECORD_AUTHORITY: (
            not facts.represents,
            _("The complainant speaks for nobody but themselves, so no authority is needed."),
        ),
        Verb.REVOKE_AUTHORITY: (
            all(authority.revoked_at is not None for authority in facts.authorities),
            _("No authority is on file."),
        ),
        Verb.REMOVE_COMPLAINANT: (not facts.still_joint, _("Nobody complains together with the complainant.")),
    }
    missing, sentence = nothing.get(verb, (False, ""))
    return sentence if missing else ""
