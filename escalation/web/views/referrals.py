"""The letter that takes a complaint to an external body: printed here, sent by a person."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import htmx
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.web.desk.access import StaffRequest, seen, staff_only
from escalation import selectors
from escalation.models import Referral
from escalation.services import referrals
from escalation.web.act_forms import ReferForm
from escalation.web.offers import offer_of

State = Referral.State


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff_only
def refer(request: StaffRequest, reference: str) -> HttpResponse:
    """The letter as it would be sent now, and what may be done with it: choose the body, mark it as sent, drop it."""
    complaint = seen(request, reference)
    form = ReferForm(request.POST if request.method == "POST" else None, complaint=complaint)
    if request.method == "POST" and form.is_valid():
        done = referrals.refer(complaint_id=complaint.pk, by=request.user, **form.said())
        return htmx.done(
            request, to=reverse("escalation:refer", args=[reference]), says=_said(done), changed="dossier"
        )
    referral = selectors.referral_of(complaint)
    context = {
        "complaint": complaint,
        "form": form,
        "offer": offer_of(Verb.REFER, request.user, complaint),
        "referral": referral,
        "letter": _letter(complaint, referral, timezone.now()),
    }
    return htmx.render(request, "escalation/referral.html", context=context, status=422 if form.errors else 200)


def _letter(complaint: Complaint, referral: Referral | None, now: datetime) -> str:
    """The letter in the language of the complaint and in the zone of the office, whoever prints it."""
    body = referral.body if referral is not None else selectors.bodies_for([complaint.pk])[complaint.pk]
    with translation.override(complaint.language), timezone.override(ZoneInfo(settings.TIME_ZONE)):
        context: dict[str, Any] = {
            "complaint": complaint,
            "body": body,
            "file": selectors.case_file(complaint),
            "written_at": now,
        }
        return render_to_string("escalation/referral_letter.html", context)


def _said(referral: Referral) -> str:
    if referral.state == State.SENT:
        return _("The referral is marked as sent.")
    if referral.state == State.NOT_NEEDED:
        return _("The referral is marked as not needed.")
    return _("The referral is prepared. Print the letter, send it, and mark it as sent.")
