"""The rules: versions parsed once, and which policy applies to which complaint now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.db import connection

from accounts.models import Department
from complaints.models import Category, Complaint
from escalation import policies
from escalation.calendars import Calendar
from escalation.matching import Facts
from escalation.models import CalendarVersion, PolicyVersion
from escalation.policies import ClockRule, InForce, PolicyRules

# Versions never change once published, so what was parsed of them stays right for the life of the program.
_calendars: dict[int, Calendar] = {}
_policies: dict[int, PolicyRules] = {}
_policy_of: dict[int, int] = {}

ALWAYS = InForce()
UNWATCHED = ClockRule(target=None, pausable=False)


def calendar_rules(version_id: int) -> Calendar:
    """The calendar of a published version."""
    if version_id not in _calendars:
        prepare(calendar_version_ids=[version_id])
    return _calendars[version_id]


def policy_rules(version_id: int) -> PolicyRules:
    """The rules of a published version."""
    if version_id not in _policies:
        prepare(policy_version_ids=[version_id])
    return _policies[version_id]


def rule_of(version_id: int, clock_kind: str) -> ClockRule:
    """What a published version says of a kind of clock; where it says nothing, people agree on a moment and no ladder
    watches it.
    """
    clocks = cast("Mapping[str, ClockRule]", policy_rules(version_id).clocks)  # a kind is its text
    return clocks.get(clock_kind, UNWATCHED)


def policy_of(version_id: int) -> int:
    """Which policy a published version belongs to."""
    policy_rules(version_id)
    return _policy_of[version_id]


def prepare(*, policy_version_ids: Collection[int] = (), calendar_version_ids: Collection[int] = ()) -> None:
    """Parse the versions that this program has not met yet: at most one query for each table."""
    unknown_policies = set(policy_version_ids) - _policies.keys()
    if unknown_policies:
        policy_versions = PolicyVersion.objects.filter(pk__in=unknown_policies)
        for pk, policy_id, document in policy_versions.values_list("pk", "policy_id", "document"):
            _policy_of[pk] = policy_id
            _policies[pk] = PolicyRules.from_json(document)
    unknown_calendars = set(calendar_version_ids) - _calendars.keys()
    if unknown_calendars:
        versions = CalendarVersion.objects.filter(pk__in=unknown_calendars)
        for pk, document in versions.values_list("pk", "document"):
            _calendars[pk] = Calendar.from_json(document)


@dataclass(frozen=True)
class Rules:
    """A policy version and the calendar version it works by: what a clock is pinned to when it starts."""

    policy_id: int
    policy_version_id: int
    calendar_version_id: int

    @property
    def policy(self) -> PolicyRules:
        """What the policy version says."""
        return policy_rules(self.policy_version_id)

    @property
    def calendar(self) -> Calendar:
        """What the calendar version says."""
        return calendar_rules(self.calendar_version_id)


@dataclass(frozen=True)
class Draft:
    """Rules that are not published; `policy_id` is 0 for a policy that does not exist yet."""

    policy_id: int
    position: int
    rules: PolicyRules


def _in_force(pins: Rules, rules: PolicyRules, complaint: Complaint) -> bool:
    return rules.in_force == ALWAYS or rules.in_force.covers(pins.calendar.local_date(complaint.received_at))


_NEWEST_CALENDARS = """
SELECT DISTINCT ON (v.calendar_id) c.code, v.id
FROM escalation_calendarversion AS v JOIN escalation_calendar AS c ON c.id = v.calendar_id
ORDER BY v.calendar_id, v.number DESC
"""
_NEWEST_POLICIES = """
SELECT DISTINCT ON (v.policy_id) p.position, v.policy_id, v.id
FROM escalation_policyversion AS v JOIN escalation_policy AS p ON p.id = v.policy_id
WHERE p.is_active
ORDER BY v.policy_id, v.number DESC
"""


@dataclass(frozen=True)
class Rulebook:
    """The newest version of every active policy, in the order in which they are tried, with its calendar."""

    entries: Sequence[tuple[Rules, PolicyRules]]
    departments: Mapping[int, Sequence[str]]
    categories: Mapping[int, Sequence[str]]
    """For each department and category its own code and the codes of those above it, where a policy asks."""

    @classmethod
    def read(cls, *, draft: "Draft | None" = None) -> "Rulebook":
        """Read what is in force now: two queries, and one more for each tree that a policy matches on. A draft stands
        in the place of its policy's newest version; it is no version yet, so that its pins have the id 0.
        """
        with connection.cursor() as cursor:  # by hand: each registration asks, and the ORM would take most of its time
            cursor.execute(_NEWEST_CALENDARS)
            calendars: dict[str, int] = dict(cursor.fetchall())
            cursor.execute(_NEWEST_POLICIES)
            newest = cursor.fetchall()
        prepare(policy_version_ids=[pk for _position, _policy, pk in newest])
        if draft is not None:
            newest = [row for row in newest if row[1] != draft.policy_id]
            newest.append((draft.position, draft.policy_id, 0))
        entries = []
        for _position, policy_id, version_id in sorted(newest):
            rules = policy_rules(version_id) if version_id or draft is None else draft.rules
            if rules.calendar in calendars:
                entries.append((Rules(policy_id, version_id, calendars[rules.calendar]), rules))
        asked = {fact for _pins, rules in entries for fact in rules.match}
        return cls(
            entries=entries,
            departments=_codes_upwards(Department) if "department" in asked else {},
            categories=_codes_upwards(Category) if "category" in asked else {},
        )

    def match(self, complaint: Complaint) -> Rules | None:
        """The first policy that applies to the complaint as it is now, and was in force when it was received; None if
        none does.
        """
        in_force = [(pins, rules) for pins, rules in self.entries if _in_force(pins, rules, complaint)]
        found = policies.first_match(in_force, self.facts(complaint))
        return found[0] if found else None

    def matching(self, complaint: Complaint) -> list[Rules]:
        """Every policy that fits the complaint as it is now and was in force when it was received, in the order in
        which they are tried; the first is the one that applies.
        """
        facts = self.facts(complaint)
        return [pins for pins, rules in self.entries if rules.matches(facts) and _in_force(pins, rules, complaint)]

    def applies(self, policy_id: int, complaint: Complaint) -> bool:
        """Whether this policy fits the complaint as it is now, whether or not another one is tried before it."""
        facts = self.facts(complaint)
        return any(
            rules.matches(facts) and _in_force(pins, rules, complaint)
            for pins, rules in self.entries
            if pins.policy_id == policy_id
        )

    def facts(self, complaint: Complaint) -> Facts:
        """What policies match on. A department or category counts as each of those above it, too."""
        return _facts(complaint, self.departments, self.categories)


def facts_of(complaint_ids: Collection[int]) -> dict[int, Facts]:
    """What policies and external bodies match on, for each of these complaints. Three queries."""
    departments, categories = _codes_upwards(Department), _codes_upwards(Category)
    complaints = Complaint.objects.filter(pk__in=complaint_ids).order_by()
    named = complaints.only("complaint_class", "priority", "track", "channel", "department_id", "category_id")
    return {complaint.pk: _facts(complaint, departments, categories) for complaint in named}


def _facts(
    complaint: Complaint, departments: Mapping[int, Sequence[str]], categories: Mapping[int, Sequence[str]]
) -> Facts:
    return {
        "class": str(complaint.complaint_class),
        "priority": str(complaint.priority),
        "track": str(complaint.track),
        "channel": str(complaint.channel),
        "department": departments.get(complaint.department_id, ()),
        "category": categories.get(complaint.category_id, ()) if complaint.category_id else (),
    }


def _codes_upwards(model: type[Department] | type[Category]) -> dict[int, list[str]]:
    """For each node of a tree its code and those above it, in one query."""
    nodes = {pk: (code, parent) for pk, code, parent in model.objects.values_list("pk", "code", "parent_id")}
    lines: dict[int, list[str]] = {}
    for pk in nodes:
        line: list[str] = []
        at: int | None = pk
        while at is not None and nodes[at][0] not in line:
            code, above = nodes[at]
            line.append(code)
            at = above
        lines[pk] = line
    return lines
