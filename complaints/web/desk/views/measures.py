"""One view for each act about interim measures; each calls exactly one service."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from complaints.lifecycle import Verb
from complaints.services import measures
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import measure as measure_forms
from complaints.web.desk.offers.measure import OFFERS
from complaints.web.desk.views.acts import asks_and_acts


@asks_and_acts
@staff_only
def order_measure(request: StaffRequest, reference: str) -> HttpResponse:
    """Order something while the complaint is looked into."""
    act = Act(
        Verb.ORDER_MEASURE,
        lambda complaint, said: measures.order_measure(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The interim measure is in force; only the circle reads it."),
        form=measure_forms.OrderMeasureForm,
        offer=OFFERS[Verb.ORDER_MEASURE],
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def end_measure(request: StaffRequest, reference: str) -> HttpResponse:
    """End it."""
    act = Act(
        Verb.END_MEASURE,
        lambda complaint, said: measures.end_measure(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The interim measure has ended."),
        form=measure_forms.EndMeasureForm,
        offer=OFFERS[Verb.END_MEASURE],
        preset=("measure",),
    )
    return answer(request, reference, act)
