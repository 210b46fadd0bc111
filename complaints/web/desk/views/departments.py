"""One view for each act between departments; each calls exactly one service."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import transfers
from complaints.services import head_office, routing
from complaints.services import transfers as moving
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import departments as department_forms
from complaints.web.desk.forms.acts import ReasonsForm
from complaints.web.desk.offers import departments as department_offers

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def transfer(request: StaffRequest, reference: str) -> HttpResponse:
    """Hand the complaint to another department, or ask it to take it."""
    act = Act(
        Verb.TRANSFER,
        lambda complaint, said: moving.transfer(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The transfer is written down. The complaint shows whether it has moved or waits for an answer."),
        form=department_forms.TransferForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def accept_transfer(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the complaint on for one's department."""
    act = Act(
        Verb.ACCEPT_TRANSFER,
        lambda complaint, said: moving.accept(complaint_id=complaint.pk, by=request.user, **said),
        says=_("Your department is responsible now. Please call the complainant."),
        offer=department_offers.for_act(Verb.ACCEPT_TRANSFER),
        more=_open_transfer,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def object_to_transfer(request: StaffRequest, reference: str) -> HttpResponse:
    """Say why it does not belong here."""
    act = Act(
        Verb.OBJECT_TO_TRANSFER,
        lambda complaint, said: moving.object_to(complaint_id=complaint.pk, by=request.user, **said),
        says=_("Your objection goes to those who decide between the two departments."),
        form=department_forms.ObjectToTransferForm,
        offer=department_offers.for_act(Verb.OBJECT_TO_TRANSFER),
        more=_open_transfer,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def arbitrate(request: StaffRequest, reference: str) -> HttpResponse:
    """Decide between two departments."""
    act = Act(
        Verb.ARBITRATE,
        lambda complaint, said: moving.arbitrate(complaint_id=complaint.pk, by=request.user, **said),
        says=_("You have decided where the complaint belongs; both departments are told."),
        form=department_forms.ArbitrateForm,
        offer=department_offers.for_act(Verb.ARBITRATE),
        more=_open_transfer,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def take_back_transfer(request: StaffRequest, reference: str) -> HttpResponse:
    """Let the complaint stay where it is after all."""
    act = Act(
        Verb.TAKE_BACK_TRANSFER,
        lambda complaint, said: moving.take_back(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The transfer is taken back. The complaint stays where it is."),
        form=ReasonsForm,
        offer=department_offers.for_act(Verb.TAKE_BACK_TRANSFER),
        more=_open_transfer,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def introduce(request: StaffRequest, reference: str) -> HttpResponse:
    """Note that the complainant was told who deals with their complaint."""
    act = Act(
        Verb.INTRODUCE,
        lambda complaint, said: moving.introduce(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is written down that the complainant was told."),
        form=department_forms.IntroduceForm,
        offer=department_offers.for_act(Verb.INTRODUCE),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def categorise(request: StaffRequest, reference: str) -> HttpResponse:
    """Correct the category."""
    act = Act(
        Verb.CATEGORISE,
        lambda complaint, said: routing.categorise(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The category is corrected."),
        form=department_forms.CategoriseForm,
        offer=department_offers.for_act(Verb.CATEGORISE),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def brief(request: StaffRequest, reference: str) -> HttpResponse:
    """Tell the department below what to heed."""
    act = Act(
        Verb.BRIEF,
        lambda complaint, said: head_office.brief(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The department reads your briefing."),
        form=department_forms.BriefForm,
        offer=department_offers.for_act(Verb.BRIEF),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def report_back(request: StaffRequest, reference: str) -> HttpResponse:
    """Tell those above what came of it."""
    act = Act(
        Verb.REPORT_BACK,
        lambda complaint, said: head_office.report_back(complaint_id=complaint.pk, by=request.user, **said),
        says=_("Those above you read your answer."),
        form=department_forms.ReportBackForm,
        offer=department_offers.for_act(Verb.REPORT_BACK),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def watch(request: StaffRequest, reference: str) -> HttpResponse:
    """Follow the complaint until it has ended."""
    act = Act(
        Verb.WATCH,
        lambda complaint, said: head_office.watch(complaint_id=complaint.pk, by=request.user, **said),
        says=_("You watch this complaint: a letter tells you when it has ended or is overdue."),
        offer=department_offers.for_act(Verb.WATCH),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def unwatch(request: StaffRequest, reference: str) -> HttpResponse:
    """Follow it no more."""
    act = Act(
        Verb.UNWATCH,
        lambda complaint, said: head_office.unwatch(complaint_id=complaint.pk, by=request.user, **said),
        says=_("You do not watch this complaint any more."),
        offer=department_offers.for_act(Verb.UNWATCH),
    )
    return answer(request, reference, act)


def _open_transfer(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The transfer that waits, to be read before it is answered."""
    found = next((each for each in transfers.with_all([complaint]) if each.is_open), None)
    return {"beside": "desk/departments/waiting.html", "transfer": found} if found else {}
