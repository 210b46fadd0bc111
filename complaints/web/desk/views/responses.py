"""The final response on the desk: the letter as it will be read, and one view for each act on it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import htmx
from complaints import overpromising
from complaints.lifecycle import Verb
from complaints.models import Complaint, FinalResponse
from complaints.responding import ResponseState
from complaints.selectors import final_responses, letters, matters
from complaints.services import responses
from complaints.web.desk.access import StaffRequest, seen, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import responses as response_forms
from complaints.web.desk.offers import responses as response_offers
from complaints.web.desk.offers.responses import SEND

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
@staff_only
def page(request: StaffRequest, reference: str) -> HttpResponse:
    """The letter of this cycle as the complainant will read it, what it still lacks, and what can be done with it."""
    complaint = seen(request, reference)
    response = final_responses.current(complaint)
    required = final_responses.requirements(complaint)
    letter = _letter(complaint, response)
    unsent = response if response is not None and response.state != ResponseState.SENT else None
    lacks = final_responses.lacking(complaint, unsent, required) if unsent is not None else []
    context = {
        "complaint": complaint,
        "response": response,
        "required": required,
        "letter": letter,
        "sent_back": final_responses.sent_back(unsent) if unsent is not None else None,
        "missing": lacks,
        "too_much": overpromising.found_in(letter.plain()) if letter is not None and unsent is not None else [],
        "offers": response_offers.response_offers(request.user, complaint, response, required, lacks=lacks),
        "earlier": final_responses.with_parts(complaint.responses.filter(state=ResponseState.SENT)).exclude(
            cycle=complaint.cycle
        ),
    }
    return htmx.render(request, "desk/response.html", context=context)


@require_safe
@never_cache
@staff_only
def preview(request: StaffRequest, reference: str) -> HttpResponse:
    """The letter on paper, as a PDF to be saved; every page says that it is a draft. One that was sent is its file."""
    complaint = seen(request, reference)
    response = final_responses.current(complaint)
    letter = _letter(complaint, response)
    if response is None or letter is None:
        return redirect("desk:response", complaint.reference)
    if response.file_id is not None:
        return redirect("desk:file", complaint.reference, response.file_id)
    answered = HttpResponse(letter.pdf(), content_type="application/pdf")
    answered["Content-Disposition"] = f'attachment; filename="{complaint.reference}-draft.pdf"'
    answered["X-Content-Type-Options"] = "nosniff"
    return answered


@asks_and_acts
@staff_only
def draft(request: StaffRequest, reference: str) -> HttpResponse:
    """Write the letter."""
    act = Act(
        Verb.DRAFT_RESPONSE,
        lambda complaint, said: responses.draft(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The letter is kept. Nothing has been sent yet."),
        form=response_forms.DraftResponseForm,
        offer=response_offers.DRAFT,
        leads_to=_page_of,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def approve(request: StaffRequest, reference: str) -> HttpResponse:
    """Agree to the letter as a second person."""
    act = Act(
        Verb.APPROVE_RESPONSE,
        lambda complaint, said: responses.approve(
            # the form is not stale, so these are the words that were shown with it
            complaint_id=complaint.pk,
            by=request.user,
            digest=final_responses.digest(complaint),
            **said,
        ),
        says=_("The letter is approved. It can be sent now."),
        offer=response_offers.APPROVE,
        leads_to=_page_of,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def send_back(request: StaffRequest, reference: str) -> HttpResponse:
    """Hand the letter back to whoever wrote it."""
    act = Act(
        Verb.RETURN_RESPONSE,
        lambda complaint, said: responses.send_back(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The letter is a draft again; whoever wrote it is told."),
        form=response_forms.ReturnResponseForm,
        offer=response_offers.RETURN,
        leads_to=_page_of,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def send(request: StaffRequest, reference: str) -> HttpResponse:
    """Send the letter, which resolves the complaint."""
    act = Act(
        SEND,
        lambda complaint, said: responses.send(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The final response is on its way to the complainant, and the complaint is resolved."),
        offer=response_offers.SENDING,
    )
    return answer(request, reference, act)


def _letter(complaint: Complaint, response: FinalResponse | None) -> letters.Letter | None:
    if response is None:
        return None
    content = final_responses.content_of(complaint, response, list(matters.live(complaint)))
    signed_by = (response.approved_by or response.sent_by) if response.sent_at else None
    at = response.sent_at or timezone.now()
    return letters.letter(complaint, content, signed_by=signed_by, at=at)


def _page_of(complaint: Complaint) -> str:
    return reverse("desk:response", args=[complaint.reference])
