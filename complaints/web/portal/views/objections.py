"""Objecting to a decision about how a complaint is pursued: a form of the page of the case with its own address."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from complaints.services import objections
from complaints.web.portal.forms import ObjectForm
from complaints.web.portal.views.remedies import answered, page


@never_cache
@page
def object_to_class(request: HttpRequest, reference: str) -> HttpResponse:
    """Say why the decision is wrong."""
    return answered(
        request,
        reference,
        "objecting",
        lambda _complaint: ObjectForm(request.POST),
        lambda complaint, said: objections.object_to_class(complaint_id=complaint.pk, words=said["body"]),
        says=_("We have your objection. Somebody who had no part in the decision will look at it and write to you."),
    )
