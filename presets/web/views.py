"""Presets on the desk, for administrators: the list, one with all that it brings, and loading it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common import htmx
from complaints.errors import ComplaintError
from complaints.web.desk.access import StaffRequest
from escalation import packs
from escalation.web.access import administrators_only
from presets import reading
from presets.errors import NoSuchPreset
from presets.items import Kind
from presets.reading import Preset
from presets.services import loading
from presets.services.loading import Loaded
from presets.services.surveying import State, Survey, survey
from presets.web.forms import LoadForm


@require_safe
@administrators_only
def index(request: StaffRequest) -> HttpResponse:
    """Every preset, and how much of it is here."""
    return htmx.render(request, "presets/index.html", context={"surveys": survey(reading.presets())})


@require_safe
@administrators_only
def show(request: StaffRequest, code: str) -> HttpResponse:
    """One preset: its page, what it brings, which seats are empty, and the button that loads it."""
    return _page(request, _preset(code), LoadForm())


@require_POST
@administrators_only
def load(request: StaffRequest, code: str) -> HttpResponse:
    """Load what is missing of it."""
    preset, form = _preset(code), LoadForm(request.POST)
    if form.is_valid():
        try:
            loaded = loading.load(preset=preset, by=request.user)
        except ComplaintError as refusal:
            form.add_error(None, str(refusal))
        else:
            if loaded.overlapping:
                messages.warning(request, _("Its policies are drafts. Compare them with yours, then publish them."))
            return htmx.done(request, to=reverse("presets:preset", args=[code]), says=_said(loaded))
    return _page(request, preset, form)


def _page(request: StaffRequest, preset: Preset, form: LoadForm) -> HttpResponse:
    (found,) = survey([preset])
    context = {
        "survey": found,
        "preset": preset,
        "packs": [pack for code in preset.packs if (pack := packs.pack(code)) is not None],
        "brings": [{"kind": kind.label, "items": _listed(kind, found)} for kind, _items in found.brings],
        "seats": _seats(found),
        "complete": found.state == State.LOADED,
        "form": form,
    }
    return htmx.render(request, "presets/preset.html", context=context, status=422 if form.errors else 200)


def _listed(kind: Kind, found: Survey) -> list[dict[str, Any]]:
    """The items of a kind by name, and which of them are missing."""
    missing = {item.code for item in found.missing if item.kind == kind}
    return [{"item": item, "missing": item.code in missing} for item in found.preset.of(kind)]


def _seats(found: Survey) -> list[dict[str, Any]]:
    """For each department the roles that it needs, and which of them nobody holds."""
    return [
        {
            "department": department.name,
            "roles": [
                {"label": seat.role.label, "empty": seat in found.empty_seats}
                for seat in found.preset.seats
                if seat.department == department.code
            ],
        }
        for department in found.preset.of(Kind.DEPARTMENT)
    ]


def _said(loaded: Loaded) -> str:
    if not loaded.made:
        return _("Everything of it was here already; nothing is changed.")
    count = len(loaded.made)
    return ngettext("%(count)d thing is made.", "%(count)d things are made.", count) % {"count": count}


def _preset(code: str) -> Preset:
    try:
        return reading.preset(code)
    except NoSuchPreset as refusal:
        raise Http404(str(refusal)) from None
