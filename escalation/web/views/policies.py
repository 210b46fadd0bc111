"""Policies: in the order in which they are tried, one with its versions, and what administrators do with them."""

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest, staff_only
from escalation import packs, permissions, selectors, wording
from escalation.models import PolicyMigration, PolicyVersion
from escalation.selectors import VersionStanding
from escalation.services import migrating, policies
from escalation.web.access import administrators_only
from escalation.web.policy_forms import RetireForm
from escalation.web.tabs import tabs

MOST_MOVES = 10
"""So many of the latest previews and moves a policy's page lists."""


@require_safe
@staff_only
def index(request: StaffRequest) -> HttpResponse:
    """Every policy, in the order in which they are tried, with what it promises."""
    standings = selectors.policy_standings()
    names = selectors.names_for(standing.rules for standing in standings)
    context = {
        "tabs": tabs(request),
        "rows": [
            {
                "standing": standing,
                "matches": wording.matches(standing.rules, names),
                "calendar": names["calendar"].get(standing.rules.calendar, standing.rules.calendar),
                "clocks": wording.clocks(standing.rules),
            }
            for standing in standings
        ],
        "new_drafts": selectors.new_drafts(),
        "may_change": permissions.may_administer(request.user),
    }
    return htmx.render(request, "escalation/policies.html", context=context)


@require_safe
@staff_only
def show(request: StaffRequest, code: str) -> HttpResponse:
    """The newest version in words, all versions with what runs by each, and what changed between two of them."""
    newest = _newest(code)
    versions = selectors.policy_versions(newest.policy)
    names = selectors.names_for(each.rules for each in versions)
    later, earlier = _compared(request, versions)
    context = {
        "tabs": tabs(request),
        "policy": newest.policy,
        "newest": versions[0],
        "pack": packs.pack_with(code),
        "general": wording.general(versions[0].rules, names),
        "clocks": wording.clocks(versions[0].rules),
        "versions": versions,
        "later": later,
        "earlier": earlier,
        "changes": wording.differences(earlier.rules, later.rules, names) if earlier else [],
        "behind": sum(each.open_clocks for each in versions[1:]),
        "draft": selectors.policy_draft(code),
        "migrations": selectors.migrations_of(code)[:MOST_MOVES],
        "may_change": permissions.may_administer(request.user),
    }
    return htmx.render(request, "escalation/policy.html", context=context)


@require_safe
@staff_only
def export(request: StaffRequest, code: str) -> HttpResponse:
    """The JSON form of the newest version, or of the one that `version` numbers, as a file."""
    version: PolicyVersion | None = _newest(code)
    if (number := request.GET.get("version", "")).isdecimal() and len(number) < 10:
        version = PolicyVersion.objects.filter(policy__code=code, number=int(number)).first()
    if version is None:
        raise Http404(_("There is no such version."))
    document = selectors.policy_rules(version.pk).to_json()
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{code}-{version.number}.json"'
    return response


@require_POST
@administrators_only
def switch(request: StaffRequest, code: str) -> HttpResponse:
    """Let a policy apply from now on, or no longer. Its clocks go on either way."""
    _newest(code)
    policy = policies.switch(code=code, is_active=request.POST.get("active") == "1")
    says = (
        _("%(name)s applies to complaints from now on.")
        if policy.is_active
        else _("%(name)s applies to no further complaint. Its clocks go on.")
    )
    return htmx.done(request, to=_address(code), says=says % {"name": policy.name})


@require_POST
@administrators_only
def move(request: StaffRequest, code: str) -> HttpResponse:
    """Try a policy earlier or later."""
    _newest(code)
    policies.move(code=code, up=request.POST.get("to") == "up")
    return htmx.done(request, to="escalation:policies")


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def retire(request: StaffRequest, code: str) -> HttpResponse:
    """Switch a policy off for good, and choose what becomes of the clocks that run by it."""
    newest = _newest(code)
    form = RetireForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["clocks"] == RetireForm.KEEP:
            policies.switch(code=code, is_active=False)
            says = _("%(name)s is retired. Its clocks go on to their end.") % {"name": newest.policy.name}
            return htmx.done(request, to=_address(code), says=says)
        migration = migrating.retire(code=code, by=request.user)
        return htmx.done(request, to=migration_address(migration))
    versions = selectors.policy_versions(newest.policy)
    context = {
        "tabs": tabs(request),
        "policy": newest.policy,
        "form": form,
        "open_clocks": sum(each.open_clocks for each in versions),
    }
    return htmx.render(request, "escalation/policy_retire.html", context=context, status=422 if form.errors else 200)


@require_POST
@administrators_only
def preview(request: StaffRequest, code: str) -> HttpResponse:
    """What it would mean to move the clocks of older versions to the newest one."""
    _newest(code)
    return htmx.done(request, to=migration_address(migrating.preview_newest(code=code, by=request.user)))


def migration_address(migration: PolicyMigration) -> str:
    """Where a preview or a move is shown."""
    return reverse("escalation:policy-move", args=[migration.code, migration.pk])


def _compared(
    request: StaffRequest, versions: list[VersionStanding]
) -> tuple[VersionStanding, VersionStanding | None]:
    """The two versions to compare: those of the address, else the newest and the one before it."""
    by_number = {str(each.version.number): each for each in versions}
    later = by_number.get(request.GET.get("version", ""), versions[0])
    before = [each for each in versions if each.version.number < later.version.number]
    return later, by_number.get(request.GET.get("from", ""), before[0] if before else None)


def _address(code: str) -> str:
    return reverse("escalation:policy", args=[code])


def _newest(code: str) -> PolicyVersion:
    version = selectors.newest_policy(code)
    if version is None:
        raise Http404(_("There is no such policy."))
    return version
