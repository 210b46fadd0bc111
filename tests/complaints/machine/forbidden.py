"""What must never be: states of the office that the rules forbid, acts that went through and must not have, traces of
acts that were refused. Asked of the rows and the events, not of the code under test, wherever that can be.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import chain

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from accounts.roles import Role
from complaints import access, conflicts, lifecycle, permissions, settling, verification
from complaints.lifecycle import ENDED, MOVES, Status, Verb
from complaints.models import Complaint, Event, LegalHold, Matter, Remedy, Signature
from complaints.remedying import DONE, RemedyState
from complaints.settling import LIVE
from complaints.signing import ProposalState
from complaints.vocabulary import Outcome
from escalation.services import rebuilding
from notifications.models import OutboxMessage
from tests.complaints.machine.hand import CANARY
from tests.complaints.machine.stage import LIMITS, Stage

_ANSWERED = (Status.RESOLVED, Status.CLOSED)
_GIVEN = frozenset({RemedyState.OFFERED, RemedyState.ACCEPTED, *DONE})


FORBIDDEN = {
    "answered while a task holds the answer up": """
        SELECT c.reference FROM complaints_task AS t JOIN complaints_complaint AS c ON c.id = t.complaint_id
        WHERE t.blocking AND t.state IN ('issued', 'accepted') AND c.status IN ('resolved', 'closed')""",
    "called off, and people still work on its tasks": """
        SELECT c.reference FROM complaints_task AS t JOIN complaints_complaint AS c ON c.id = t.complaint_id
        WHERE t.state IN ('issued', 'accepted') AND c.status IN ('withdrawn', 'declined', 'merged')""",
    "ended, and something has still to come of its remedies": """
        SELECT c.reference FROM complaints_remedy AS r JOIN complaints_complaint AS c ON c.id = r.complaint_id
        WHERE r.state IN ('planned', 'offered', 'accepted')
        AND c.status IN ('resolved', 'closed', 'withdrawn', 'declined', 'merged')""",
    "offered, agreed or done without the three signatures": """
        SELECT c.reference FROM complaints_remedy AS r JOIN complaints_complaint AS c ON c.id = r.complaint_id
        WHERE r.kind IN ('return', 'exchange') AND r.state IN ('offered', 'accepted', 'carried_out', 'failed')
        AND NOT EXISTS (
            SELECT FROM complaints_proposedremedy AS h JOIN complaints_proposal AS p ON p.id = h.proposal_id
            WHERE h.remedy_id = r.id AND p.state = 'signed' AND (
                SELECT count(DISTINCT s.signer_id) FROM complaints_signature AS s
                JOIN accounts_department AS d ON d.id = s.department_id
                WHERE s.proposal_id = p.id AND s.state = 'signed'
                AND (d.code IN ('control-room', 'key-accounts') OR s.role = 'manager')
            ) >= 3
        )""",
    "done while signatures are waited for": """
        SELECT r.id::text FROM complaints_remedy AS r JOIN complaints_proposedremedy AS h ON h.remedy_id = r.id
        JOIN complaints_proposal AS p ON p.id = h.proposal_id
        WHERE r.state IN ('carried_out', 'failed') AND p.state = 'open'""",
    "signed, and somebody has not": """
        SELECT p.id::text FROM complaints_proposal AS p JOIN complaints_signature AS s ON s.proposal_id = p.id
        WHERE p.state = 'signed' AND s.state <> 'signed'""",
    "waiting for signatures that nobody is asked for, or asked for while it is elsewhere": """
        SELECT c.reference FROM complaints_complaint AS c WHERE (c.status = 'awaiting_signoff') <> EXISTS (
            SELECT FROM complaints_proposal AS p WHERE p.complaint_id = c.id AND p.state = 'open'
        )""",
    "signed by whoever proposed it": """
        SELECT s.id::text FROM complaints_signature AS s JOIN complaints_proposal AS p ON p.id = s.proposal_id
        WHERE s.signer_id = p.prepared_by_id""",
    "signed by whoever planned what it holds": """
        SELECT s.id::text FROM complaints_signature AS s
        JOIN complaints_proposedremedy AS h ON h.proposal_id = s.proposal_id
        JOIN complaints_remedy AS r ON r.id = h.remedy_id
        WHERE s.signer_id = r.planned_by_id""",
    "answered without the signature that its class asks for": """
        SELECT c.reference FROM complaints_complaint AS c
        WHERE c.status IN ('resolved', 'closed') AND c.complaint_class = 'upgrade' AND NOT EXISTS (
            SELECT FROM complaints_proposal AS p WHERE p.complaint_id = c.id AND p.cycle = c.cycle
            AND p.state = 'signed' AND 'upgrade' = ANY (p.rules)
        )""",
    "signed twice by one person": """
        SELECT proposal_id::text FROM complaints_signature WHERE signer_id IS NOT NULL
        GROUP BY proposal_id, signer_id HAVING count(*) > 1""",
    "decided twice by one person": """
        SELECT id::text FROM complaints_decision WHERE second_person_id = decided_by_id
        UNION ALL SELECT id::text FROM complaints_finalresponse WHERE approved_by_id = drafted_by_id
        UNION ALL SELECT id::text FROM escalation_extension WHERE decided_by_id = asked_by_id
        UNION ALL SELECT id::text FROM complaints_majorincident WHERE acknowledged_by_id = declared_by_id
        UNION ALL SELECT id::text FROM complaints_judgement WHERE person_id = judged_by_id""",
    "answered without outcome and reasons": """
        SELECT reference FROM complaints_complaint
        WHERE status IN ('resolved', 'closed') AND (outcome = '' OR outcome_reasons = '' OR resolved_at IS NULL)""",
    "ended without a reason": """
        SELECT reference FROM complaints_complaint WHERE
        status = 'closed' AND (closed_because = '' OR closed_at IS NULL)
        OR status = 'withdrawn' AND (outcome <> 'withdrawn' OR outcome_reasons = '')
        OR status = 'declined' AND (decline_code = '' OR outcome_reasons = '' OR recourse = '')
        OR status = 'merged' AND merged_into_id IS NULL""",
    "valid, and answered without having been judged": """
        SELECT c.reference FROM complaints_complaint AS c
        WHERE c.status IN ('resolved', 'closed') AND c.complaint_class = 'valid'
        AND NOT EXISTS (SELECT FROM complaints_judgement AS j WHERE j.complaint_id = c.id AND j.state = 'in_force')""",
    "answered before all matters were": """
        SELECT c.reference FROM complaints_matter AS m JOIN complaints_complaint AS c ON c.id = m.complaint_id
        WHERE m.state = 'open' AND c.status IN ('resolved', 'closed')""",
    "malicious by one person's word, or by nobody senior's": """
        SELECT c.reference FROM complaints_complaint AS c WHERE c.complaint_class = 'malicious' AND NOT EXISTS (
            SELECT FROM complaints_decision AS d
            JOIN accounts_membership AS m ON m.user_id = d.second_person_id
            WHERE d.complaint_id = c.id AND d.state = 'in_force' AND d.complaint_class = 'malicious'
            AND d.second_person_id <> d.decided_by_id
            AND m.role IN ('supervisor', 'manager', 'specialist', 'executive')
        )""",
    "malicious longer than until its date is told": """
        SELECT c.reference FROM complaints_complaint AS c WHERE c.complaint_class = 'malicious' AND NOT EXISTS (
            SELECT FROM complaints_decision AS d WHERE d.complaint_id = c.id AND d.state = 'in_force'
            AND d.complaint_class = 'malicious' AND d.review_at IS NOT NULL AND d.told <> ''
        )""",
    "an objection decided by whoever had a part in the class": """
        SELECT o.id::text FROM complaints_objection AS o JOIN complaints_decision AS d
        ON d.complaint_id = o.complaint_id AND d.complaint_class = 'malicious' AND d.decided_at < o.decided_at
        WHERE o.decided_by_id = d.decided_by_id
        OR o.decided_by_id = d.second_person_id AND d.second_at < o.decided_at""",
    "more agreed than offered, or paid than agreed, or less without a reason": """
        SELECT i.id::text FROM complaints_remedyitem AS i JOIN complaints_remedy AS r ON r.id = i.remedy_id
        WHERE i.accepted > i.offered OR i.paid > i.accepted OR i.paid < i.accepted AND r.why_less = ''""",
    "asked of another department, and it has ended or is restricted": """
        SELECT c.reference FROM complaints_transfer AS t JOIN complaints_complaint AS c ON c.id = t.complaint_id
        WHERE t.state IN ('asked', 'arbitration') AND (
            c.status IN ('resolved', 'closed', 'withdrawn', 'declined', 'merged') OR c.restriction <> ''
            OR c.department_id <> t.sender_id
        )""",
    "moved by somebody who settled their own dispute": """
        SELECT id::text FROM complaints_transfer
        WHERE decided_by_id IS NOT NULL AND decided_by_id IN (asked_by_id, objected_by_id)""",
    "set aside by the sweep": "SELECT kind || ': ' || last_error FROM escalation_clock WHERE failures > 0",
}
"""What may be true of no row, each as a statement that finds those of which it is."""


def check_states(stage: Stage) -> None:
    """Everything that may never be so, whatever was done before."""
    _nothing_forbidden()
    _nothing_above_a_limit_unsigned()
    _matters_say_how_it_ended()
    _restricted_is_hidden(stage)
    _nobody_holds_what_concerns_them()
    assert not list(rebuilding.rebuild(check=True)), "clocks do not say what their ledgers say"
    assert not list(verification.broken_chains())
    check_story(Event.objects.order_by("complaint_id", "sequence"))
    with connection.cursor() as cursor:  # what would only be noticed when the act is committed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _nothing_forbidden() -> None:
    asked = (
        f"SELECT '{what.replace(chr(39), chr(39) * 2)}', found.* FROM ({sql}) AS found"
        for what, sql in FORBIDDEN.items()
    )
    assert not (found := _asked(" UNION ALL ".join(asked))), found


def _asked(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _nothing_above_a_limit_unsigned() -> None:
    """What is more than whoever planned it may decide alone has been signed."""
    with_money = Remedy.objects.filter(state__in=_GIVEN).exclude(currency="").prefetch_related("items")
    for remedy in with_money.exclude(proposals__state=ProposalState.SIGNED):
        roles = set(Membership.objects.filter(user=remedy.planned_by).values_list("role", flat=True))
        limit = max(LIMITS.get(Role(role), 0) for role in {*roles, Role.HANDLER}) if remedy.currency == "TWD" else 0
        assert Role.EXECUTIVE in roles or remedy.offered <= limit, f"{remedy} was not signed"


def _matters_say_how_it_ended() -> None:
    live = Matter.objects.filter(complaint__status__in=_ANSWERED, state__in=sorted(LIVE))
    told: dict[int, list[Outcome]] = defaultdict(list)
    ended = {}
    for pk, outcome, of_matter in live.values_list("complaint_id", "complaint__outcome", "outcome"):
        told[pk].append(Outcome(of_matter))
        ended[pk] = outcome
    for pk, outcomes in told.items():
        assert ended[pk] == settling.derived(outcomes), f"complaint {pk} ended {ended[pk]}, its matters {outcomes}"


def circles_by_hand() -> Mapping[int, set[int]]:
    """Who sees each restricted complaint: those with a place, but for whom it is about and their supervisors."""
    found: dict[int, set[int]] = defaultdict(set)
    for complaint, person in _asked(_SEATED):
        found[complaint] |= {person} - {None}
    return found


_SEATED = """
    SELECT c.id, u.id FROM complaints_complaint AS c
    LEFT JOIN complaints_circleplace AS p ON p.complaint_id = c.id AND p.left_at IS NULL
    LEFT JOIN accounts_user AS u ON u.id = p.user_id AND u.is_active AND NOT EXISTS (
        SELECT FROM complaints_subject AS s JOIN accounts_user AS about ON about.id = s.user_id
        WHERE s.complaint_id = c.id AND (about.id = u.id OR EXISTS (
            SELECT FROM accounts_membership AS m
            WHERE m.user_id = u.id AND m.department_id = about.department_id AND m.role = 'supervisor'
        ))
    )
    WHERE c.restriction <> ''"""


def _restricted_is_hidden(stage: Stage) -> None:
    """Asked of one person at a time, of another each time; of everybody when a circle is another than before."""
    circles = {pk: inside for pk, inside in circles_by_hand().items() if pk in stage.on_stage}
    for pk, inside in circles.items():
        assert inside, f"nobody sees complaint {pk} any more"
    everybody = list(stage.people.values())
    asked = everybody if circles != stage.known_circles else [everybody.pop(stage.turn % len(everybody))]
    stage.known_circles = circles
    stage.turn += 1
    for person in asked if circles else ():
        seen = set(permissions.visible_to(person).filter(pk__in=circles).values_list("pk", flat=True))
        assert seen == {pk for pk, inside in circles.items() if person.pk in inside}, person
        for complaint in Complaint.objects.filter(pk__in=circles.keys() - seen)[:1]:
            assert not permissions.allowed_verbs(person, complaint), (person, complaint)


def _nobody_holds_what_concerns_them() -> None:
    """But an administrator, with an alarm, what they handled before, where the ladder found nobody else at all."""
    held = Complaint.objects.exclude(holder=None).exclude(status__in=ENDED).values_list("pk", "holder_id")
    concerned = conflicts.concerned_in([pk for pk, _holder in held])
    theirs = [(pk, holder) for pk, holder in held if holder in concerned.get(pk, {})]
    assert not [
        (pk, holder, concerned[pk][holder])
        for pk, holder in theirs
        if concerned[pk][holder] in conflicts.RESPONDENTS or not _left_to_administrators(pk, holder)
    ], "held by whom it concerns"


def _left_to_administrators(complaint: int, holder: int) -> bool:
    climbs = Event.objects.filter(complaint=complaint, data__holder=holder, data__unmanned=True)
    return climbs.exists() and Membership.objects.filter(user=holder, role=Role.ADMINISTRATOR).exists()


# --- the story ----------------------------------------------------------------------------------------------


def check_story(events: Iterable[Event]) -> None:
    """The status of every complaint is what its events lead to by the table of moves."""
    ends: dict[int, Status] = {}
    for event in events:
        before = ends.get(event.complaint_id, Status.RECEIVED)
        ends[event.complaint_id] = _led_to(before, event)
    for pk, status in Complaint.objects.values_list("pk", "status"):
        assert ends.get(pk, Status.RECEIVED) == status, f"complaint {pk} is {status}, its story says {ends.get(pk)}"


def _led_to(before: Status, event: Event) -> Status:
    if event.kind not in Verb.values or event.kind == Verb.REGISTER:
        return before
    verb = Verb(event.kind)
    assert (before, verb) in MOVES, f"{event.kind} happened while the complaint was {before}"
    if "after" not in event.data:
        assert MOVES[before, verb] == before or verb in lifecycle.SIGNING, f"{event.kind} does not say where it led"
        return before
    after = Status(event.data["after"])
    assert event.data.get("before", before) == before, event.data
    possible = {MOVES[before, verb]}
    if verb == Verb.SIGN and not event.data["last"]:
        possible = {before}
    if MOVES[before, verb] == Status.ASSESSING or verb == Verb.OFFER:  # something agreed is still owed
        possible.add(Status.CARRYING_OUT)
    assert after in possible, f"{event.kind} led from {before} to {after}"
    return after


# --- one act ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Before:
    """What has to be known of the office before an act, to judge it afterwards."""

    statuses: Mapping[int, str]
    circles: Mapping[int, set[int]]
    on_hold: frozenset[int]
    concerned: Mapping[int, set[int]]
    waiting: frozenset[int]
    last_event: int
    last_letter: int

    @classmethod
    def now(cls) -> "Before":
        """Look at everything now."""
        statuses = dict(Complaint.objects.values_list("pk", "status"))
        held = LegalHold.objects.filter(lifted_at=None).values_list("complaint_id", flat=True)
        waits = Remedy.objects.filter(proposals__state=ProposalState.OPEN).values_list("pk", flat=True)
        return cls(
            statuses=statuses,
            circles=circles_by_hand(),
            on_hold=frozenset(held),
            concerned={pk: set(some) for pk, some in conflicts.concerned_in(statuses).items()},
            waiting=frozenset(waits),
            last_event=_last(Event),
            last_letter=_last(OutboxMessage),
        )


def _last(model: type) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def check_pages(stage: Stage) -> None:
    """Whatever was done is told: to the staff in the dossier of every complaint on the stage, to its complainant on
    the page of their case.
    """
    reader = Client()
    for complaint_id in stage.on_stage:
        complaint = stage.complaint(complaint_id)
        people = stage.people.values()
        seers = (each for each in people if permissions.visible_to(each).filter(pk=complaint_id).exists())
        reader.force_login(next(seers))
        for address in (reverse("desk:dossier", args=[complaint.reference]), access.signed_link(complaint)):
            page = reader.get(address.removeprefix(settings.BASE_URL), follow=True)
            assert page.status_code == HTTPStatus.OK, address


def check_act(before: Before) -> None:
    """Whoever acted might; what they did was not kept back; and nobody learnt what they may not."""
    after = circles_by_hand()
    for event in Event.objects.filter(pk__gt=before.last_event).select_related("actor", "complaint"):
        assert CANARY not in json.dumps(event.data), f"words of people stand in {event.kind}: {event.data}"
        _actor_might(event, before)
        _not_kept_back(event, before)
    for letter in OutboxMessage.objects.filter(pk__gt=before.last_letter, recipient__isnull=False):
        if letter.complaint_id in after:
            inside = after[letter.complaint_id] | before.circles.get(letter.complaint_id, set())
            assert letter.recipient_id in inside, f"{letter.kind} about a restricted complaint to {letter.recipient}"


def _actor_might(event: Event, before: Before) -> None:
    actor = event.actor
    if actor is None:
        return
    assert actor.is_active, f"{event.kind} by somebody who has left"
    if event.kind == Verb.REGISTER:
        return
    if event.complaint_id in before.circles:
        assert actor.pk in before.circles[event.complaint_id], f"{event.kind} by {actor}, outside the circle"
    if event.kind in (Verb.SIGN, Verb.REFUSE_TO_SIGN, Verb.JUDGE, Verb.INVESTIGATE, Verb.SETTLE_MATTER):
        assert actor.pk not in before.concerned.get(event.complaint_id, ()), (
            f"{event.kind} by {actor}, whom it concerns"
        )
    if event.kind == Verb.SIGN:
        _holds_the_office(event, actor)


def _holds_the_office(event: Event, actor: User) -> None:
    signature = Signature.objects.get(
        proposal__complaint=event.complaint_id,
        proposal__number=event.data["proposal"],
        position=event.data["party"],
    )
    theirs = Membership.objects.filter(user=actor, department=signature.department)
    assert theirs.filter(role=signature.role).exists() or (not signature.role and theirs.exists())


def _not_kept_back(event: Event, before: Before) -> None:
    if event.complaint_id in before.on_hold:
        was, now = before.statuses[event.complaint_id], event.complaint.status
        assert was in ENDED or now not in ENDED, f"{event.kind} ended what a hold keeps"
    if event.kind in (Verb.OFFER, Verb.CARRY_OUT):
        numbers = [event.data["remedy"]] if "remedy" in event.data else [*chain(*event.data["options"])]
        acted = Remedy.objects.filter(complaint=event.complaint_id, number__in=numbers).values_list("pk", flat=True)
        assert not before.waiting & set(acted), f"{event.kind} before the last signature"


# --- traces -------------------------------------------------------------------------------------------------


@cache
def _every_row() -> str:
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed]
    ours = [table for table in sorted(tables) if table.split("_")[0] in _OURS]
    links = [
        field.remote_field.through._meta.db_table
        for model in apps.get_models()
        for field in model._meta.many_to_many
        if model._meta.app_label in _OURS
    ]
    counted = (
        f"SELECT '{table}' AS name, count(*) AS rows, sum(hashtextextended(t::text, 0)) AS says FROM {table} AS t"
        for table in [*ours, *sorted(set(links) - set(ours))]
    )
    return " UNION ALL ".join(counted)


_OURS = ("accounts", "complaints", "escalation", "notifications")


def every_row() -> Sequence[tuple[str, int, object]]:
    """For each table how many rows it has, and a number that changes when any of them does."""
    return _asked(_every_row())


def changed(before: Sequence[tuple], after: Sequence[tuple]) -> list[str]:
    """The tables that are not what they were, with how many rows they had and have."""
    pairs = zip(sorted(before), sorted(after), strict=True)
    return [f"{one[0]}: {one[1]} → {other[1]}" for one, other in pairs if one != other]
