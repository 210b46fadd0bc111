"""Interim measures: what the dossier shows its circle of them, and what a person may do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint, InterimMeasure
from complaints.permissions import allowed_verbs
from complaints.services.measures import not_restricted
from complaints.web.desk.offers.acts import Asked, Button, Offer

MEASURE_BUTTONS: Mapping[Verb, Button] = {Verb.ORDER_MEASURE: Button("lock"), Verb.END_MEASURE: Button("check")}


@dataclass(frozen=True)
class MeasurePanel:
    """The measures of a restricted complaint, and what may be done about them. Of any other nothing is shown."""

    measures: Sequence[InterimMeasure] = ()
    order: Offer | None = None
    end: Offer | None = None


def panel(user: User, complaint: Complaint, *, allowed: frozenset[Verb]) -> MeasurePanel:
    """The panel for this person: one query for a restricted complaint, none for another."""
    if not complaint.restriction:
        return MeasurePanel()
    measures = list(complaint.measures.select_related("ordered_by", "ended_by"))
    asked = Asked(user, complaint, Status(complaint.status), allowed, proposal=None)
    order, end = (
        _offer(complaint, verb, asked.refusal(verb) or _refusal(verb, complaint, measures))
        for verb in (Verb.ORDER_MEASURE, Verb.END_MEASURE)
    )
    return MeasurePanel(measures, None if order.reason else order, None if end.reason else end)


def offer_of(verb: Verb, user: User, complaint: Complaint) -> Offer:
    """The page of one act."""
    asked = Asked(user, complaint, Status(complaint.status), allowed_verbs(user, complaint), proposal=None)
    measures = list(complaint.measures.all()) if complaint.restriction else []
    return _offer(complaint, verb, asked.refusal(verb) or _refusal(verb, complaint, measures))


OFFERS = {verb: partial(offer_of, verb) for verb in MEASURE_BUTTONS}


def _refusal(verb: Verb, complaint: Complaint, measures: Sequence[InterimMeasure]) -> str:
    if verb == Verb.ORDER_MEASURE and not complaint.restriction:
        return not_restricted()
    if verb == Verb.END_MEASURE and not any(measure.is_open for measure in measures):
        return _("No interim measure is in force.")
    return ""


def _offer(complaint: Complaint, verb: Verb, reason: str) -> Offer:
    return Offer(
        name=str(verb),
        label=verb.label,
        href=reverse(f"desk:{verb.replace('_', '-')}", args=[complaint.reference]),
        button=MEASURE_BUTTONS[verb],
        reason=reason,
        comes_next=False,
    )
