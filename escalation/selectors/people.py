"""Who holds a tier of the ladder for a department at a moment. (Design section 4, "Ladder".)"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from django.db import connection
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors as staff
from accounts.models import DutyShift, Membership, User
from accounts.roles import TIER_HOLDERS, TOP_TIER, Role
from accounts.trees import Tree, tree
from complaints.conflicts import RESPONDENTS, Concerned
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from complaints.succession import Successor
from escalation.models import Tier

MOST_COUNTED = 1_000
"""Open complaints are counted no further than this: whoever has so many is not less busy than others."""

NOBODY: Concerned = MappingProxyType({})


class Way(TextChoices):
    """How somebody comes to hold a tier."""

    SHIFT = "shift", _("On duty")
    ROLE = "role", _("Holds the role")
    ADMINISTRATOR = "administrator", _("Administrator, because nobody else is there")


@dataclass(frozen=True)
class Place:
    """A group of people who are asked together: those on duty, or those who hold the role, on one rung somewhere."""

    way: Way
    rung: int
    department_id: int | None
    people: Collection[int]
    here: Collection[int] = ()
    """Those of them who are not away."""


class Found(NamedTuple):
    """Who holds the tier, why, and who was asked in vain before. `holder_id` is None only where nobody is left.

    `way`, `rung` and `department_id` say where the holder was found: another rung or department than those asked for
    means that they stand in. `concerned` and `away` are the people passed over on the way there.
    """

    holder_id: int | None
    way: Way
    rung: int
    department_id: int | None
    concerned: tuple[int, ...] = ()
    away: tuple[int, ...] = ()

    @property
    def unmanned(self) -> bool:
        """Whether nobody of any tier could be asked, so that at best an administrator holds it."""
        return self.way == Way.ADMINISTRATOR


@dataclass
class Roster:
    """Who holds what at one moment, read with a handful of queries, however many complaints then ask.

    For a tier of a department the duty shift there comes first, then whoever holds the tier's role there; then
    the same in the department above, up to the root; then all of this one tier up; after the last tier an
    administrator, and in an office without one a person who may change everything. People who are away are passed
    over, also those on duty, and so are those whom the complaint concerns. Among several people who hold the role the
    one who holds the complaint already keeps it; else the one with the fewest open complaints is taken, and among
    equals the longest-serving.
    """

    tree: Tree
    roles: dict[int, Role]
    members: Mapping[tuple[int, str], list[int]]
    on_duty: Mapping[tuple[int, int], list[int]]
    """Of shifts that overlap the one that began last comes first."""
    away: Mapping[int, datetime]
    """Whoever is away, and until when."""
    last_resort: list[int]
    _load: Counter[int] = field(default_factory=Counter)
    _counted: set[int] = field(default_factory=set)
    _covering: dict[int, set[int]] = field(default_factory=dict)
    _asked: dict[tuple[int, int], list[Place]] = field(default_factory=dict)

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
            tree=tree(),
            roles=TIER_HOLDERS | {number: Role(role) for number, role in Tier.objects.values_list("number", "role")},
            members=members,
            on_duty=on_duty,
            away=staff.absences_at(at),
            last_resort=sorted(administrators),
        )

    def find(
        self, department_id: int, tier: int, *, concerned: Concerned = NOBODY, present: int | None = None
    ) -> Found:
        """Who holds the tier for the department. `concerned` are the people who may not hold this complaint, `present`
        is who holds it now.
        """
        passed_over: dict[int, None] = {}
        for place in self._places(department_id, tier):
            free = [person for person in place.here if person not in concerned] if concerned else place.here
            if len(free) < len(place.people):
                passed_over |= dict.fromkeys(person for person in place.people if person not in free)
            holder = self._one_of(place, free, present)
            if holder is not None:
                return self._found(holder, place, passed_over, concerned)
        return self._found(
            self._last_one(concerned, present),
            Place(Way.ADMINISTRATOR, TOP_TIER, None, self.last_resort),
            passed_over,
            concerned,
        )

    def duty_officer(self, department_id: int, tier: int, *, concerned: Concerned = NOBODY) -> int | None:
        """Whoever is on duty for the department while it is closed: on a shift there or above, best one for that tier;
        else a duty officer there or above. None where nobody of them is here. Only people who hold some role there or
        above: nobody else may read the complaint.
        """
        line = self.tree.lineage(department_id)
        readers = self._readers(department_id, line)
        tiers = [tier, *(rung for rung in sorted(self.roles) if rung != tier)]
        groups = [self.on_duty.get((department, rung), ()) for department in line for rung in tiers]
        groups += [self.members.get((department, Role.DUTY_OFFICER), ()) for department in line]
        for people in groups:
            for person in people:
                if person in readers and not self._is_out(person, concerned):
                    return person
        return None

    def _readers(self, department_id: int, line: Collection[int]) -> Collection[int]:
        """Who holds some role in these departments: worked out once for each department."""
        if department_id not in self._covering:
            held = (people for (department, _role), people in self.members.items() if department in line)
            self._covering[department_id] = {person for people in held for person in people}
        return self._covering[department_id]

    def handed_over(self, *, before: int | None, after: int | None) -> None:
        """Keep count of a complaint that has just changed hands."""
        if before is not None:
            self._load[before] -= 1
        if after is not None:
            self._load[after] += 1

    def _places(self, department_id: int, tier: int) -> list[Place]:
        """The groups of people in the order in which they are asked, those of nobody left out: worked out once for
        each tier of a department.
        """
        if (department_id, tier) not in self._asked:
            places = []
            for rung in range(tier, TOP_TIER + 1):
                for department in self.tree.lineage(department_id):
                    on_duty = self.on_duty.get((department, rung), ())
                    in_role = self.members.get((department, self.roles[rung]), ())
                    places.append(Place(Way.SHIFT, rung, department, on_duty))
                    places.append(Place(Way.ROLE, rung, department, in_role))
            self._asked[department_id, tier] = [
                replace(place, here=[person for person in place.people if person not in self.away])
                for place in places
                if place.people
            ]
        return self._asked[department_id, tier]

    def _one_of(self, place: Place, free: Collection[int], present: int | None) -> int | None:
        if present in free:
            return present
        if place.way == Way.SHIFT:
            return next(iter(free), None)
        return self._least_busy(free)

    def _last_one(self, concerned: Concerned, present: int | None) -> int | None:
        """An administrator: best one whom it does not concern and who is here. A complaint in nobody's hands would be
        forgotten, so one who is away or handled it before is better than none; one it is about never holds it.
        """
        not_about = [person for person in self.last_resort if concerned.get(person) not in RESPONDENTS]
        for fit in (
            [person for person in not_about if not self._is_out(person, concerned)],
            [person for person in not_about if person not in concerned],
            not_about,
        ):
            if fit:
                return present if present in fit else self._least_busy(fit)
        return None

    def _found(self, holder: int | None, place: Place, passed_over: Collection[int], concerned: Concerned) -> Found:
        others = [person for person in passed_over if person != holder] if passed_over else ()
        return Found(
            holder_id=holder,
            way=place.way,
            rung=place.rung,
            department_id=place.department_id,
            concerned=tuple(person for person in others if person in concerned),
            away=tuple(person for person in others if person not in concerned),
        )

    def _is_out(self, person: int, concerned: Concerned) -> bool:
        return person in concerned or person in self.away

    def _least_busy(self, candidates: Collection[int]) -> int | None:
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
    user_id = Roster.read(at).find(department_id, tier).holder_id
    return None if user_id is None else User.objects.get(pk=user_id)


def next_holder(complaint: Complaint, concerned: Concerned) -> Successor:
    """Who takes a complaint that is opened again or comes to another department: whoever holds its tier there now.

    Where only an administrator is left nobody takes it, and it waits to be assigned (settings.COMPLAINT_NEXT_HOLDER).
    """
    found = Roster.read(timezone.now()).find(
        complaint.department_id, complaint.tier, concerned=concerned, present=complaint.holder_id
    )
    if found.unmanned:
        return Successor(None, found.concerned, unmanned=True, last_resort=found.holder_id)
    return Successor(found.holder_id, found.concerned)
