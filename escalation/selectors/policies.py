"""Policies as pages and the API show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Department
from complaints.models import Category
from escalation.models import Calendar, Clock, Policy, PolicyDraft, PolicyMigration, PolicyVersion
from escalation.policies import PolicyRules
from escalation.replay import OPEN_STATES
from escalation.selectors.rulebook import policy_rules, prepare
from escalation.wording import Names

OPEN_VALUES = sorted(OPEN_STATES)


@dataclass(frozen=True)
class PolicyStanding:
    """A policy, its newest version and what that says; and the draft of the next one, if there is one."""

    policy: Policy
    version: PolicyVersion
    rules: PolicyRules
    draft: PolicyDraft | None


@dataclass(frozen=True)
class VersionStanding:
    """One version of a policy, and how many open clocks run by it."""

    version: PolicyVersion
    rules: PolicyRules
    open_clocks: int


def policy_standings() -> list[PolicyStanding]:
    """Every policy in the order in which they are tried. Three queries, and one for versions not met before."""
    newest = PolicyVersion.objects.order_by("policy_id", "-number").distinct("policy_id").select_related("policy")
    versions = sorted(newest, key=lambda version: (version.policy.position, version.policy_id))
    prepare(policy_version_ids=[version.pk for version in versions])
    drafts = {draft.code: draft for draft in PolicyDraft.objects.all()}
    return [
        PolicyStanding(version.policy, version, policy_rules(version.pk), drafts.get(version.policy.code))
        for version in versions
    ]


def new_drafts() -> list[PolicyDraft]:
    """The drafts of policies that do not exist yet."""
    return list(PolicyDraft.objects.exclude(code__in=Policy.objects.values("code")).select_related("saved_by"))


def newest_policy(code: str) -> PolicyVersion | None:
    """The newest version of a policy; None if there is no such policy."""
    versions = PolicyVersion.objects.filter(policy__code=code).select_related("policy", "published_by")
    return versions.order_by("-number").first()


def policy_versions(policy: Policy) -> list[VersionStanding]:
    """Every version of a policy, the newest first, with what runs by it."""
    versions = list(policy.versions.select_related("published_by").order_by("-number"))
    prepare(policy_version_ids=[version.pk for version in versions])
    running = dict(
        Clock.objects.filter(policy_version__in=versions, state__in=OPEN_VALUES)
        .order_by()
        .values_list("policy_version")
        .annotate(Count("pk"))
    )
    return [VersionStanding(version, policy_rules(version.pk), running.get(version.pk, 0)) for version in versions]


def policy_draft(code: str) -> PolicyDraft | None:
    """The draft of a policy, if there is one."""
    return PolicyDraft.objects.filter(code=code).select_related("saved_by").first()


def migrations_of(code: str) -> QuerySet[PolicyMigration]:
    """The previews and moves of a policy's clocks, the newest first."""
    rows = PolicyMigration.objects.filter(code=code).select_related("to_version", "asked_by", "run_by", "undone_by")
    return rows.order_by("-pk")


def names_for(rules: Iterable[PolicyRules]) -> Names:
    """The names of what these rules go by in codes: one query for each sort of thing they name."""
    every = list(rules)
    asked = {
        fact: {code for each in every for code in each.match.get(fact, ())} for fact in ("department", "category")
    }
    names = {"calendar": dict(Calendar.objects.values_list("code", "name"))}
    for fact, model in (("department", Department), ("category", Category)):
        if asked[fact]:
            names[fact] = {row.code: str(row.label()) for row in model.objects.filter(code__in=asked[fact])}
    return names
