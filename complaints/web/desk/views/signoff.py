"""One view for each act about sign-off; each calls exactly one service."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.errors import NobodyToSign
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import digests, proposals, signoff_needs
from complaints.services import signoff
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import signoff as signoff_forms

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def propose(request: StaffRequest, reference: str) -> HttpResponse:
    """Put what is planned before those who must sign it."""
    act = Act(
        Verb.PROPOSE,
        lambda complaint, said: signoff.propose(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The proposal waits for signatures; those who sign are told."),
        form=signoff_forms.ProposeForm,
        more=_who_will_sign,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def sign(request: StaffRequest, reference: str) -> HttpResponse:
    """Sign the open proposal."""
    act = Act(
        Verb.SIGN,
        lambda complaint, said: signoff.sign(
            # the form is not stale, so this is the proposal that was shown with it
            complaint_id=complaint.pk,
            by=request.user,
            digest=digests.of_proposal(complaint),
            **said,
        ),
        says=_("The proposal bears your signature."),
        form=signoff_forms.SignForm,
        more=_open_proposal,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def refuse_to_sign(request: StaffRequest, reference: str) -> HttpResponse:
    """Send the open proposal back."""
    act = Act(
        Verb.REFUSE_TO_SIGN,
        lambda complaint, said: signoff.refuse_to_sign(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The proposal goes back with your instruction."),
        form=signoff_forms.RefuseToSignForm,
        more=_open_proposal,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def take_back_proposal(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the open proposal back."""
    act = Act(
        Verb.TAKE_BACK_PROPOSAL,
        lambda complaint, said: signoff.take_back_proposal(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The proposal is taken back."),
        form=signoff_forms.TakeBackProposalForm,
        more=_open_proposal,
    )
    return answer(request, reference, act)


def _who_will_sign(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """What goes with the proposal, and whose signatures it will need."""
    remedies = list(proposals.unsigned(complaint).prefetch_related("items"))
    context: dict[str, Any] = {"beside": "desk/signoff/who_will_sign.html", "remedies": remedies}
    try:
        plan = signoff_needs.plan(complaint, {remedy.pk for remedy in remedies}, proposer=request.user)
    except NobodyToSign as refusal:
        return context | {"nobody": str(refusal)}
    return context | {"plan": plan}


def _open_proposal(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The proposal that waits, to be read before it is signed."""
    found = [each for each in proposals.with_all([complaint]) if each.is_open]
    return {"beside": "desk/signoff/beside.html", "proposals": found}
