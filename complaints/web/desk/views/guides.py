"""Handling guides and reply templates: everybody reads them, those who keep them write them."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from common import htmx
from complaints import guiding, permissions
from complaints.errors import Invalid
from complaints.models import Guide, ReplyTemplate
from complaints.placeholders import Placeholder
from complaints.selectors import guides as selectors
from complaints.selectors.guides import About
from complaints.services import guides
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.forms.guides import GuideForm, TemplateForm, WrittenForm

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])

_KEPT = _("It is kept, and counts from now on.")


@require_safe
@staff_only
def index(request: StaffRequest) -> HttpResponse:
    """The six steps, every guide and every template."""
    kept = permissions.keeps_guides_in(request.user)
    everywhere = permissions.may_keep_guides(request.user, None)

    def with_right(rows: Any) -> list[tuple[Any, bool]]:
        return [(row, everywhere if row.department_id is None else row.department_id in kept) for row in rows]

    context = {
        "steps": guiding.steps(),
        "guides": with_right(selectors.all_guides()),
        "templates": with_right(selectors.all_templates()),
        "may_add": bool(kept),
    }
    return htmx.render(request, "desk/guides/index.html", context=context)


@require_safe
@staff_only
def fitting(request: StaffRequest) -> HttpResponse:
    """The guides for one category (`?category=` its number), while a complaint is being registered."""
    category = request.GET.get("category", "")
    known = category.isascii() and category.isdigit() and len(category) < 18
    chosen = selectors.fitting(About(categories=[int(category)] if known else []))
    return htmx.render(request, "desk/guides/fitting.html", part="fitting", context={"guides": chosen})


@asks_and_acts
@staff_only
def add_guide(request: StaffRequest) -> HttpResponse:
    """A new guide."""
    return _edit(request, GuideForm, None, lambda form: guides.add_guide(by=request.user, **_of_new(form)))


@asks_and_acts
@staff_only
def change_guide(request: StaffRequest, code: str) -> HttpResponse:
    """Change a guide."""
    guide = get_object_or_404(selectors.all_guides(), code=code)
    return _edit(request, GuideForm, guide, lambda form: guides.change_guide(by=request.user, **_of(form, code)))


@asks_and_acts
@staff_only
def add_template(request: StaffRequest) -> HttpResponse:
    """A new template."""
    return _edit(request, TemplateForm, None, lambda form: guides.add_template(by=request.user, **_of_new(form)))


@asks_and_acts
@staff_only
def change_template(request: StaffRequest, code: str) -> HttpResponse:
    """Change a template."""
    template = get_object_or_404(selectors.all_templates(), code=code)
    return _edit(
        request, TemplateForm, template, lambda form: guides.change_template(by=request.user, **_of(form, code))
    )


def _edit(
    request: StaffRequest,
    shape: type[WrittenForm],
    row: Guide | ReplyTemplate | None,
    keep: Callable[[Any], object],
) -> HttpResponse:
    """Those who may not write it get 403."""
    kept = permissions.keeps_guides_in(request.user)
    if not kept or (row is not None and not permissions.may_keep_guides(request.user, row.department_id)):
        raise PermissionDenied
    form = shape(request.POST if request.method == "POST" else None, user=request.user, row=row)
    if form.is_bound and form.is_valid():
        try:
            keep(form)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return htmx.done(request, to="desk:guides", says=str(_KEPT))
    context = {"form": form, "row": row, "is_guide": shape is GuideForm, "placeholders": Placeholder}
    return htmx.render(request, "desk/guides/edit.html", context=context, status=422 if form.errors else 200)


def _of_new(form: Any) -> dict[str, Any]:
    return {"code": form.cleaned_data["code"], "draft": form.draft()}


def _of(form: Any, code: str) -> dict[str, Any]:
    return {"code": code, "draft": form.draft(), "seen_version": form.cleaned_data["version"]}
