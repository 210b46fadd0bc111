"""The acts about who sees a complaint, and what the dossier shows of the circle of a restricted one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from complaints import conflicts, permissions
from complaints.lifecycle import Status, Verb
from complaints.models import CirclePlace, Complaint, Viewing
from complaints.web.desk.offers.acts import Asked, Button, Offer

CIRCLE_BUTTONS: Mapping[Verb, Button] = {
    Verb.RESTRICT: Button("lock", serious=True),
    Verb.ADMIT: Button("eye"),
    Verb.DISMISS: Button("minus-circle"),
    Verb.LIFT_RESTRICTION: Button("undo", serious=True),
}

MOST_VIEWINGS = 20
"""The last ones stand on the dossier; the API has all of them."""

_DOORS: Mapping[str, str | Promise] = {
    "desk:dossier": gettext_lazy("Dossier"),
    "desk:changes": gettext_lazy("Dossier"),
    "desk:file": gettext_lazy("File"),
    "escalation:deadlines": gettext_lazy("Deadlines"),
    "escalation:refer": gettext_lazy("Referral"),
}


@dataclass(frozen=True)
class Look:
    """Somebody looked at the complaint; `door` says through which page."""

    viewing: Viewing
    door: str


@dataclass(frozen=True)
class Circle:
    """Who sees a complaint, who looked, and what this person may do about it."""

    places: Sequence[CirclePlace]
    looks: Sequence[Look]
    offers: Sequence[Offer]


def circle(user: User, complaint: Complaint, allowed: frozenset[Verb]) -> Circle:
    """What the panel shows: two queries for a restricted complaint, none for another."""
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    verbs = [verb for verb in CIRCLE_BUTTONS if (verb == Verb.RESTRICT) != bool(complaint.restriction)]
    offers = [_offer(verb, complaint) for verb in verbs if not asked.refusal(verb)]
    if not complaint.restriction:
        return Circle([], [], offers)
    places = complaint.circle.filter(left_at=None).select_related("user__department", "admitted_by")
    viewings = complaint.viewings.select_related("user")[:MOST_VIEWINGS]
    return Circle(list(places), [Look(viewing, door_in_words(viewing)) for viewing in viewings], offers)


def door_in_words(viewing: Viewing) -> str:
    """The page through which somebody looked, in the reader's language; another one by its address."""
    if viewing.door.startswith("api:"):
        return _("Program (API)")
    known = _DOORS.get(viewing.door)
    return viewing.address if known is None else str(known)


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act."""
    allowed = permissions.allowed_verbs(user, complaint)
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    return _offer(verb, complaint, asked.refusal(verb) or _refusal(verb, user, complaint))


def _refusal(verb: Verb, user: User, complaint: Complaint) -> str:
    if verb == Verb.RESTRICT and complaint.restriction:
        return _("This complaint is restricted already.")
    if verb != Verb.RESTRICT and not complaint.restriction:
        return _("This complaint is not restricted, so it has no circle.")
    if verb == Verb.RESTRICT and user.pk in conflicts.concerned(complaint):
        return _("The complaint concerns %(name)s, who may not know of it.") % {"name": user.name}
    return ""


def _offer(verb: Verb, complaint: Complaint, reason: str = "") -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=CIRCLE_BUTTONS[verb],
        reason=reason,
        comes_next=False,
    )


RESTRICT, LIFT, ADMIT, DISMISS = (
    partial(offer_of, verb) for verb in (Verb.RESTRICT, Verb.LIFT_RESTRICTION, Verb.ADMIT, Verb.DISMISS)
)
