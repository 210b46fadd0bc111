"""What the complainant says about remedies: choosing what is offered, refusing it, and that it has not helped.

Each is a form of the page of the case with an address of its own; what is wrong with it comes back on that page.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.errors import ComplaintError
from complaints.models import Complaint
from complaints.selectors.public_remedies import public_remedies
from complaints.services import carrying_out, offers
from complaints.web.portal import throttles, visits
from complaints.web.portal.forms import BrokenForm, ChoiceForm, RefuseForm
from complaints.web.portal.views import tracking

page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@page
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Take one of the options."""
    return answered(
        request,
        reference,
        "choice",
        lambda _complaint: ChoiceForm(request.POST),
        lambda complaint, said: offers.choose(complaint_id=complaint.pk, option=said["option"], digest=said["digest"]),
        says=_("Thank you. We will carry out what you chose."),
    )


@never_cache
@page
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Take none of them."""
    return answered(
        request,
        reference,
        "refusal",
        lambda _complaint: RefuseForm(request.POST),
        lambda complaint, said: offers.turn_down(
            complaint_id=complaint.pk, offer_number=said["number"], body=said["body"]
        ),
        says=_("We have noted that you do not want this. We go on looking into your complaint."),
    )


@never_cache
@page
def still_broken(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that something done has not put things right."""
    return answered(
        request,
        reference,
        "broken",
        lambda complaint: BrokenForm(request.POST, remedies=public_remedies(complaint)),
        lambda complaint, said: carrying_out.report_failure(
            complaint_id=complaint.pk, number=said["remedy"], body=said["body"]
        ),
        says=_("Thank you for telling us. We are looking at it again."),
    )


def answered(
    request: HttpRequest,
    reference: str,
    name: str,
    form_of: Callable[[Complaint], forms.Form],
    does: Callable[[Complaint, dict[str, Any]], object],
    *,
    says: str,
) -> HttpResponse:
    """One form of the page of a case: what is wrong with it comes back on that page, with the words in it."""
    complaint = visits.opened_case(request, reference)
    if complaint is None:
        return tracking.closed(request, reference)
    if request.method != "POST":
        return redirect("portal:case", reference=complaint.reference)
    form = form_of(complaint)
    typed = {_("Your message"): request.POST.get(f"{form.prefix}-body", "")}
    if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE, typed=typed):
        return refused
    if form.is_valid():
        try:
            does(complaint, form.cleaned_data)
        except ComplaintError as refusal:
            tracking.explain(form, refusal)
        else:
            return tracking.done(request, complaint, says)
    return tracking.show(request, tracking.anew(complaint), status=422, **{name: form})
