"""The acts about a grave class in force, and about conversions; each calls exactly one service."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from complaints.converting import WHY
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import objecting, proposed_conversions
from complaints.services import class_reviews, conversions, objections
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import class_reviews as class_forms
from complaints.web.desk.offers.class_reviews import OFFERS
from complaints.web.desk.views.acts import asks_and_acts


@asks_and_acts
@staff_only
def renew_class(request: StaffRequest, reference: str) -> HttpResponse:
    """Propose that the class stands on."""
    act = Act(
        Verb.RENEW_CLASS,
        lambda complaint, said: class_reviews.renew_class(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The renewal waits for a second, senior person."),
        form=class_forms.RenewClassForm,
        offer=OFFERS[Verb.RENEW_CLASS],
        more=_what_stands,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def lapse_class(request: StaffRequest, reference: str) -> HttpResponse:
    """End the class before its date."""
    act = Act(
        Verb.LAPSE_CLASS,
        lambda complaint, said: class_reviews.lapse_class(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The class has lapsed; the complainant is told."),
        form=class_forms.LapseClassForm,
        offer=OFFERS[Verb.LAPSE_CLASS],
        more=_what_stands,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def object_to_class(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that the complainant objects."""
    act = Act(
        Verb.OBJECT,
        lambda complaint, said: objections.record_objection(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The objection is recorded; those who may decide about it are told."),
        form=class_forms.ObjectForm,
        offer=OFFERS[Verb.OBJECT],
        more=_what_stands,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def decide_objection(request: StaffRequest, reference: str) -> HttpResponse:
    """Decide, as a third person, about an objection."""
    act = Act(
        Verb.DECIDE_OBJECTION,
        lambda complaint, said: objections.decide_objection(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The objection is decided; the complainant is told."),
        form=class_forms.DecideObjectionForm,
        offer=OFFERS[Verb.DECIDE_OBJECTION],
        more=_what_stands,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def convert(request: StaffRequest, reference: str) -> HttpResponse:
    """Agree that a communicative complaint counts as valid."""
    act = Act(
        Verb.CONVERT,
        lambda complaint, said: conversions.convert(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint counts as valid now. Look into it and judge it before it is answered."),
        form=class_forms.ConvertForm,
        offer=OFFERS[Verb.CONVERT],
        more=_what_is_proposed,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def keep_class(request: StaffRequest, reference: str) -> HttpResponse:
    """Let a communicative complaint stay what it is."""
    act = Act(
        Verb.KEEP_CLASS,
        lambda complaint, said: conversions.keep_class(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint stays communicative."),
        form=class_forms.KeepClassForm,
        offer=OFFERS[Verb.KEEP_CLASS],
        more=_what_is_proposed,
    )
    return answer(request, reference, act)


def _what_is_proposed(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """Why the system proposes a conversion."""
    conversion = proposed_conversions.of(complaint)
    if conversion is None:
        return {}
    return {"beside": "desk/panels/conversion.html", "why_converted": WHY[conversion.conversion]}


def _what_stands(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The decision that the act is about, with the objection to it."""
    standing = objecting.grave_in_force(complaint)
    return {"beside": "desk/panels/class_stands.html", "standing": standing} if standing is not None else {}
