"""The acts about a grave class that is in force: what a person may do with a complaint now, and why not the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import conflicts, permissions
from complaints.classes import NEEDS_SECOND_PERSON
from complaints.converting import WHY
from complaints.lifecycle import Status, Verb
from complaints.malice import ObjectionState
from complaints.models import Complaint, Decision, Objection
from complaints.selectors import objecting
from complaints.web.desk.offers.acts import Asked, Button, Offer

CLASS_BUTTONS: Mapping[Verb, Button] = {
    Verb.DECIDE_OBJECTION: Button("scales"),
    Verb.OBJECT: Button("alert"),
    Verb.RENEW_CLASS: Button("refresh"),
    Verb.LAPSE_CLASS: Button("undo"),
    Verb.CONVERT: Button("check-circle"),
    Verb.KEEP_CLASS: Button("x-circle"),
}


@dataclass(frozen=True)
class ClassPanel:
    """What the dossier shows of the class besides its history: the grave decision in force, the objection that waits,
    and what this person may do about them.
    """

    standing: Decision | None
    objection: Objection | None
    offers: Sequence[Offer]
    conversion: Decision | None = None
    converting: Sequence[Offer] = ()
    """What may be done now about a conversion that the system proposes."""

    @property
    def why_converted(self) -> Any:
        """Why the system proposes it."""
        return WHY[self.conversion.conversion] if self.conversion is not None else ""

    @property
    def possible(self) -> list[Offer]:
        """Those that can be done now."""
        return [offer for offer in self.offers if not offer.reason]

    @property
    def impossible(self) -> list[Offer]:
        """Those that cannot, each with its reason."""
        return [offer for offer in self.offers if offer.reason]


def panel(user: User, complaint: Complaint, *, allowed: frozenset[Verb], decisions: Sequence[Decision]) -> ClassPanel:
    """The panel for this person, from the decisions in hand: queries only where something can
    be decided."""
    standing = next((each for each in decisions if _stands(each)), None)
    objection: Objection | None = getattr(standing, "objection", None) if standing is not None else None
    waiting = objection if objection is not None and objection.state == ObjectionState.OPEN else None
    verbs = [] if standing is None else [Verb.RENEW_CLASS, Verb.LAPSE_CLASS]
    if standing is not None and objection is None:
        verbs.insert(0, Verb.OBJECT)
    if waiting is not None:
        verbs.insert(0, Verb.DECIDE_OBJECTION)
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    offers = [_offer(verb, asked, standing, objection, decisions) for verb in verbs]
    conversion = next((each for each in decisions if _waits_to_convert(each)), None)
    about_it = [] if conversion is None else [Verb.CONVERT, Verb.KEEP_CLASS]
    converting = [_offer(verb, asked, standing, objection, decisions) for verb in about_it]
    return ClassPanel(standing, waiting, offers, conversion, [offer for offer in converting if not offer.reason])


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """One of them, for the page of the act."""
    decisions = list(complaint.decisions.select_related("objection"))
    standing = next((each for each in decisions if _stands(each)), None)
    objection: Objection | None = getattr(standing, "objection", None) if standing is not None else None
    allowed = permissions.allowed_verbs(user, complaint)
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    return _offer(verb, asked, standing, objection, decisions)


OFFERS = {verb: partial(offer_of, verb) for verb in CLASS_BUTTONS}


def _stands(decision: Decision) -> bool:
    return decision.state == Decision.State.IN_FORCE and decision.complaint_class in NEEDS_SECOND_PERSON


def _waits_to_convert(decision: Decision) -> bool:
    return decision.state == Decision.State.PROPOSED and bool(decision.conversion)


def _offer(
    verb: Verb,
    asked: Asked,
    standing: Decision | None,
    objection: Objection | None,
    decisions: Sequence[Decision],
) -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[asked.complaint.reference]),
        button=CLASS_BUTTONS[verb],
        reason=asked.refusal(verb) or _refusal(verb, asked, standing, objection, decisions),
        comes_next=False,
    )


def _refusal(
    verb: Verb,
    asked: Asked,
    standing: Decision | None,
    objection: Objection | None,
    decisions: Sequence[Decision],
) -> str:
    if verb not in (Verb.OBJECT, Verb.DECIDE_OBJECTION) and asked.concern in conflicts.ABOUT_THEM:
        return _("The complaint concerns you. Somebody else must decide about it.")
    if verb in (Verb.CONVERT, Verb.KEEP_CLASS):
        return "" if any(_waits_to_convert(each) for each in decisions) else _("No conversion is proposed here.")
    if standing is None or standing.review_at is None:
        return _("No grave class is in force here.")
    if standing.review_at <= timezone.now():
        return _("The review date of this class has passed, so it has lapsed.")
    if verb == Verb.OBJECT and objection is not None:
        return _("There is an objection to this decision already. More can be said in a message.")
    waits = objection is not None and objection.state == ObjectionState.OPEN
    if verb == Verb.RENEW_CLASS and waits:
        return _("The complainant has objected. A third person must decide about that first.")
    if verb == Verb.RENEW_CLASS and any(
        each.state == Decision.State.PROPOSED and each.decided_by_id is not None for each in decisions
    ):
        return _("A decision about the class already waits for a second person. Let it be settled first.")
    if verb != Verb.DECIDE_OBJECTION:
        return ""
    if not waits:
        return _("No objection waits for a decision.")
    if asked.user.pk in objecting.parts_in(decisions):
        return _("You had a part in this class. A third senior person, who had none, must decide about the objection.")
    if asked.concern is not None:
        return _("The complaint concerns %(name)s, who cannot decide anything about it.") % {"name": asked.user.name}
    return ""
