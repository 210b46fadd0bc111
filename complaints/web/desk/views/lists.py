"""My work and all complaints."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from common import htmx, paging
from complaints import permissions, references, selectors
from complaints.filters import ComplaintFilter
from complaints.models import Complaint, Event
from complaints.selectors import (
    final_responses,
    grave,
    handler_wishes,
    head_office,
    objecting,
    proposed_conversions,
    transfers,
)
from complaints.selectors.answered import left_answered
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.happenings import happened

DUE_NEXT_FIRST = paging.Order("due_at", nullable=True)
NEWEST_FIRST = paging.Order("received_at", descending=True)


SEVERAL = ("status", "class", "priority", "tier")
"""The filters of which several values count at once."""


@dataclass(frozen=True)
class Row:
    """A complaint in a list, and what happened to it last."""

    complaint: Complaint
    last: Event | None

    @property
    def happened(self) -> str:
        """What happened last, in two words."""
        return happened(self.last.kind) if self.last else ""


@require_safe
@staff_only
def my_work(request: StaffRequest) -> HttpResponse:
    """What I hold and what nobody holds yet, in the order in which it is due; and what else waits for my word."""
    context = {
        **_page(request, selectors.queue(request.user), DUE_NEXT_FIRST),
        "majors": grave.majors_to_acknowledge(request.user),
        "conversions": proposed_conversions.waiting_for(request.user),
        "objections": objecting.waiting_for(request.user),
        "second_looks": selectors.waiting_for_second_person(request.user),
        "to_answer": transfers.to_answer(request.user),
        "wishes": handler_wishes.waiting_for(request.user),
        "to_tell": transfers.to_tell(request.user),
        "letters": final_responses.waiting_for_approval(request.user),
        "left_answered": left_answered(request.user),
    }
    return htmx.render(request, "desk/my_work.html", part="work", context=context)


@require_safe
@staff_only
def watching(request: StaffRequest) -> HttpResponse:
    """What I watch until it is closed, wherever it lies, in the order in which it is due."""
    watched = selectors.listed(head_office.watched_by(request.user))
    return htmx.render(request, "desk/watching.html", context=_page(request, watched, DUE_NEXT_FIRST))


@require_safe
@staff_only
def complaints(request: StaffRequest) -> HttpResponse:
    """All that the person sees, filtered by the address; a reference typed as text opens its dossier."""
    visible = permissions.visible_to(request.user)
    typed = request.GET.get("text", "").strip()
    reference = references.normalise(typed)
    if reference and visible.filter(reference=reference).exists():
        return redirect("desk:dossier", reference)
    chosen = ComplaintFilter(request.GET or None, selectors.listed(visible), request=request)
    context = {
        **_page(request, chosen.qs if chosen.form.is_valid() or not chosen.is_bound else visible.none(), NEWEST_FIRST),
        "filter": chosen,
        "form": _dressed(chosen.form, request.user),
        "several": [chosen.form[name] for name in SEVERAL],
        "typed": typed,
        "nearly_a_reference": not reference and references.resembles(typed),
    }
    return htmx.render(request, "desk/complaints.html", part="list", context=context)


def _dressed(form: forms.Form, user: User) -> forms.Form:
    """The filters as the desk shows them: several values to tick, and the usual holders by name."""
    for bound in form:
        bound.help_text = ""  # written for the address and the API
    for name in SEVERAL:
        field: Any = form.fields[name]
        field.widget = forms.CheckboxSelectMultiple(choices=field.choices)
    asked = form.data.get("holder", "")
    holders = [("", _("Anybody")), ("me", str(user)), ("none", _("Nobody yet"))]
    if asked not in ("", "me", "none"):
        holders.append((asked, asked))
    form.fields["holder"].widget = forms.Select(choices=holders)
    return form


def _page(request: StaffRequest, rows: QuerySet[Complaint], order: paging.Order) -> dict[str, Any]:
    """One page of a list with what its rows show, in a constant number of queries."""
    page = paging.page(rows, order=order, cursor=request.GET.get("cursor", ""))
    last = selectors.last_events(page.rows)
    return {
        "page": page,
        "rows": [Row(complaint, last.get(complaint.pk)) for complaint in page.rows],
        "says": _in_words(paging.total(rows)),
    }


def _in_words(total: paging.Total) -> str:
    count = number_format(total.rows, force_grouping=True)
    if total.estimated:
        return _("About %(count)s complaints") % {"count": count}
    return ngettext("%(count)s complaint", "%(count)s complaints", total.rows) % {"count": count}
