"""Having something taken further: from the page of one's own case, or without a number."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common import htmx
from complaints.errors import ComplaintError
from complaints.selectors.public_upgrades import public_upgrade
from complaints.services import unrecorded_upgrades, upgrades
from complaints.web.portal import throttles, visits
from complaints.web.portal.forms import FurtherForm, UnrecordedUpgradeForm
from complaints.web.portal.views import tracking

page = require_http_methods(["GET", "HEAD", "POST"])

_COOKIE = _SALT = "upgrade"


@never_cache
@page
def demand(request: HttpRequest, reference: str) -> HttpResponse:
    """Have this case taken further: what comes of it is a case of its own, open in this browser at once."""
    complaint = visits.opened_case(request, reference)
    if complaint is None:
        return tracking.closed(request, reference)
    if request.method != "POST":
        return redirect("portal:case", reference=complaint.reference)
    form = FurtherForm(request.POST)
    typed = {_("Your message"): request.POST.get("further-body", "")}
    if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE, typed=typed):
        return refused
    if form.is_valid():
        said = form.cleaned_data
        try:
            registered = upgrades.demand(complaint_id=complaint.pk, grounds=said["grounds"], words=said["body"])
        except ComplaintError as refusal:
            tracking.explain(form, refusal)
        else:
            visits.open_case(request, registered.complaint)
            to = reverse("portal:case", args=[registered.complaint.reference])
            return htmx.done(request, to=to, says=_("Somebody more senior looks at it now. You follow it here."))
    return tracking.show(request, tracking.anew(complaint), status=422, further=form)


@never_cache
@require_POST
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Open the case in which this one goes further: it is the same person's, and needs no secret of its own."""
    complaint = visits.opened_case(request, reference)
    if complaint is None:
        return tracking.closed(request, reference)
    went_to = public_upgrade(complaint).went_to
    if went_to is None:
        raise Http404
    visits.open_case(request, went_to)
    return redirect("portal:case", reference=went_to.reference)


@never_cache
@page
def unrecorded(request: HttpRequest) -> HttpResponse:
    """Have something taken further whose number one does not have. What follows is the same whether it is found or
    not: nothing here tells a stranger of a case.
    """
    if request.method != "POST":
        form = UnrecordedUpgradeForm(initial={"once": _new_token()})
        return render(request, "portal/upgrade.html", {"form": form})
    form = UnrecordedUpgradeForm(request.POST)
    typed = {str(form[name].label): str(form[name].value() or "") for name in ("told_about", "body")}
    if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE, typed=typed):
        return refused
    if form.is_valid():
        token = _genuine(form.cleaned_data["once"]) or _new_token()
        try:
            registered = unrecorded_upgrades.demand(given=form.given(), once=token)
        except ComplaintError as refusal:
            tracking.explain(form, refusal)
        else:
            visits.open_case(request, registered.complaint)
            response = redirect("portal:upgrade-receipt")
            response.set_cookie(
                _COOKIE,
                token,
                max_age=int(unrecorded_upgrades.RECEIPT_LASTS.total_seconds()),
                path=reverse("portal:upgrade-receipt"),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
            return response
    return render(request, "portal/upgrade.html", {"form": form}, status=422)


@never_cache
@page
def receipt(request: HttpRequest) -> HttpResponse:
    """Reference and secret, for an hour in the browser that sent it; POST: the visitor has kept them."""
    token = _genuine(request.COOKIES.get(_COOKIE, ""))
    registered = unrecorded_upgrades.receipt(token) if token else None
    if registered is None:
        return render(request, "portal/receipt_gone.html", status=410)
    if request.method == "POST":
        response = redirect("portal:case", reference=registered.complaint.reference)
        response.delete_cookie(_COOKIE, path=reverse("portal:upgrade-receipt"), samesite="Lax")
        return response
    context = {
        "complaint": registered.complaint,
        "secret": registered.access_secret,
        "lasts": unrecorded_upgrades.RECEIPT_LASTS,
    }
    return render(request, "portal/receipt.html", context)


def _new_token() -> str:
    """A token of our own: the secret of the case is made from it, so nobody may choose one that is easily guessed."""
    return signing.dumps(secrets.token_urlsafe(32), salt=_SALT)


def _genuine(token: str) -> str:
    """The token, if it is one that we gave; else nothing."""
    try:
        signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return ""
    return token
