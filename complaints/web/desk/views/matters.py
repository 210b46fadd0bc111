"""One view for each act about matters; each calls exactly one service."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.services import matters, splitting
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import matters as matter_forms
from complaints.web.desk.offers import matters as matter_offers

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def split(request: StaffRequest, reference: str) -> HttpResponse:
    """Split the letter into matters."""
    act = Act(
        Verb.SPLIT,
        lambda complaint, said: matters.split(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The letter is split; each matter is settled by itself."),
        form=matter_forms.SplitForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def settle(request: StaffRequest, reference: str) -> HttpResponse:
    """Say how one matter ended."""
    act = Act(
        Verb.SETTLE_MATTER,
        lambda complaint, said: matters.settle(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The matter is settled; the complainant hears of it when the complaint is answered."),
        form=matter_forms.SettleMatterForm,
        offer=matter_offers.SETTLE,
        preset=("matter",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def drop(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a matter off that is none."""
    act = Act(
        Verb.DROP_MATTER,
        lambda complaint, said: matters.drop(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The matter is dropped."),
        form=matter_forms.DropMatterForm,
        offer=matter_offers.DROP,
        preset=("matter",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def split_off(request: StaffRequest, reference: str) -> HttpResponse:
    """Make a complaint of its own out of a matter."""
    act = Act(
        Verb.SPLIT_OFF,
        lambda complaint, said: splitting.split_off(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The matter goes on as a complaint of its own; the complainant is told."),
        form=matter_forms.SplitOffForm,
        offer=matter_offers.SPLIT_OFF,
        preset=("matter",),
    )
    return answer(request, reference, act)
