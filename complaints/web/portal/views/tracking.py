"""Following a complaint: opening it, reading its story, answering, and saying whether the answer settles it."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import htmx
from complaints import access, references
from complaints.errors import ComplaintError
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors.handler_wishes import public_wish
from complaints.selectors.objecting import public_notice
from complaints.selectors.public_matters import to_dispute
from complaints.selectors.public_proofs import public_proofs
from complaints.selectors.public_remedies import public_remedies
from complaints.selectors.public_story import public_case, public_files
from complaints.selectors.public_upgrades import public_upgrade
from complaints.services import casework, correspondence, evidence, follow_ups, portal_access, standing
from complaints.web.portal import throttles, visits
from complaints.web.portal.forms import (
    AskAnotherForm,
    BrokenForm,
    ChoiceForm,
    DisputeForm,
    FurtherForm,
    LostForm,
    ObjectForm,
    RateForm,
    RefuseForm,
    ReplyForm,
    TrackForm,
    add_refusals,
)

page = require_http_methods(["GET", "HEAD", "POST"])

_WITH_WORDS = ("reply", "dispute", "rate", "refuse", "broken", "object", "another", "further")
"""The forms in which somebody may have written much when the case closes in their browser."""


@never_cache
@page
def track(request: HttpRequest) -> HttpResponse:
    """Open a case with its reference and its secret."""
    if request.method != "POST":
        return _ask_for_secret(request, TrackForm(initial={"reference": request.GET.get("reference", "")[:40]}))
    if refused := throttles.too_often(request, throttles.TRACK, settings.PORTAL_TRACK_RATE):
        return refused
    form = TrackForm(request.POST)
    if not form.is_valid():
        return _ask_for_secret(request, form, status=422)
    complaint = access.find_by_secret(form.cleaned_data["reference"], form.cleaned_data["secret"])
    if complaint is None:
        form.add_error("secret", _("This reference and this secret do not belong together. Check both and try again."))
        return _ask_for_secret(request, form, status=422)
    visits.open_case(request, complaint)
    return redirect("portal:case", reference=complaint.reference)


@never_cache
@page
def lost(request: HttpRequest) -> HttpResponse:
    """Ask for the link by mail. The answer is the same whether such a case exists or not."""
    if request.method != "POST":
        return render(request, "portal/lost.html", {"form": LostForm()})
    if refused := throttles.too_often(request, throttles.TRACK, settings.PORTAL_TRACK_RATE):
        return refused
    form = LostForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/lost.html", {"form": form}, status=422)
    portal_access.request_link(reference=form.cleaned_data["reference"], email=form.cleaned_data["email"])
    return render(request, "portal/lost_asked.html", {"email": form.cleaned_data["email"]})


@never_cache
@page
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of one case. A link from a mail opens it and is taken out of the address at once."""
    if "key" in request.GET:
        return _open_by_link(request, reference)
    complaint = visits.opened_case(request, reference)
    if complaint is None:
        return closed(request, reference)
    if request.method == "POST":
        return _act(request, complaint)
    return show(request, complaint)


@never_cache
@require_POST
def leave(request: HttpRequest, reference: str) -> HttpResponse:
    """Close the case in this browser."""
    visits.close_case(request, reference)
    return redirect("portal:home")


@never_cache
@require_safe
def download(request: HttpRequest, reference: str, file_id: int) -> HttpResponse | FileResponse:
    """One file of the case, as an attachment. Files of other cases and of the office do not exist here."""
    complaint = visits.opened_case(request, reference)
    if complaint is None:
        return closed(request, reference)
    attachment = get_object_or_404(public_files(complaint), pk=min(file_id, 2**63 - 1))
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=attachment.name)
    response["Content-Type"] = attachment.content_type
    return response


@never_cache
@require_POST
def part(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Open the complaint that a matter of this one was split off into: it is the same person's, and needs no secret of
    its own.
    """
    complaint = visits.opened_case(request, reference)
    if complaint is None:
        return closed(request, reference)
    split_off = get_object_or_404(Complaint, came_from__complaint=complaint, came_from__number=min(number, 2**15 - 1))
    visits.open_case(request, split_off)
    return redirect("portal:case", reference=split_off.reference)


def _open_by_link(request: HttpRequest, reference: str) -> HttpResponse:
    plain = references.normalise(reference)
    complaint = Complaint.objects.filter(reference=plain or "").first()
    nobody = Complaint(reference=plain or "", access_digest="")
    fits = access.opens(complaint or nobody, request.GET["key"])
    if complaint is None or not fits:
        return _ask_for_secret(request, TrackForm(initial={"reference": plain or ""}), status=403, link_failed=True)
    visits.open_case(request, complaint)
    response = redirect("portal:case", reference=complaint.reference)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, complaint.language, samesite="Lax")
    return response


def closed(request: HttpRequest, reference: str) -> HttpResponse:
    """The case is not open in this browser. Says the same whether it exists or not, and hands typed text back."""
    form = TrackForm(initial={"reference": references.normalise(reference) or ""})
    typed = next(filter(None, (request.POST.get(f"{form}-body") for form in _WITH_WORDS)), "")
    return _ask_for_secret(request, form, status=403, closed=True, typed=typed)


def _ask_for_secret(request: HttpRequest, form: TrackForm, *, status: int = 200, **remarks: Any) -> HttpResponse:
    context = {"form": form, "open_references": visits.open_references(request), **remarks}
    return render(request, "portal/track.html", context, status=status)


def show(request: HttpRequest, complaint: Complaint, *, status: int = 200, **filled: forms.Form) -> HttpResponse:
    """The page of the case; with one of its forms as it was filled in, if something is wrong with it."""
    told = public_case(complaint)
    remedies = public_remedies(complaint)
    context = {
        "case": told,
        "complaint": complaint,
        "rate": RateForm(),
        "needs_authority": complaint.is_open and standing.lacks_authority(complaint),
        "remedies": remedies,
        "reply": ReplyForm(),
        "dispute": DisputeForm(matters=to_dispute(complaint)),
        "choice": ChoiceForm(),
        "refusal": RefuseForm(),
        "broken": BrokenForm(remedies=remedies),
        "notice": public_notice(complaint, timezone.now()),
        "objecting": ObjectForm(),
        "wish": public_wish(complaint),
        "needed": public_proofs(complaint),
        "asking": AskAnotherForm(),
        "upgrade": public_upgrade(complaint),
        "further": FurtherForm(),
        "form": next(iter(filled.values()), None),
        **filled,
        "can_reply": Verb.HEAR in told.can,
        "can_confirm": Verb.CONFIRM in told.can,
        "can_dispute": Verb.DISPUTE in told.can,
        "can_rate": Verb.RATE in told.can,
    }
    return render(request, "portal/case.html", context, status=status)


def _act(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    acts = {Verb.HEAR: _hear, Verb.CONFIRM: _confirm, Verb.DISPUTE: _dispute, Verb.RATE: _rate}
    act = acts.get(Verb(request.POST["act"])) if request.POST.get("act") in Verb.values else None
    if act is None:
        return show(request, complaint, status=400)
    typed = {_("Your message"): next(filter(None, (request.POST.get(f"{form}-body") for form in _WITH_WORDS)), "")}
    if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE, typed=typed):
        return refused
    return act(request, complaint)


def _hear(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            files = [evidence.check_file(file) for file in form.cleaned_data["evidence"]]
            correspondence.hear(complaint_id=complaint.pk, body=form.cleaned_data["body"], files=files)
        except ComplaintError as refusal:
            explain(form, refusal)
        else:
            return done(request, complaint, _("Your message has arrived."))
    return show(request, anew(complaint), reply=form, status=422)


def _confirm(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    casework.confirm(complaint_id=complaint.pk)
    return done(request, complaint, _("Thank you. Your complaint is closed."))


def _dispute(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = DisputeForm(request.POST, matters=to_dispute(complaint))
    if form.is_valid():
        try:
            casework.dispute(
                complaint_id=complaint.pk,
                body=form.cleaned_data["body"],
                matter_numbers=form.cleaned_data.get("matters", ()),
            )
        except ComplaintError as refusal:
            explain(form, refusal)
        else:
            return done(request, complaint, _("We are looking at your complaint again. Somebody else will do so."))
    return show(request, anew(complaint), dispute=form, status=422)


def _rate(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    form = RateForm(request.POST)
    if form.is_valid():
        satisfied, words = form.cleaned_data["satisfied"] == "yes", form.cleaned_data["body"]
        try:
            follow_ups.rate(complaint_id=complaint.pk, satisfied=satisfied, words=words)
        except ComplaintError as refusal:
            explain(form, refusal)
        else:
            return done(request, complaint, _("Thank you. We have written down what you say of our answer."))
    return show(request, anew(complaint), rate=form, status=422)


def explain(form: forms.Form, refusal: ComplaintError) -> None:
    """Beside the form, with the text still in it: a flash after a redirect would lose what was written."""
    otherwise = "body" if "body" in form.fields else None
    if not refusal.errors:
        form.add_error(otherwise, str(refusal))
    names = {
        "file": "evidence",
        "digest": "option",
        "matter_numbers": "matters",
        "words": "body",
        "reasons": "body",
        "description": "body",
    }
    errors = {names.get(field, field): sentences for field, sentences in refusal.errors.items()}
    add_refusals(form, errors, otherwise=otherwise)


def anew(complaint: Complaint) -> Complaint:
    """As it is now: it may have moved while the message was being written."""
    return Complaint.objects.select_related("holder__department", "department", "complainant").get(pk=complaint.pk)


def done(request: HttpRequest, complaint: Complaint, says: str) -> HttpResponse:
    """Back to the page of the case, which says that it was done."""
    return htmx.done(request, to=reverse("portal:case", args=[complaint.reference]), says=says)
