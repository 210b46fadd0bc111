"""Previews of policies and moves of open clocks: how far they are, what they found, carrying out and undoing them."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common import htmx, moments, paging
from complaints import permissions as complaint_permissions
from complaints.web.desk.access import StaffRequest, staff_only
from escalation import permissions, selectors, wording
from escalation.models import MigratedClock, PolicyMigration
from escalation.policies import PolicyRules
from escalation.services import migrating
from escalation.web.access import administrators_only
from escalation.web.tabs import tabs
from escalation.web.views.policies import migration_address

PAGE = 50
DAY = 24 * 3_600
BY_DATE = paging.Order("due_before", nullable=True)


@require_safe
@never_cache
@staff_only
def show(request: StaffRequest, code: str, migration_id: int) -> HttpResponse:
    """One preview or move; while workers are busy with it, how far they are."""
    migration = _found(code, migration_id)
    context = {
        "tabs": tabs(request),
        "migration": migration,
        "may_change": permissions.may_administer(request.user),
        "is_newest": migration.to_version is not None
        and migration.to_version == selectors.newest_policy(migration.code),
        "draft": selectors.policy_draft(code) if migration.to_version is None else None,
    }
    if not migration.is_at_work:
        context |= _outcome(request, migration)
    return htmx.render(request, "escalation/policy_move.html", part="outcome", context=context)


@require_POST
@administrators_only
def start(request: StaffRequest, code: str, migration_id: int) -> HttpResponse:
    """Move the clocks of the preview."""
    migration = migrating.start(migration_id=_found(code, migration_id).pk, by=request.user)
    return htmx.done(request, to=migration_address(migration))


@require_POST
@administrators_only
def undo(request: StaffRequest, code: str, migration_id: int) -> HttpResponse:
    """Put the clocks back."""
    migration = migrating.undo(migration_id=_found(code, migration_id).pk, by=request.user)
    return htmx.done(request, to=migration_address(migration))


@require_POST
@administrators_only
def go_on(request: StaffRequest, code: str, migration_id: int) -> HttpResponse:
    """Try again what an error stopped."""
    migration = migrating.go_on(migration_id=_found(code, migration_id).pk)
    return htmx.done(request, to=migration_address(migration))


def _outcome(request: StaffRequest, migration: PolicyMigration) -> dict[str, object]:
    """The counts, and a page of the clocks of complaints that the person sees; of others only how many there are."""
    verdicts = migration.counts.get("verdicts", {})
    counted = [
        {
            "verdict": verdict,
            "label": verdict.label,
            "count": verdicts[verdict.value],
            "by": _by_how_much(migration, verdict),
        }
        for verdict in MigratedClock.Verdict
        if verdicts.get(verdict.value)
    ]
    known = Q(complaint__restriction="") | Q(complaint__in=complaint_permissions.circle_of(request.user))
    rows = migration.clocks.filter(known)  # of restricted complaints not even how many there are
    chosen = request.GET.get("verdict", "")
    if chosen in MigratedClock.Verdict.values:
        rows = rows.filter(verdict=chosen)
    if request.GET.get("changed"):
        rows = rows.filter(changed=True)
    seen = rows.filter(complaint__in=complaint_permissions.visible_to(request.user))
    page = paging.page(
        seen.select_related("clock", "complaint", "version_before"),
        order=BY_DATE,
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
    )
    changes = _changes(migration)
    return {
        "counted": counted,
        "chosen": chosen,
        "only_changed": bool(request.GET.get("changed")),
        "page": page,
        "unseen": rows.count() - seen.count(),
        "changes": changes,
        "stages": migration.counts.get("stages", {}),
    }


def _by_how_much(migration: PolicyMigration, verdict: str) -> dict[str, str] | None:
    found = migration.counts.get("by", {}).get(verdict)
    return {name: moments.span(seconds, day_seconds=DAY) for name, seconds in found.items()} if found else None


def _changes(migration: PolicyMigration) -> list[wording.Change]:
    """What the previewed document says otherwise than the version before it."""
    if migration.document is None or migration.policy is None:
        return []
    versions = selectors.policy_versions(migration.policy)
    before = [
        each for each in versions if migration.to_version is None or each.version.number < migration.to_version.number
    ]
    if not before:
        return []
    rules = PolicyRules.from_json(migration.document)
    return wording.differences(before[0].rules, rules, selectors.names_for([before[0].rules, rules]))


def _found(code: str, migration_id: int) -> PolicyMigration:
    moves = PolicyMigration.objects.select_related("policy", "to_version", "asked_by", "run_by", "undone_by")
    return get_object_or_404(moves, code=code, pk=migration_id)
