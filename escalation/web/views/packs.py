"""Rule packs: the list, one with its rules and their sources, and loading it."""

from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest, staff_only
from escalation import amounts, packs, permissions
from escalation.errors import EscalationError
from escalation.models import Policy
from escalation.packs import Pack
from escalation.services import packing
from escalation.targets import CountFrom, Target, Unit
from escalation.web.access import administrators_only
from escalation.web.pack_forms import LoadForm
from escalation.web.tabs import tabs


@require_safe
@staff_only
def index(request: StaffRequest) -> HttpResponse:
    """Every pack."""
    context = {"tabs": tabs(request), "packs": packs.packs()}
    return htmx.render(request, "escalation/packs.html", context=context)


@require_safe
@staff_only
def show(request: StaffRequest, code: str) -> HttpResponse:
    """One pack: its rules as a table with their sources, and what of it has been loaded."""
    return _page(request, _pack(code), LoadForm())


@require_http_methods(["POST"])
@administrators_only
def load(request: StaffRequest, code: str) -> HttpResponse:
    """Publish its policies, switched off."""
    pack, form = _pack(code), LoadForm(request.POST)
    if form.is_valid():
        try:
            loaded = packing.load(pack=pack, calendar=form.cleaned_data["calendar"], by=request.user)
        except EscalationError as refusal:
            form.add_error("calendar", str(refusal))
        else:
            says = ngettext(
                "%(count)d policy is loaded. Check it with counsel, then switch it on.",
                "%(count)d policies are loaded. Check them with counsel, then switch them on.",
                len(loaded),
            ) % {"count": len(loaded)}
            return htmx.done(request, to=reverse("escalation:pack", args=[code]), says=says)
    return _page(request, pack, form)


def _page(request: StaffRequest, pack: Pack, form: LoadForm) -> HttpResponse:
    loaded = {policy.code: policy for policy in Policy.objects.filter(code__in=[each.code for each in pack.policies])}
    may_load = permissions.may_administer(request.user)
    context = {
        "tabs": tabs(request),
        "pack": pack,
        "rules": [
            {
                "rule": rule,
                "limit": amounts.in_words(rule.target.unit, rule.target.amount),
                "count": how_it_counts(rule.target),
            }
            for rule in pack.rules
        ],
        "policies": [
            {"packed": each, "policy": loaded.get(each.code), "href": _address(loaded.get(each.code))}
            for each in pack.policies
        ],
        "may_load": may_load,
        "form": form,
    }
    return htmx.render(request, "escalation/pack.html", context=context, status=422 if form.errors else 200)


def how_it_counts(target: Target) -> str:
    """How the days or hours of a target are counted, in a sentence."""
    if target.unit is Unit.CALENDAR_DAYS:
        if target.roll:
            return _("The day of receipt is not counted; a last day off moves on to the next working day.")
        return _("The day of receipt is not counted; days off count, the last one too.")
    if target.unit is Unit.WORKING_DAYS:
        if target.count_from is CountFrom.SAME_DAY:
            return _("Counted from the day of receipt, to the end of work on the last day.")
        return _("Counted from the day after the receipt, to the end of work on the last day.")
    if target.unit is Unit.WORKING_HOURS:
        return _("Counted while the office works, from the moment of receipt.")
    return _("Counted day and night, from the moment of receipt.")


def _pack(code: str) -> Pack:
    pack = packs.pack(code)
    if pack is None:
        raise Http404(_("There is no such rule pack."))
    return pack


def _address(policy: Policy | None) -> str:
    """Where a policy is looked at and switched on."""
    if policy is None:
        return ""
    try:
        return reverse("escalation:policy", args=[policy.code])
    except NoReverseMatch:
        return reverse("admin:escalation_policy_change", args=[policy.pk])
