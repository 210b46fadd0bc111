"""Asking for another handler: a form of the page of the case with its own address."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from complaints.rehandling import Wish
from complaints.services import rehandling
from complaints.web.portal.forms import AskAnotherForm
from complaints.web.portal.views.remedies import answered, page


@never_cache
@page
def ask_another(request: HttpRequest, reference: str) -> HttpResponse:
    """Say who should handle it instead, and why."""
    return answered(
        request,
        reference,
        "asking",
        lambda _complaint: AskAnotherForm(request.POST),
        lambda complaint, said: rehandling.ask_another(
            complaint_id=complaint.pk, reasons=said["body"], wish=Wish(said["wish"])
        ),
        says=_("We have your wish. Somebody senior looks at it and writes to you."),
    )
