"""Whom among the staff some news is for, and what they are told of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from accounts import selectors as staff
from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints import permissions as complaint_permissions
from complaints.events import Occurrence
from complaints.lifecycle import Verb
from complaints.models import Decision
from complaints.vocabulary import Priority
from escalation.happenings import Happening
from escalation.policies import ClockKind
from notifications import letters
from notifications.letters import Letter

UNMANNED = "unmanned"
"""The alarm that nobody of any tier could take a complaint."""

STAFF_LETTERS: Mapping[str, str] = {Verb.REOPEN.value: "opened_again"}
"""What the staff read where the letter of the same name is the complainant's."""

MOST_OF_A_ROLE = 10
"""So many people of one role are told of one complaint, the longest-serving first."""

_HANDLERS: tuple[frozenset[Role], ...] = (frozenset({Role.HANDLER}),)
_CONFIRMERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.CONFIRM_CLASS in verbs),
)


@dataclass(frozen=True)
class _Call:
    """Whom some news is for: people by id, and of each group of roles the nearest who hold one.

    `else_groups` are asked only when none of the people can be told. `administrators`: all of them, wherever they are.
    """

    people: tuple[int | None, ...] = ()
    groups: tuple[frozenset[Role], ...] = ()
    else_groups: tuple[frozenset[Role], ...] = ()
    administrators: bool = False


def _new_holder(occurrence: Occurrence) -> _Call:
    return _Call(people=(occurrence.event.data["holder"],))


def _holder_or_handlers(occurrence: Occurrence) -> _Call:
    return _Call(people=(occurrence.complaint.holder_id,), else_groups=_HANDLERS)


def _confirmers(occurrence: Occurrence) -> _Call:
    return _Call(groups=_CONFIRMERS if occurrence.event.data["state"] == Decision.State.PROPOSED else ())


def _by_the_ladder(occurrence: Occurrence) -> _Call:
    """Whom the step names, and the new holder. Steps that were missed and only recorded tell nobody; what they hand
    to somebody is told by `_handed_over`.
    """
    data, holder = occurrence.event.data, occurrence.complaint.holder_id
    if not data["notify"]:
        return _Call()
    groups = tuple(frozenset({Role(role)}) for role in data["roles"])
    if data["holder"] != holder:  # a later step of the same sweep has handed it on
        return _Call(groups=groups)
    if data["tell_holder"] or data["holder_before"] != holder:
        return _Call(people=(holder,), groups=groups, else_groups=_HANDLERS)
    return _Call(groups=groups)


def _handed_over(occurrence: Occurrence) -> _Call:
    """The new holder, by a step that tells nobody itself: it names nobody, or was missed and a higher one speaks."""
    data, holder = occurrence.event.data, occurrence.complaint.holder_id
    if occurrence.event.kind != Happening.ESCALATED or data["notify"] or holder is None:
        return _Call()
    return _Call(people=(holder,)) if data["holder_before"] != data["holder"] == holder else _Call()


def _left_alone(occurrence: Occurrence) -> _Call:
    """All administrators, when nobody of any tier could take the complaint. Of steps that are only recorded because a
    higher one fired with them the higher one tells it.
    """
    data = occurrence.event.data
    return _Call(administrators=bool(data.get("unmanned")) and not data.get("missed", False))


TO_STAFF: Mapping[str, Callable[[Occurrence], _Call]] = MappingProxyType(
    {
        Verb.ASSIGN.value: _new_holder,
        Verb.TRANSFER.value: _holder_or_handlers,
        Verb.CLASSIFY.value: _confirmers,
        Verb.HEAR.value: _holder_or_handlers,
        Verb.DISPUTE.value: _holder_or_handlers,
        Verb.REOPEN.value: _holder_or_handlers,
        Happening.ESCALATED.value: _by_the_ladder,
        Happening.REMINDED.value: _by_the_ladder,
    }
)


def to_staff(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause for the staff."""
    calls = _calls(occurrences, lambda occurrence: TO_STAFF[occurrence.event.kind](occurrence))
    handed_over = _calls(occurrences, _handed_over)
    left_alone = _calls(occurrences, _left_alone)
    if not calls and not handed_over and not left_alone:
        return []
    people = _People([*calls, *handed_over, *left_alone])
    told: dict[tuple[str, int, int], Letter] = {}
    for occurrence, call in calls:
        for user in people.called(occurrence, call):
            # two promises of one complaint may be broken in one sweep: its holder hears of it once, the last word
            told[occurrence.event.kind, occurrence.complaint.pk, user.pk] = _letter(occurrence, user)
    know = {(complaint, user) for kind, complaint, user in told if kind in set(Happening)}
    for occurrence, call in handed_over:
        for user in people.called(occurrence, call):
            if (occurrence.complaint.pk, user.pk) not in know:
                told[occurrence.event.kind, occurrence.complaint.pk, user.pk] = _letter(occurrence, user)
    alarms: dict[tuple[int, int], Letter] = {}
    for occurrence, call in left_alone:
        for user in people.called(occurrence, call):
            alarms[occurrence.complaint.pk, user.pk] = _letter(occurrence, user, UNMANNED)
    alarmed = {letter.key for letter in alarms.values()}  # an administrator who holds it hears of it once
    return [*(letter for letter in told.values() if letter.key not in alarmed), *alarms.values()]


def _calls(occurrences: Sequence[Occurrence], of: Callable[[Occurrence], _Call]) -> list[tuple[Occurrence, _Call]]:
    """The calls of what the staff are told at all, without those that call nobody."""
    calls = [(occurrence, of(occurrence)) for occurrence in occurrences if occurrence.event.kind in TO_STAFF]
    return [(occurrence, call) for occurrence, call in calls if call != _Call()]


def _letter(occurrence: Occurrence, user: User, kind: str = "") -> Letter:
    return Letter(
        kind=kind or STAFF_LETTERS.get(occurrence.event.kind, occurrence.event.kind),
        event_id=occurrence.event.pk,
        reader=letters.staff_reader(user),
        complaint=occurrence.complaint,
        facts=_facts(occurrence, user),
    )


def _facts(occurrence: Occurrence, user: User) -> dict[str, Any]:
    complaint, event = occurrence.complaint, occurrence.event
    facts = {
        "about": complaint.subject,
        "priority": Priority(complaint.priority).label,
        "tier": complaint.tier,
        "due_at": complaint.due_at,
        "overdue": complaint.is_overdue(event.recorded_at),
        "yours": complaint.holder_id == user.pk,
    }
    if event.kind in set(Happening):
        facts["promise"] = ClockKind(event.data["clock_kind"]).label
        facts["climbed"] = (event.data["tier"], event.data["holder"]) != (
            event.data["tier_before"],
            event.data["holder_before"],
        )
    return facts


class _People:
    """Everybody whom these calls may reach, read at once."""

    def __init__(self, calls: Sequence[tuple[Occurrence, _Call]]) -> None:
        named = {person for _occurrence, call in calls for person in call.people if person is not None}
        roles = {role for _o, call in calls for group in (*call.groups, *call.else_groups) for role in group}
        self._users: dict[int, User] = {}
        if named:
            self._users = {user.pk: user for user in User.objects.filter(pk__in=named, is_active=True)}
        self._administrators = staff.administrators() if any(call.administrators for _o, call in calls) else []
        self._holders: dict[tuple[int, Role], list[User]] = defaultdict(list)
        self._above: dict[int, int | None] = {}
        if roles:
            self._above = dict(Department.objects.values_list("id", "parent_id"))
            for membership in (
                Membership.objects.filter(role__in=roles, user__is_active=True)
                .select_related("user")
                .order_by("user_id")
            ):
                self._holders[membership.department_id, Role(membership.role)].append(membership.user)

    def called(self, occurrence: Occurrence, call: _Call) -> list[User]:
        """Who is told: each once, and nobody of what they did themselves."""
        actor = occurrence.event.actor_id
        found = {person: self._users[person] for person in call.people if person in self._users}
        if call.administrators:
            found |= {user.pk: user for user in self._administrators}
        groups = call.groups if found else (*call.groups, *call.else_groups)
        for group in groups:
            for user in self._nearest(occurrence.complaint.department_id, group, leave_out=actor):
                found.setdefault(user.pk, user)
        return [user for person, user in found.items() if person != actor]

    def _nearest(self, department_id: int, roles: Collection[Role], *, leave_out: int | None) -> list[User]:
        """Who holds one of these roles in the department, else in the one above it, and so on up."""
        current: int | None = department_id
        for _level in range(len(self._above)):
            if current is None:
                break
            here = {user.pk: user for role in Role if role in roles for user in self._holders.get((current, role), ())}
            here.pop(leave_out or 0, None)
            if here:
                return sorted(here.values(), key=lambda user: user.pk)[:MOST_OF_A_ROLE]
            current = self._above.get(current)
        return []
