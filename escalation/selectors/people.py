"""Who holds a tier of the ladder for a department at a moment. (Design section 4, "Ladder".)"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from accounts.models import Department, DutyShift, Membership, User
from accounts.roles import TIER_HOLDERS, TOP_TIER, Role
from complaints.lifecycle import OPEN
from escalation.models import Tier

MOST_COUNTED = 1_000
"""Open complaints are counted no further than this: whoever has so many is not less busy than others."""


@dataclass
class Roster:
    """Who holds what at one moment, read with a handful of queries, however many complaints then ask.

    For a tier of a department the duty shift there comes first, then whoever holds the tier's role there; then
    the same in the department above, up to the root; then all of this one tier up; after the last tier an
    administrator, and in an office without one a person who may change everything. Among several people the
    one with the fewest open complaints is taken, and among equals the longest-serving.
    """

    parents: dict[int, int | None]
    roles: dict[int, Role]
    members: dict[tuple[int, str], list[int]]
    on_duty: dict[tuple[int, int], list[int]]
    """Of shifts that overlap the one that began last comes first."""
    last_resort: list[int]
    _load: Counter[int] = field(default_factory=Counter)
    _counted: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, at: datetime) -> "Roster":
        """The roster at that moment."""
        members: dict[tuple[int, str], list[int]] = defaultdict(list)
        memberships = Membership.objects.filter(user__is_active=True).order_by("user_id")
        for department_id, role, user_id in memberships.values_list("department_id", "role", "user_id"):
            members[department_id, role].append(user_id)
        shifts = DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at, user__is_active=True)
        on_duty: dict[tuple[int, int], list[int]] = defaultdict(list)
        for department_id, tier, user_id in shifts.order_by("-starts_at", "-id").values_list(
            "department_id", "tier", "user_id"
        ):
            on_duty[department_id, tier].append(user_id)
        administrators = {
            user_id
            for (_department, role), user_ids in members.items()
            if role == Role.ADMINISTRATOR
            for user_id in user_ids
        }
        if not administrators:
            administrators = set(User.objects.filter(is_active=True, is_superuser=True).values_list("pk", flat=True))
        return cls(
            parents=dict(Department.objects.values_list("id", "parent_id")),
            roles=TIER_HOLDERS | {number: Role(role) for number, role in Tier.objects.values_list("number", "role")},
            members=members,
            on_duty=on_duty,
            last_resort=sorted(administrators),
        )

    def holder_of(self, department_id: int, tier: int, *, excluding: Collection[int] = frozenset()) -> int | None:
        """The id of the person who holds the tier for the department. `excluding` are people with a conflict of
        interest: the ladder passes them by. None only in an office where nobody at all is left.
        """
        line = self._lineage(department_id)
        for rung in range(tier, TOP_TIER + 1):
            for department in line:
                for duty in self.on_duty.get((department, rung), ()):
                    if duty not in excluding:
                        return duty
                found = self._least_busy(self.members.get((department, self.roles[rung]), ()), excluding)
                if found is not None:
                    return found
        return self._least_busy(self.last_resort, excluding)

    def handed_over(self, *, before: int | None, after: int | None) -> None:
        """Keep count of a complaint that has just changed hands."""
        if before is not None:
            self._load[before] -= 1
        if after is not None:
            self._load[after] += 1

    def _lineage(self, department_id: int) -> list[int]:
        line: list[int] = []
        current: int | None = department_id
        while current is not None and current not in line:
            line.append(current)
            current = self.parents.get(current)
        return line

    def _least_busy(self, people: Iterable[int], excluding: Collection[int]) -> int | None:
        candidates = [person for person in people if person not in excluding]
        if len(candidates) > 1:
            self._count(candidates)
        return min(candidates, key=lambda person: (self._load[person], person), default=None)

    def _count(self, people: Iterable[int]) -> None:
        unknown = set(people) - self._counted
        if not unknown:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person, (SELECT count(*) FROM (SELECT 1 FROM complaints_complaint AS c"
                " WHERE c.holder_id = person AND c.status = ANY(%s) LIMIT %s) AS held)"
                " FROM unnest(%s::bigint[]) AS person",
                [sorted(OPEN), MOST_COUNTED, sorted(unknown)],
            )
            self._load.update(dict(cursor.fetchall()))
        self._counted |= unknown


def holder_of(department_id: int, tier: int, at: datetime) -> User | None:
    """Who holds the tier for the department at that moment; see `Roster` for the order in which people are asked."""
    user_id = Roster.read(at).holder_of(department_id, tier)
    return None if user_id is None else User.objects.get(pk=user_id)
