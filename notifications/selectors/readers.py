"""Who can be told: the people behind names and roles, who is away, who is on duty, and when they may be disturbed.

Everything is read at most once for any number of complaints, and only when somebody asks for it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from accounts import selectors as staff
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.trees import Tree, tree
from common.rows import fetch, numbers
from complaints import circles, conflicts
from complaints.conflicts import Concerned
from complaints.events import Occurrence
from complaints.models import Complaint, Subject
from escalation import selectors as deadlines
from escalation.calendars import Calendar
from escalation.selectors import HoursBook, Roster
from notifications.letters import Reader, staff_reader

MOST_OF_A_ROLE = 10
"""So many people of one role are told of one complaint, the longest-serving first."""

NOBODY: Concerned = {}


class Call(NamedTuple):
    """Whom some news is for: people by id, and of each group of roles the nearest who hold one.

    `else_groups` are asked only when none of the people can be told. `administrators`: all of them, wherever they are.
    Groups are looked for from the complaint's department on, or from another `department`. `or_on_duty`: whoever is on
    duty besides, when somebody is on a shift or when all others called are out of office.
    """

    people: tuple[int | None, ...] = ()
    groups: tuple[frozenset[Role], ...] = ()
    else_groups: tuple[frozenset[Role], ...] = ()
    administrators: bool = False
    department: int | None = None
    or_on_duty: bool = False


UNCALLED = Call()


class Readers:
    """Everybody whom these calls may reach, at the moment of the news."""

    def __init__(self, calls: Sequence[tuple[Occurrence, Call]], now: datetime) -> None:
        self._now = now
        self._complaints = {occurrence.complaint.id for occurrence, _call in calls}
        self._restricted = {occurrence.complaint.id for occurrence, _call in calls if occurrence.complaint.restriction}
        self._roles = {role for _o, call in calls for group in (*call.groups, *call.else_groups) for role in group}
        self._users: dict[int, User] = {}
        self._known: dict[int, Reader] = {}
        self.load(person for _occurrence, call in calls for person in call.people if person is not None)

    def __getitem__(self, person: int) -> User:
        return self._users[person]

    def reader(self, person: int) -> Reader:
        """How the person reads: worked out once for each."""
        if person not in self._known:
            self._known[person] = staff_reader(self._users[person])
        return self._known[person]

    def load(self, people: Iterable[int]) -> None:
        """Read those of these people who are active and not in hand yet."""
        unknown = set(people) - self._users.keys()
        if unknown:
            self._users |= User.objects.filter(is_active=True).in_bulk(unknown)

    def called(self, occurrence: Occurrence, call: Call) -> list[int]:
        """Who is told: each once, nobody of what they did themselves, and never only somebody who is away. Those not
        named by the call have yet to be loaded. Of a restricted complaint only its circle is told: all of it, where
        the news is for roles that nobody in it holds.
        """
        actor, complaint = occurrence.event.actor_id, occurrence.complaint
        department = call.department or complaint.department_id
        found: dict[int, None] = {person: None for person in call.people if person in self._users}
        for group in call.groups if found else (*call.groups, *call.else_groups):
            found |= dict.fromkeys(self._nearest(complaint, department, group, leave_out=actor))
        if call.administrators:
            found |= dict.fromkeys(self._roster.last_resort)
        if complaint.pk in self._restricted:
            inside = self._circles.get(complaint.pk, ())
            found = dict.fromkeys(person for person in found if person in inside)
            if not found and (call.administrators or call.groups or call.else_groups):
                found = dict.fromkeys(inside)
        if actor is not None:
            found.pop(actor, None)
        if complaint.pk in self._restricted:
            return list(found)  # nobody else stands in for those who are away
        if found and found.keys() <= self._away.keys():
            stand_in = self._roster.find(department, complaint.tier, concerned=self.concerned(complaint))
            if stand_in.holder_id not in (None, actor):
                found[stand_in.holder_id] = None
        return list(found)

    def duty_officer(self, complaint: Complaint) -> int | None:
        """Whoever is on duty for the complaint's department at this moment; None where nobody is, and where a
        restricted complaint is kept from them. See `Roster`.
        """
        concerned = self.concerned(complaint)
        officer = self._roster.duty_officer(complaint.department_id, complaint.tier, concerned=concerned)
        kept_from_them = complaint.pk in self._restricted and officer not in self._circles.get(complaint.pk, ())
        return None if kept_from_them else officer

    def concerned(self, complaint: Complaint) -> Concerned:
        """The people who may not hold the complaint."""
        return self._concerned.get(complaint.id, NOBODY)

    def _nearest(self, complaint: Complaint, at: int, roles: Collection[Role], *, leave_out: int | None) -> list[int]:
        """Who holds one of these roles in the department, else in the one above it, and so on up: people who are here,
        and only where there is nobody else those who are away. Never anybody whom the complaint is about.
        """
        barred = {leave_out, *self._about.get(complaint.id, ())}
        away: list[int] = []
        for department in self._tree.lineage(at):
            holders = {person for role in roles for person in self._holders.get((department, role), ())} - barred
            here = sorted(holders - self._away.keys())
            if here:
                return here[:MOST_OF_A_ROLE]
            away = away or sorted(holders)
        return away[:MOST_OF_A_ROLE]

    @cached_property
    def _tree(self) -> Tree:
        return tree()

    @cached_property
    def _holders(self) -> Mapping[tuple[int, str], Sequence[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        memberships = Membership.objects.filter(role__in=self._roles, user__is_active=True)
        for department, role, person in memberships.values_list("department_id", "role", "user_id"):
            found[department, role].append(person)
        return found

    @cached_property
    def _about(self) -> Mapping[int, Collection[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        named = Subject.objects.filter(complaint__in=self._complaints, user__isnull=False)
        for complaint, person in named.values_list("complaint_id", "user_id"):
            found[complaint].add(person)
        return found

    @cached_property
    def _away(self) -> Mapping[int, datetime]:
        return staff.absences_at(self._now)

    @cached_property
    def _roster(self) -> Roster:
        return Roster.read(self._now)

    @cached_property
    def _circles(self) -> Mapping[int, Sequence[int]]:
        """Who sees each restricted complaint."""
        return circles.members_in(self._restricted)

    @cached_property
    def _concerned(self) -> Mapping[int, Concerned]:
        return conflicts.concerned_in(self._complaints)


class OfficeDoors:
    """When people may be disturbed. (Design section 4: mere reminders wait for the recipient's working hours.)

    Those of a person's home department count; where nobody has said what they are, the calendar of the clock that
    speaks. Whoever is on duty at this moment is at work.
    """

    def __init__(self, clocks: Iterable[int], now: datetime) -> None:
        self._clocks = set(clocks)
        self._now = now
        self._homes: dict[int | None, Calendar | None] = {None: None}
        self._openings: dict[int, datetime | None] = {}

    def opens_at(self, user: User, clock: int | None) -> datetime | None:
        """The first moment (UTC) from now on at which the person works; None when that is now, or nobody knows."""
        if user.id in self._on_duty:
            return None
        home = user.department_id
        if home not in self._homes:
            self._homes[home] = self._book.of(home)  # type: ignore[arg-type]  # None is among them from the start
        hours = self._homes[home]
        if hours is None and clock in self._versions:
            hours = deadlines.calendar_rules(self._versions[clock])
        return None if hours is None else self._opening(hours)

    def _opening(self, hours: Calendar) -> datetime | None:
        if id(hours) not in self._openings:
            self._openings[id(hours)] = None if hours.is_working(self._now) else hours.next_working(self._now)
        return self._openings[id(hours)]

    def is_on_shift(self, person: int) -> bool:
        """Whether the person is on a duty shift at this moment."""
        return person in self._on_duty

    @cached_property
    def _book(self) -> HoursBook:
        return HoursBook.read()

    @cached_property
    def _on_duty(self) -> frozenset[int]:
        return staff.on_duty_at(self._now)

    @cached_property
    def _versions(self) -> Mapping[int | None, int]:
        """The version of the calendar that each clock runs by."""
        rows = fetch(
            "SELECT id, calendar_version_id FROM escalation_clock WHERE id = ANY(%s::bigint[])",
            [numbers(self._clocks)],
        )
        found: dict[int | None, int] = dict(rows)
        deadlines.prepare(calendar_version_ids=set(found.values()))
        return found
