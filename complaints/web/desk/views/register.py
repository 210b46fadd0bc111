"""Writing down what somebody says on the phone, at the counter or in a letter."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import htmx
from complaints import permissions
from complaints.errors import ComplaintError, Invalid
from complaints.models import Complaint
from complaints.services import first_contact, intake
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.registration import RegistrationForm
from complaints.web.desk.subject_rows import subject_rows, subjects_given

RECEIPT = "registered"
RECEIPT_LASTS = 900
"""Seconds for which the receipt waits to be shown. It waits in the clerk's own browser: we keep no secret."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def register(request: StaffRequest) -> HttpResponse:
    """The registration form. Raises NotAllowed for people whose roles do not include it."""
    permissions.check_register(request.user, backdated=False)
    if request.method != "POST":
        return _page(request, RegistrationForm(user=request.user), subject_rows())
    if "more" in request.POST:  # another few rows for subjects: nothing is judged yet
        form = RegistrationForm(user=request.user, initial=_as_typed(request))
        return _page(request, form, subject_rows(request.POST, more=3))
    form, rows = RegistrationForm(request.POST, request.FILES, user=request.user), subject_rows(request.POST)
    if not (form.is_valid() & rows.is_valid()):
        return _page(request, form, rows, status=422)
    settled = form.settlement()
    try:
        registered = first_contact.register(
            registration=form.registration(subjects_given(rows)),
            by=request.user,
            settled=settled,
            files=form.files_given(),
        )
    except ComplaintError as refusal:
        if settled is None and not isinstance(refusal, Invalid):
            raise
        form.refuse(refusal)
        return _page(request, form, rows, status=422)
    return show_receipt(request, registered)


def show_receipt(request: StaffRequest, registered: intake.Registered) -> HttpResponse:
    """Lead to the page that shows reference and secret, this once."""
    response = htmx.done(request, to="desk:registered")
    response.set_cookie(
        RECEIPT,
        signing.dumps([registered.complaint.reference, registered.access_secret], salt=RECEIPT),
        max_age=RECEIPT_LASTS,
        path=reverse("desk:registered"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


@require_safe
@never_cache
@staff_only
def registered(request: StaffRequest) -> HttpResponse:
    """Reference and secret, this once, to be told to the complainant."""
    try:
        reference, secret = signing.loads(request.COOKIES.get(RECEIPT, ""), salt=RECEIPT, max_age=RECEIPT_LASTS)
    except signing.BadSignature:
        messages.info(request, _("The secret of a complaint is shown only once, right after it was registered."))
        return redirect("desk:my-work")
    complaint = Complaint.objects.select_related("department", "complainant").get(reference=reference)
    context = {
        "complaint": complaint,
        "secret": secret,
        "sees_it": permissions.visible_to(request.user).filter(pk=complaint.pk).exists(),
    }
    response = htmx.render(request, "desk/registered.html", context=context)
    response.delete_cookie(RECEIPT, path=reverse("desk:registered"), samesite="Strict")
    return response


def _page(request: StaffRequest, form: RegistrationForm, subjects: BaseFormSet, *, status: int = 200) -> HttpResponse:
    if form.is_bound and request.FILES:
        form.add_error("evidence", _("Choose the files again: the browser does not keep them."))
    context = {"form": form, "subjects": subjects}
    return htmx.render(request, "desk/register.html", context=context, status=status)


def _as_typed(request: StaffRequest) -> dict[str, Any]:
    typed = RegistrationForm(request.POST, user=request.user)
    return {bound.name: bound.data for bound in typed if bound.name != "evidence"}
