"""One view for each act after the answer; each calls exactly one service."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.services import casework, follow_ups
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms.follow_ups import CloseForm, FollowUpForm

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def follow_up(request: StaffRequest, reference: str) -> HttpResponse:
    """Record how the office went back to the complainant, and what they said."""
    act = Act(
        Verb.FOLLOW_UP,
        lambda complaint, said: follow_ups.follow_up(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The follow-up is recorded."),
        form=FollowUpForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def close(request: StaffRequest, reference: str) -> HttpResponse:
    """End an answered complaint."""
    act = Act(
        Verb.CLOSE,
        lambda complaint, said: casework.close(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is closed."),
        form=CloseForm,
    )
    return answer(request, reference, act)
