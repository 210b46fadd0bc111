"""The acts about who sees a complaint; each calls exactly one service. What they share is in `acting.py`."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from complaints.lifecycle import Verb
from complaints.services import restriction
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import circle as circle_forms
from complaints.web.desk.offers import circle as circle_offers
from complaints.web.desk.views.acts import asks_and_acts


@asks_and_acts
@staff_only
def restrict(request: StaffRequest, reference: str) -> HttpResponse:
    """Let only a circle see the complaint."""
    act = Act(
        Verb.RESTRICT,
        lambda complaint, said: restriction.restrict(complaint_id=complaint.pk, by=request.user, **said),
        says=_("Only its circle sees this complaint now."),
        form=circle_forms.RestrictForm,
        offer=circle_offers.RESTRICT,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def lift_restriction(request: StaffRequest, reference: str) -> HttpResponse:
    """Open the complaint to its department again."""
    act = Act(
        Verb.LIFT_RESTRICTION,
        lambda complaint, said: restriction.lift(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is open to its department again."),
        form=circle_forms.LiftRestrictionForm,
        offer=circle_offers.LIFT,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def admit(request: StaffRequest, reference: str) -> HttpResponse:
    """Give somebody a place in the circle."""
    act = Act(
        Verb.ADMIT,
        lambda complaint, said: restriction.admit(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The circle is one person larger; they are told."),
        form=circle_forms.AdmitForm,
        offer=circle_offers.ADMIT,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def dismiss(request: StaffRequest, reference: str) -> HttpResponse:
    """End somebody's place in the circle."""
    act = Act(
        Verb.DISMISS,
        lambda complaint, said: restriction.dismiss(complaint_id=complaint.pk, by=request.user, **said),
        says=_("They do not see this complaint any more."),
        form=circle_forms.DismissForm,
        offer=circle_offers.DISMISS,
    )
    return answer(request, reference, act)
