"""The acts about what is grave: what a person may do of them with a complaint now, and why not the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions
from complaints.gravity import SafetyKind
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from complaints.selectors import grave
from complaints.selectors.grave import Gravity
from complaints.web.desk.offers.acts import Asked, Button, Offer

GRAVITY_BUTTONS: Mapping[Verb, Button] = {
    Verb.DECLARE_MAJOR: Button("flag", serious=True),
    Verb.ACKNOWLEDGE_MAJOR: Button("eye"),
    Verb.REPORT_TO_AUTHORITY: Button("building"),
    Verb.REPORT_SAFETY: Button("shield"),
    Verb.TELL_SAFETY: Button("phone"),
    Verb.NOTE_MEDIA: Button("news"),
    Verb.GATHER: Button("people"),
    Verb.RELEASE: Button("minus-circle"),
}
BESIDE_THEIR_FACT: frozenset[Verb] = frozenset({Verb.ACKNOWLEDGE_MAJOR, Verb.TELL_SAFETY, Verb.RELEASE})
"""Acts that stand beside what they are about, not among the others."""


@dataclass(frozen=True)
class GravityPanel:
    """What the panel of the dossier shows: the facts, the acts, and the incident that a class calls for."""

    facts: Gravity
    offers: Mapping[str, Offer]
    called_for: SafetyKind | None = None
    is_kept_from_the_management: bool = False

    @property
    def possible(self) -> list[Offer]:
        """Those that can be done now, without those that stand beside their fact."""
        return [offer for name, offer in self.offers.items() if name not in BESIDE_THEIR_FACT and not offer.reason]

    @property
    def impossible(self) -> list[Offer]:
        """Those that cannot, each with its reason."""
        return [offer for name, offer in self.offers.items() if name not in BESIDE_THEIR_FACT and offer.reason]

    @property
    def waits_for_the_management(self) -> bool:
        """It was declared major, and nobody of the management has acknowledged that."""
        return self.facts.major is not None and self.facts.major.acknowledged_at is None


def panel(
    user: User, complaint: Complaint, *, allowed: frozenset[Verb], facts: Gravity, decisions: Sequence[Any]
) -> GravityPanel:
    """The panel for this person. `allowed` is `permissions.allowed_verbs`."""
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    called_for = grave.safety_called_for(complaint, decisions)
    waits = facts.major is not None and facts.major.acknowledged_at is None
    return GravityPanel(
        facts,
        {
            verb.value: Offer(
                name=verb.value,
                label=verb.label,
                href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
                button=button,
                reason=asked.refusal(verb) or _refusal(verb, user, facts),
                comes_next=False,
            )
            for verb, button in GRAVITY_BUTTONS.items()
        },
        None if facts.safety else called_for,
        facts.major is not None and waits and grave.is_kept_from_the_management(complaint, facts.major),
    )


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """One of them, for the page of the act."""
    allowed = permissions.allowed_verbs(user, complaint)
    facts = grave.gravity_of(complaint)
    return panel(user, complaint, allowed=allowed, facts=facts, decisions=()).offers[verb.value]


OFFERS = {verb: partial(offer_of, verb) for verb in GRAVITY_BUTTONS}


def _refusal(verb: Verb, user: User, facts: Gravity) -> str:
    major = facts.major
    if verb == Verb.DECLARE_MAJOR and major is not None:
        return _("This complaint was declared major already.")
    if verb == Verb.GATHER and facts.incident is not None:
        return _("This complaint is gathered under a mass incident already.")
    if verb == Verb.RELEASE and facts.incident is None:
        return _("This complaint is not gathered under a mass incident.")
    if verb == Verb.TELL_SAFETY and not facts.safety:
        return _("No safety incident is recorded.")
    if verb != Verb.ACKNOWLEDGE_MAJOR:
        return ""
    if major is None:
        return _("This complaint was not declared major, so there is nothing to acknowledge.")
    if major.acknowledged_at is not None:
        return _("The management has acknowledged this major complaint already.")
    if major.declared_by_id == user.pk:
        return _("You declared this major yourself. Somebody else of the management must acknowledge it.")
    return ""
