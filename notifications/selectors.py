"""Who is told what, and who reads the mailbox. Any number of occurrences costs the same few queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from accounts.models import Department, Membership, User
from accounts.roles import Role
from complaints import permissions as complaint_permissions
from complaints.events import Occurrence
from complaints.lifecycle import Verb
from complaints.models import Decision, Message
from complaints.services.portal_access import LINK_REQUESTED
from complaints.vocabulary import DeclineCode, Outcome, Priority
from escalation.happenings import Happening
from escalation.policies import ClockKind
from notifications import letters
from notifications.letters import Letter
from notifications.models import OutboxMessage

TO_COMPLAINANT: frozenset[str] = frozenset(
    {
        Verb.REGISTER.value,
        Verb.ACKNOWLEDGE.value,
        Verb.REPLY.value,
        Verb.WAIT.value,
        Verb.RESOLVE.value,
        Verb.DECLINE.value,
        Verb.REOPEN.value,
        LINK_REQUESTED,
    }
)
"""What the complainant hears by mail: never the class, nor anything else that only the office knows."""

RECEIPT_WITHIN = timedelta(days=30)
"""How long after a complaint was received its registration still causes a receipt."""

MOST_OF_A_ROLE = 10
"""So many people of one role are told of one complaint, the longest-serving first."""

_HANDLERS: tuple[frozenset[Role], ...] = (frozenset({Role.HANDLER}),)
_CONFIRMERS: tuple[frozenset[Role], ...] = (
    frozenset(role for role, verbs in complaint_permissions.GRANTS.items() if Verb.CONFIRM_CLASS in verbs),
)


@dataclass(frozen=True)
class _Call:
    """Whom some news is for: people by id, and of each group of roles the nearest who hold one.

    `else_groups` are asked only when none of the people can be told.
    """

    people: tuple[int | None, ...] = ()
    groups: tuple[frozenset[Role], ...] = ()
    else_groups: tuple[frozenset[Role], ...] = ()


def _new_holder(occurrence: Occurrence) -> _Call:
    return _Call(people=(occurrence.event.data["holder"],))


def _holder_or_handlers(occurrence: Occurrence) -> _Call:
    return _Call(people=(occurrence.complaint.holder_id,), else_groups=_HANDLERS)


def _handlers(_occurrence: Occurrence) -> _Call:
    return _Call(groups=_HANDLERS)


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


TO_STAFF: Mapping[str, Callable[[Occurrence], _Call]] = MappingProxyType(
    {
        Verb.ASSIGN.value: _new_holder,
        Verb.TRANSFER.value: _handlers,
        Verb.CLASSIFY.value: _confirmers,
        Verb.HEAR.value: _holder_or_handlers,
        Verb.DISPUTE.value: _holder_or_handlers,
        Happening.ESCALATED.value: _by_the_ladder,
        Happening.REMINDED.value: _by_the_ladder,
    }
)


def letters_for(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause, for complainants and for the staff."""
    return [*_to_complainants(occurrences), *_to_staff(occurrences)]


def mailbox(user: User) -> QuerySet[OutboxMessage]:
    """The messages this administrator sees: none about complaints that they do not see (house rule: visible_to).

    A message whose news went out within a digest is not shown beside it.
    """
    messages = OutboxMessage.objects.filter(sent_with__isnull=True)
    if complaint_permissions.readable_departments(user) is None:
        return messages
    seen = complaint_permissions.visible_to(user).filter(pk=OuterRef("complaint_id"))
    return messages.filter(Q(complaint__isnull=True) | Exists(seen))


@dataclass(frozen=True)
class OutboxStanding:
    """How the outbox does. `oldest` is the age of the oldest message that waits, `lag` for how long the most overdue
    one should have been tried, both in seconds by the database's clock, 0 when there is none.
    """

    waiting: int
    set_aside: int
    oldest: float
    lag: float


def outbox_standing() -> OutboxStanding:
    """How the outbox does: one query, every part of it on an index of states."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM notifications_outboxmessage WHERE state = 'pending'),"
            " (SELECT count(*) FROM notifications_outboxmessage WHERE state = 'set_aside'),"
            " extract(epoch FROM clock_timestamp() - (SELECT min(created_at) FROM notifications_outboxmessage"
            " WHERE state = 'pending'))::float8,"
            " extract(epoch FROM clock_timestamp() - (SELECT min(next_try_at) FROM notifications_outboxmessage"
            " WHERE state = 'pending'))::float8"
        )
        waiting, set_aside, oldest, lag = cursor.fetchone()
    return OutboxStanding(waiting, set_aside, oldest=max(0.0, oldest or 0.0), lag=max(0.0, lag or 0.0))


# --- to complainants ----------------------------------------------------------------------------------------


def _to_complainants(occurrences: Sequence[Occurrence]) -> list[Letter]:
    told = [
        occurrence
        for occurrence in occurrences
        if occurrence.event.kind in TO_COMPLAINANT and not _is_old_news(occurrence)
    ]
    if not told:
        return []
    prefetch_related_objects([occurrence.complaint for occurrence in told], "complainant")  # those not read yet
    told = [occurrence for occurrence in told if occurrence.complaint.complainant.email]
    acknowledged = [occurrence.complaint for occurrence in told if occurrence.event.kind == Verb.ACKNOWLEDGE]
    prefetch_related_objects(acknowledged, "department")
    texts = _replies(told)
    return [
        Letter(
            kind=occurrence.event.kind,
            event_id=occurrence.event.pk,
            reader=letters.complainant_reader(occurrence.complaint),
            complaint=occurrence.complaint,
            facts={
                "promised": _promised(occurrence),
                "text": texts.get(occurrence.event.data.get("message", 0), ""),
                **_findings(occurrence, texts),
            },
        )
        for occurrence in told
    ]


def _is_old_news(occurrence: Occurrence) -> bool:
    """A complaint of long ago, entered or imported now: a receipt would only puzzle. So would an answer that another
    system gave.
    """
    event = occurrence.event
    if event.data.get("imported"):
        return True
    return event.kind == Verb.REGISTER and event.recorded_at - event.occurred_at > RECEIPT_WITHIN


def _replies(occurrences: Iterable[Occurrence]) -> dict[int, str]:
    """The texts meant for complainants. Notes are not even read: the reasons of a reopening are one."""
    wanted = {occurrence.event.data["message"] for occurrence in occurrences if "message" in occurrence.event.data}
    if not wanted:
        return {}
    return dict(Message.objects.filter(pk__in=wanted, kind=Message.Kind.REPLY).values_list("pk", "body"))


def _promised(occurrence: Occurrence) -> Any:
    """The next date the office has promised; nothing when it has passed already (a letter entered late)."""
    due_at = occurrence.complaint.due_at
    return due_at if due_at is not None and due_at > occurrence.event.recorded_at else None


def _findings(occurrence: Occurrence, texts: Mapping[int, str]) -> dict[str, Any]:
    data, complaint = occurrence.event.data, occurrence.complaint
    if occurrence.event.kind == Verb.ACKNOWLEDGE:
        return {"department": complaint.department.label}
    if occurrence.event.kind == Verb.RESOLVE:
        return {"finding": Outcome(data["outcome"]).label}
    if occurrence.event.kind == Verb.DECLINE:
        said = complaint.recourse in texts.get(data["message"], "")
        return {"finding": DeclineCode(data["code"]).label, "recourse": "" if said else complaint.recourse}
    return {}


# --- to the staff -------------------------------------------------------------------------------------------


def _to_staff(occurrences: Sequence[Occurrence]) -> list[Letter]:
    calls = _calls(occurrences, lambda occurrence: TO_STAFF[occurrence.event.kind](occurrence))
    handed_over = _calls(occurrences, _handed_over)
    if not calls and not handed_over:
        return []
    people = _People([*calls, *handed_over])
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
    return list(told.values())


def _calls(occurrences: Sequence[Occurrence], of: Callable[[Occurrence], _Call]) -> list[tuple[Occurrence, _Call]]:
    """The calls of what the staff are told at all, without those that call nobody."""
    calls = [(occurrence, of(occurrence)) for occurrence in occurrences if occurrence.event.kind in TO_STAFF]
    return [(occurrence, call) for occurrence, call in calls if call != _Call()]


def _letter(occurrence: Occurrence, user: User) -> Letter:
    return Letter(
        kind=occurrence.event.kind,
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
