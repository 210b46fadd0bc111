"""One view for each act about proceedings, holds and standing; each calls exactly one service."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.services import proceedings, standing
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import outside as forms
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.offers.outside import OFFERS

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


def _answer(
    request: StaffRequest,
    reference: str,
    verb: Verb,
    service: Callable[..., Any],
    *,
    says: Any,
    form: type[ActForm],
    preset: tuple[str, ...] = (),
) -> HttpResponse:
    act = Act(
        verb,
        lambda complaint, said: service(complaint_id=complaint.pk, by=request.user, **said),
        says=says,
        form=form,
        offer=OFFERS[verb],
        preset=preset,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def open_proceeding(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that somebody outside deals with it."""
    says = _("The proceeding is recorded.")
    form = forms.OpenProceedingForm
    return _answer(request, reference, Verb.OPEN_PROCEEDING, proceedings.open_proceeding, says=says, form=form)


@asks_and_acts
@staff_only
def move_proceeding(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that its date was moved."""
    says = _("The new date is recorded, and watched.")
    form, service = forms.MoveProceedingForm, proceedings.move_proceeding
    return _answer(request, reference, Verb.MOVE_PROCEEDING, service, says=says, form=form, preset=("proceeding",))


@asks_and_acts
@staff_only
def end_proceeding(request: StaffRequest, reference: str) -> HttpResponse:
    """Record how it ended."""
    says = _("It is recorded how the proceeding ended.")
    form, service = forms.EndProceedingForm, proceedings.end_proceeding
    return _answer(request, reference, Verb.END_PROCEEDING, service, says=says, form=form, preset=("proceeding",))


@asks_and_acts
@staff_only
def place_hold(request: StaffRequest, reference: str) -> HttpResponse:
    """Keep the file as it is."""
    says = _("The legal hold is in force.")
    return _answer(request, reference, Verb.PLACE_HOLD, proceedings.place_hold, says=says, form=forms.PlaceHoldForm)


@asks_and_acts
@staff_only
def lift_hold(request: StaffRequest, reference: str) -> HttpResponse:
    """Let the file go again."""
    says = _("The legal hold is lifted.")
    return _answer(request, reference, Verb.LIFT_HOLD, proceedings.lift_hold, says=says, form=forms.LiftHoldForm)


@asks_and_acts
@staff_only
def record_authority(request: StaffRequest, reference: str) -> HttpResponse:
    """Record by what right somebody acts for somebody else."""
    says = _("The authority is recorded.")
    form = forms.RecordAuthorityForm
    return _answer(request, reference, Verb.RECORD_AUTHORITY, standing.record_authority, says=says, form=form)


@asks_and_acts
@staff_only
def revoke_authority(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that an authority counts no more."""
    says = _("The authority counts no more.")
    form, service = forms.RevokeAuthorityForm, standing.revoke_authority
    return _answer(request, reference, Verb.REVOKE_AUTHORITY, service, says=says, form=form, preset=("authority",))


@asks_and_acts
@staff_only
def add_complainant(request: StaffRequest, reference: str) -> HttpResponse:
    """Record somebody who complains as well."""
    says = _("The joint complainant is recorded.")
    form = forms.AddComplainantForm
    return _answer(request, reference, Verb.ADD_COMPLAINANT, standing.add_complainant, says=says, form=form)


@asks_and_acts
@staff_only
def remove_complainant(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that somebody does not complain any more."""
    says = _("It is recorded that this person does not complain any more.")
    form, service = forms.RemoveComplainantForm, standing.remove_complainant
    return _answer(request, reference, Verb.REMOVE_COMPLAINANT, service, says=says, form=form, preset=("person",))
