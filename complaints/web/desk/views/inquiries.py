"""One view for each act of an inquiry; each calls exactly one service."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints import selectors
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import inquiries as reads
from complaints.services import inquiries, judgements
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import inquiries as inquiry_forms

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def investigate(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down what was found out."""
    act = Act(
        Verb.INVESTIGATE,
        lambda complaint, said: inquiries.investigate(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The fact is on record."),
        form=inquiry_forms.InvestigateForm,
        preset=("replaces", "source", "task"),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def judge(request: StaffRequest, reference: str) -> HttpResponse:
    """Find whether the grounds are founded and whether the demand is reasonable."""
    act = Act(
        Verb.JUDGE,
        lambda complaint, said: judgements.judge(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The judgement is in force."),
        form=inquiry_forms.JudgeForm,
        preset=("matter",),
        more=_what_it_rests_on,
    )
    return answer(request, reference, act)


def _what_it_rests_on(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """Both sides, the facts, and what else is known."""
    return {
        "beside": "desk/panels/judging.html",
        "inquiry": reads.inquiry(request.user, complaint),
        "same_person": reads.Record(list(selectors.related(request.user, complaint))),
        "same_subject": reads.about_the_same(request.user, complaint),
    }
