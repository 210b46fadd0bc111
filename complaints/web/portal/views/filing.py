"""Filing a complaint, one page after the other. What is typed is kept at every step, right or wrong."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.errors import FileRefused
from complaints.models import Draft
from complaints.services import drafts, evidence
from complaints.web.portal import steps, throttles, visits
from complaints.web.portal.forms import AboutForm, EvidenceForm, add_refusals
from complaints.web.portal.steps import Step

page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@page
def start(request: HttpRequest) -> HttpResponse:
    """Go to the first step; to somebody with a draft, offer to go on. POST throws the draft away."""
    draft = visits.draft(request)
    if request.method == "POST":
        if draft is not None:
            drafts.discard(draft_id=draft.pk)
        response = redirect("portal:step", slug=steps.STEPS[0].slug)
        visits.forget_draft(response)
        return response
    if draft is None:
        return redirect("portal:step", slug=steps.STEPS[0].slug)
    until = draft.updated_at + drafts.KEPT_FOR
    return render(request, "portal/resume.html", {"draft": draft, "until": until, "go_on": _where_it_stopped(draft)})


@never_cache
@page
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the guided form."""
    here = steps.BY_SLUG.get(slug)
    if here is None or here is steps.EVIDENCE:
        raise Http404
    draft = visits.draft(request)
    if request.method != "POST":
        if draft is None and here is not steps.STEPS[0]:
            return redirect("portal:file")
        return _show(request, here, draft, steps.bound(here, draft))
    key = visits.draft_key(request)
    if draft is None:
        if refused := throttles.too_often(
            request, throttles.FILE, settings.PORTAL_FILE_RATE, typed=_typed(here.form(request.POST))
        ):
            return refused
        draft, key = _begin()
    post = request.POST.copy()
    if "add-subject" in post:
        post["rows"] = str(AboutForm(post).row_count + 1)
    form = here.form(post)
    draft = drafts.keep(draft_id=draft.pk, step=here.slug, answers=steps.answers(form, post))
    if "add-subject" in post:
        response: HttpResponse = redirect(f"{request.get_full_path()}#id_subject_name_{post['rows']}")
    elif form.is_valid():
        response = redirect(_next(request, here))
    else:
        response = _show(request, here, draft, form)
    visits.remember_draft(response, key)
    return response


@never_cache
@page
def evidence_step(request: HttpRequest) -> HttpResponse:
    """Files: each is looked at and kept at once; a refused one is named and the others stay."""
    draft = visits.draft(request)
    if request.method != "POST":
        return redirect("portal:file") if draft is None else _show(request, steps.EVIDENCE, draft, EvidenceForm())
    key = visits.draft_key(request)
    if draft is None:
        if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE):
            return refused
        draft, key = _begin()
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        _keep_files(draft, form)
    if request.POST.get("remove", "").isdecimal():
        drafts.remove_file(draft_id=draft.pk, file_id=int(request.POST["remove"][:18]))
    if form.errors:
        response = _show(request, steps.EVIDENCE, draft, form)
    elif "go-on" in request.POST:
        response = redirect(_next(request, steps.EVIDENCE))
    else:
        response = redirect(f"{request.get_full_path()}#files")
    visits.remember_draft(response, key)
    return response


@never_cache
@page
def check(request: HttpRequest) -> HttpResponse:
    """All answers, each with a way to change it; POST sends them."""
    key = visits.draft_key(request)
    draft = visits.draft(request)
    if draft is None:
        return redirect("portal:receipt" if drafts.receipt(key) is not None else "portal:file")
    filled = {here.slug: steps.checked(here, draft) for here in steps.STEPS}
    for here in steps.STEPS:
        if not filled[here.slug].is_valid():
            return redirect(_address(here, then="check"))
    if request.method != "POST":
        sections = [(here, here.rows(filled[here.slug], draft), _address(here, then="check")) for here in steps.STEPS]
        return render(
            request, "portal/check.html", {"sections": sections, "back": _address(steps.STEPS[-1]), "draft": draft}
        )
    if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE):
        return refused
    complaint = drafts.send(draft_id=draft.pk, key=key, registration=steps.registration(filled))
    visits.open_case(request, complaint)
    return redirect("portal:receipt")


@never_cache
@page
def receipt(request: HttpRequest) -> HttpResponse:
    """Reference and secret, for an hour in the browser that sent the complaint; POST: the visitor has kept them.

    The secret is in no session and no table: it is made anew from the key in the cookie (see `services.drafts`).
    """
    key = visits.draft_key(request)
    registered = drafts.receipt(key) if key else None
    if registered is None:
        return render(request, "portal/receipt_gone.html", status=410)
    if request.method == "POST":
        drafts.forget_receipt(key=key)
        response = redirect("portal:case", reference=registered.complaint.reference)
        visits.forget_draft(response)
        return response
    context = {"complaint": registered.complaint, "secret": registered.access_secret, "lasts": drafts.RECEIPT_LASTS}
    return render(request, "portal/receipt.html", context)


def _show(request: HttpRequest, here: Step, draft: Draft | None, form: forms.Form) -> HttpResponse:
    before = steps.before(here)
    returns = request.GET.get("then") == "check"
    context: dict[str, Any] = {
        "form": form,
        "step": here,
        "number": steps.number(here),
        "steps": steps.STEPS,
        "draft": draft,
        "files": draft.files.all() if draft is not None and here is steps.EVIDENCE else (),
        "returns": returns,
        "back": reverse("portal:check") if returns else _address(before) if before else reverse("portal:home"),
    }
    wrong = request.method == "POST" and form.errors
    return render(request, f"portal/step_{here.slug.replace('-', '_')}.html", context, status=422 if wrong else 200)


def _begin() -> tuple[Draft, str]:
    begun = drafts.begin()
    return begun.draft, begun.key


def _keep_files(draft: Draft, form: EvidenceForm) -> None:
    for file in form.cleaned_data["evidence"]:
        try:
            drafts.add_file(draft_id=draft.pk, file=evidence.check_file(file))
        except FileRefused as refusal:
            add_refusals(form, {"evidence": [str(refusal)]}, otherwise="evidence")


def _where_it_stopped(draft: Draft) -> str:
    """The first step that still lacks something; the answers to check when none does."""
    for here in steps.STEPS:
        if here is not steps.EVIDENCE and drafts.typed(draft, here.slug) is None:
            return _address(here)
        if not steps.checked(here, draft).is_valid():
            return _address(here)
    return reverse("portal:check")


def _next(request: HttpRequest, here: Step) -> str:
    following = steps.following(here)
    if request.GET.get("then") == "check" or following is None:
        return reverse("portal:check")
    return _address(following)


def _address(here: Step, *, then: str = "") -> str:
    address = reverse("portal:step", kwargs={"slug": here.slug})
    return f"{address}?{urlencode({'then': then})}" if then else address


def _typed(form: forms.Form) -> dict[str, str]:
    """What the visitor wrote in text areas, to hand it back when it could not be kept."""
    return {
        str(field.label): str(field.value() or "")
        for field in form
        if isinstance(field.field.widget, forms.Textarea) and field.value()
    }
