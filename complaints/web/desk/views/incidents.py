"""The pages of mass incidents, and the acts by which one complaint joins or leaves one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import htmx, paging
from complaints import permissions, selectors
from complaints.errors import IllegalMove, Invalid
from complaints.lifecycle import Verb
from complaints.models import MassIncident
from complaints.selectors import mass
from complaints.services import incidents
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms.incidents import GatherAllForm, GatherForm, OpenIncidentForm, ReleaseForm, TellAllForm
from complaints.web.desk.offers.gravity import OFFERS
from complaints.web.desk.views.lists import NEWEST_FIRST, Row

MOST_LISTED = 200
"""So many incidents stand in the list; older ones are found from their complaints."""

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_only
def listing(request: StaffRequest) -> HttpResponse:
    """The incidents that the person sees, the last opened first, with the counts of the complaints that they see."""
    rows = mass.with_counts(mass.visible_incidents(request.user), request.user)[:MOST_LISTED]
    return htmx.render(request, "desk/incidents.html", context={"incidents": rows})


@asks_and_acts
@staff_only
def new(request: StaffRequest) -> HttpResponse:
    """Open a mass incident."""
    form = OpenIncidentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            incident = incidents.open_incident(by=request.user, **form.cleaned_data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            says = _("The mass incident is open. Gather the complaints that belong to it.")
            return htmx.done(request, to=reverse("desk:incident", args=[incident.pk]), says=says)
    return htmx.render(request, "desk/incident_new.html", context={"form": form}, status=422 if form.errors else 200)


@require_safe
@staff_only
def incident(request: StaffRequest, incident_id: int) -> HttpResponse:
    """One incident with the complaints gathered under it that the person sees, and what was sent to all."""
    return _page(request, _seen(request, incident_id))


@require_POST
@staff_only
def tell(request: StaffRequest, incident_id: int) -> HttpResponse:
    """Write to every open complaint of the incident."""
    found = _seen(request, incident_id)
    form = TellAllForm(request.POST, auto_id="tell-%s")
    if form.is_valid():
        try:
            update = incidents.tell_all(incident=found, by=request.user, **form.said())
        except (Invalid, IllegalMove) as refusal:
            form.refuse(refusal)
        else:
            reached = update.messages.count()
            says = ngettext(
                "The update was sent to %(count)d complaint.", "The update was sent to %(count)d complaints.", reached
            ) % {"count": reached}
            return htmx.done(request, to=reverse("desk:incident", args=[found.pk]), says=says)
    return _page(request, found, tell_form=form, status=422)


@require_POST
@staff_only
def gather_all(request: StaffRequest, incident_id: int) -> HttpResponse:
    """Gather complaints by their references."""
    found = _seen(request, incident_id)
    form = GatherAllForm(request.POST, incident=found, user=request.user, auto_id="gather-%s")
    if form.is_valid():
        try:
            rows = incidents.gather_all(incident=found, by=request.user, complaint_ids=form.cleaned_data["references"])
        except (Invalid, IllegalMove) as refusal:
            form.refuse(refusal)
        else:
            says = ngettext("%(count)d complaint was gathered.", "%(count)d complaints were gathered.", len(rows)) % {
                "count": len(rows)
            }
            return htmx.done(request, to=reverse("desk:incident", args=[found.pk]), says=says)
    return _page(request, found, gather_form=form, status=422)


@require_POST
@staff_only
def close(request: StaffRequest, incident_id: int) -> HttpResponse:
    """Gather nothing more under it."""
    found = _seen(request, incident_id)
    incidents.close_incident(incident_id=found.pk, by=request.user)
    says = _("The mass incident is closed. Its complaints go on, each on its own.")
    return htmx.done(request, to=reverse("desk:incident", args=[found.pk]), says=says)


@asks_and_acts
@staff_only
def gather(request: StaffRequest, reference: str) -> HttpResponse:
    """Gather this complaint under a mass incident."""
    act = Act(
        Verb.GATHER,
        lambda complaint, said: incidents.gather(complaint_id=complaint.pk, by=request.user, **said),
        says=gettext_lazy("The complaint is gathered under the mass incident."),
        form=GatherForm,
        offer=OFFERS[Verb.GATHER],
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def release(request: StaffRequest, reference: str) -> HttpResponse:
    """Take this complaint out of its mass incident."""
    act = Act(
        Verb.RELEASE,
        lambda complaint, said: incidents.release(complaint_id=complaint.pk, by=request.user, **said),
        says=gettext_lazy("The complaint stands on its own again."),
        form=ReleaseForm,
        offer=OFFERS[Verb.RELEASE],
    )
    return answer(request, reference, act)


def _seen(request: StaffRequest, incident_id: int) -> MassIncident:
    return get_object_or_404(
        mass.with_counts(mass.visible_incidents(request.user), request.user), pk=min(incident_id, 2**63 - 1)
    )


def _page(
    request: StaffRequest,
    found: MassIncident,
    *,
    tell_form: TellAllForm | None = None,
    gather_form: GatherAllForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = selectors.listed(mass.complaints_of(found, request.user))
    page = paging.page(rows, order=NEWEST_FIRST, cursor=request.GET.get("cursor", ""))
    last = selectors.last_events(page.rows)
    leads = permissions.may_lead(request.user, found.department_id)
    context: dict[str, Any] = {
        "incident": found,
        "page": page,
        "rows": [Row(complaint, last.get(complaint.pk)) for complaint in page.rows],
        "updates": mass.updates_of(found, request.user),
        "leads": leads,
        "tell": tell_form or TellAllForm(auto_id="tell-%s"),
        "gather": gather_form or GatherAllForm(incident=found, user=request.user, auto_id="gather-%s"),
        "may_gather": permissions.may_in(request.user, Verb.GATHER, found.department_id),
    }
    return htmx.render(request, "desk/incident.html", context=context, status=status)
