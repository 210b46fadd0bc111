"""Reads: wishes for another handler, who decides about one, and what the complainant reads of it. (Mission M43.)"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from accounts.models import Membership, User
from accounts.trees import Tree, tree
from complaints import circles, conflicts, permissions, rehandling
from complaints.lifecycle import OPEN, Status, Verb, possible
from complaints.models import Complaint, HandlerWish
from complaints.rehandling import WishState

DECIDERS = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.GRANT_ANOTHER in verbs)
MOST_LISTED = 50
"""So many stand in My work; whoever has more sees the rest when these are done."""


def waiting() -> QuerySet[HandlerWish]:
    """Those that wait for a decision: the complaint is open, and still in the hands of whom they are about."""
    return HandlerWish.objects.filter(
        state=WishState.OPEN, complaint__holder=F("holder"), complaint__status__in=sorted(OPEN)
    )


def open_wish(complaint: Complaint) -> HandlerWish | None:
    """The wish of this complaint that waits for a decision."""
    return waiting().filter(complaint=complaint).select_related("holder").first()


def with_all(complaints: Iterable[Complaint]) -> QuerySet[HandlerWish]:
    """The wishes of these complaints with everything that is shown of them: one query."""
    return (
        HandlerWish.objects.filter(complaint__in=[complaint.pk for complaint in complaints])
        .select_related("holder", "recorded_by", "decided_by", "went_to")
        .order_by("complaint_id", "number")
    )


@dataclass(frozen=True)
class Leaders:
    """Who leads in each department, and how high whoever handles complaints stands; read once for any number of
    complaints.
    """

    roles: dict[int, dict[int, set[str]]]
    """Department → person → the roles they hold there."""
    departments: Tree

    @classmethod
    def read(cls) -> "Leaders":
        """The roles that hold tiers of the ladder, of everybody who is active: two queries."""
        roles: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        rows = Membership.objects.filter(role__in=sorted(rehandling.RANKS), user__is_active=True)
        for department, person, role in rows.values_list("department_id", "user_id", "role"):
            roles[department][person].add(role)
        return cls(roles, tree())

    def deciding_about(
        self, complaint: Complaint, *, circle: Collection[int], concerned: Collection[int]
    ) -> list[set[int]]:
        """Who may decide whether somebody else handles the complaint, by their departments, the nearest first; of a
        restricted complaint those of its `circle`, whatever department they lead in. None of those `concerned`.
        """
        holder = complaint.holder_id
        if holder is None:
            return []
        departments = list(self.roles) if complaint.restriction else self.departments.lineage(complaint.department_id)
        held: dict[int, set[str]] = defaultdict(set)
        for department in departments:
            for person, roles in self.roles.get(department, {}).items():
                held[person] |= roles
        inside = set(circle) if complaint.restriction else set(held)
        leading = {
            person: rehandling.rank(roles)
            for person, roles in held.items()
            if roles & DECIDERS and person in inside and person not in concerned
        }
        found = rehandling.deciding(leading, holder, rehandling.rank(held.get(holder, set())))
        if complaint.restriction:
            return [found] if found else []
        places = [found & {one for one, roles in self.roles[each].items() if roles & DECIDERS} for each in departments]
        return [group for group in places if group]


def deciders(complaint: Complaint) -> list[int]:
    """Who is asked to decide about the holder of this complaint: of those who may, the nearest."""
    return sorted(next(iter(_groups([complaint])[complaint.pk]), ()))


def may_decide(user: User, complaint: Complaint) -> bool:
    """Whether this person is one of those who may."""
    return any(user.pk in group for group in _groups([complaint])[complaint.pk])


def _groups(complaints: Sequence[Complaint]) -> dict[int, list[set[int]]]:
    """Who may decide about each of these complaints, the nearest first: a few queries."""
    leaders, concerned = Leaders.read(), conflicts.concerned_in([complaint.pk for complaint in complaints])
    restricted = [complaint.pk for complaint in complaints if complaint.restriction]
    inside = circles.members_in(restricted) if restricted else {}
    return {
        complaint.pk: leaders.deciding_about(
            complaint, circle=inside.get(complaint.pk, ()), concerned=concerned.get(complaint.pk, ())
        )
        for complaint in complaints
    }


def waiting_for(user: User) -> list[HandlerWish]:
    """The wishes about which this person may decide, those made first coming first. One query where there is none."""
    visible = permissions.visible_to(user)
    wishes = list(
        waiting()
        .filter(complaint__in=visible)
        .exclude(holder=user)
        .select_related("complaint", "holder")
        .order_by("made_at", "id")[:MOST_LISTED]
    )
    if not wishes:
        return []
    groups = _groups([wish.complaint for wish in wishes])
    return [wish for wish in wishes if any(user.pk in group for group in groups[wish.complaint_id])]


@dataclass(frozen=True)
class PublicWish:
    """What the page of a case says: whether another handler can be asked for, and the last wish about whoever handles
    it now, or by which they came to.
    """

    can_ask: bool
    last: HandlerWish | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.last is not None and self.last.state == WishState.OPEN


def public_wish(complaint: Complaint) -> PublicWish:
    """One query. The caller has made sure that the reader may open the case."""
    last = complaint.handler_wishes.exclude(state=WishState.OVERTAKEN).order_by("-number").first()
    if last is not None and complaint.holder_id not in (last.holder_id, last.went_to_id):
        last = None
    waits = last is not None and last.state == WishState.OPEN
    may = complaint.holder_id is not None and possible(Status(complaint.status), Verb.ASK_ANOTHER)
    return PublicWish(can_ask=may and not waits, last=last if complaint.is_open else None)
