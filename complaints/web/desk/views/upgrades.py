"""Upgrades: taking a complaint further, looking for the earlier one, and the desk that supervises all of them."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from common import htmx, paging
from complaints import permissions, upgrading
from complaints.errors import Invalid
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import upgrades as reads
from complaints.services import unrecorded_upgrades, upgrades
from complaints.upgrade_filters import UpgradeFilter
from complaints.upgrade_words import sentence
from complaints.upgrading import GROUNDS, Finding
from complaints.web.desk.access import StaffRequest, address, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import upgrades as upgrade_forms
from complaints.web.desk.offers.upgrades import offer_to_name
from complaints.web.desk.views.register import show_receipt

NEWEST_FIRST = paging.Order("demanded_at", descending=True)

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def upgrade(request: StaffRequest, reference: str) -> HttpResponse:
    """Take this complaint further for its complainant."""
    act = Act(
        Verb.UPGRADE,
        lambda complaint, said: upgrades.upgrade(complaint_id=complaint.pk, by=request.user, **said),
        says=gettext_lazy("It is taken further. Whoever holds the upgrade has not handled this complaint."),
        form=upgrade_forms.UpgradeForm,
        more=_what_the_record_says,
        leads_to=lambda complaint: _where_it_went(request.user, complaint),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def name_earlier(request: StaffRequest, reference: str) -> HttpResponse:
    """Say which complaint this upgrade takes further."""
    act = Act(
        Verb.NAME_EARLIER,
        lambda complaint, said: upgrades.name_earlier(complaint_id=complaint.pk, by=request.user, **said),
        says=gettext_lazy("The grounds are compared with what was found."),
        form=upgrade_forms.NameEarlierForm,
        more=_what_was_found,
        offer=offer_to_name,
        preset=("earlier",),
    )
    return answer(request, reference, act)


@require_safe
@staff_only
def find(request: StaffRequest) -> HttpResponse:
    """Look for the earlier complaint by phone, name, rough time and words, among what the person sees."""
    permissions.check_register(request.user, backdated=False)
    form = upgrade_forms.SearchForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "asked": form.is_bound}
    if form.is_bound and form.is_valid():
        remembered = form.remembered()
        found = [] if remembered.is_empty else reads.candidates(request.user, remembered)
        context |= {"found": found, "nothing_asked": remembered.is_empty, "go_on": _without_number(form.cleaned_data)}
    status = 422 if form.is_bound and form.errors else 200
    return htmx.render(request, "desk/upgrades/find.html", context=context, status=status)


@asks_and_acts
@staff_only
def unrecorded(request: StaffRequest) -> HttpResponse:
    """Register an upgrade whose earlier complaint was not found."""
    permissions.check_register(request.user, backdated=False)
    if request.method != "POST":
        known = {name: request.GET[name] for name in ("name", "phone", "told_on", "told_about") if name in request.GET}
        form = upgrade_forms.UnrecordedForm(user=request.user, initial=known | {"none_found": bool(known)})
        return htmx.render(request, "desk/upgrades/unrecorded.html", context={"form": form})
    form = upgrade_forms.UnrecordedForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            registered = unrecorded_upgrades.upgrade(
                given=form.given(), by=request.user, none_found=form.cleaned_data["none_found"]
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return show_receipt(request, registered)
    return htmx.render(request, "desk/upgrades/unrecorded.html", context={"form": form}, status=422)


@require_safe
@staff_only
def supervision(request: StaffRequest) -> HttpResponse:
    """All upgrades that the person sees, each ground beside the record; for those outside the line.

    Raises NotAllowed.
    """
    permissions.check_supervises(request.user)
    chosen = UpgradeFilter(request.GET or None, reads.supervised(request.user))
    fits = chosen.form.is_valid() or not chosen.is_bound
    page = paging.page(
        chosen.qs if fits else chosen.queryset.none(), order=NEWEST_FIRST, cursor=request.GET.get("cursor", "")
    )
    context = {
        "form": chosen.form,
        "page": page,
        "complaints": [row.complaint for row in page.rows],
        "unnamed": permissions.unnamed_to(request.user, [row.earlier for row in page.rows]),
        "filtered": chosen.is_bound and any(chosen.form.data.get(name) for name in UpgradeFilter.base_filters),
    }
    return htmx.render(request, "desk/upgrades/supervision.html", part="list", context=context)


def told(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as the page shows them."""
    return [
        {
            "ground": finding.ground.label,
            "verdict": finding.verdict.value,
            "label": finding.verdict.label,
            "sentence": sentence(finding.says, finding.values),
        }
        for finding in findings
    ]


def _what_the_record_says(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """Every ground there is beside the record as it is now, to be told on the phone before it is demanded."""
    findings = upgrading.compare(GROUNDS, reads.facts_of(complaint, timezone.now()))
    return {"beside": "desk/upgrades/beside.html", "findings": told(findings)}


def _what_was_found(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """Complaints that may be the one meant, by what is known of who demands it."""
    entered = reads.upgrade_of(complaint)
    person = complaint.complainant
    remembered = reads.Remembered(
        phone=person.phone, name=person.name, day=entered.told_on if entered is not None else None
    )
    found = [] if remembered.is_empty else reads.candidates(request.user, remembered, besides=complaint)
    return {"beside": "desk/upgrades/candidates.html", "upgrade": entered, "found": found}


def _where_it_went(user: User, complaint: Complaint) -> str:
    upgrades_of_it = reads.taken_further(user, complaint)
    return address(user, upgrades_of_it[-1] if upgrades_of_it else complaint)


def _without_number(typed: dict[str, Any]) -> str:
    """The address of the form for what was not found, with what was typed already."""
    known = {
        "name": typed["name"],
        "phone": typed["phone"],
        "told_on": typed["day"].isoformat() if typed["day"] else "",
        "told_about": typed["words"],
    }
    return f"{reverse('desk:upgrade-unrecorded')}?{urlencode(known)}"
