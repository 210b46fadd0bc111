"""The engine: finds the clocks that are due, judges them by the pure ladder, does what it says. (Design section 4.)

Timers are rows. A sweep claims a batch of complaints (the complaint's row guards its clocks; those that an agent or
another sweep holds are skipped and come again), reads their clocks anew under the lock, and writes firings, clocks,
complaints, events and, through the handlers, outbox rows in that one transaction. Whatever kills it, either all of a
batch has happened or nothing of it.
"""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from common.memory import no_collections
from common.rows import numbers, select
from complaints import events
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.services import class_reviews, escalating
from complaints.services.escalating import Placement
from escalation import ladder, replay, selectors
from escalation.happenings import Happening
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, State
from escalation.selectors import Rulebook
from escalation.selectors.ledgers import round_of
from escalation.services import climbing, failing, owing
from escalation.services import clocks as keeping
from escalation.services.climbing import DueClock, Standing
from escalation.services.docket import Docket

log = logging.getLogger(__name__)

BATCH = 1_000
"""Complaints held at once: large enough to be set-based, small enough that an agent hardly ever meets the lock."""

TIME_BUDGET = 20.0
"""Seconds after which a sweep stops taking new batches; the next one goes on."""

NEEDED = (
    "id",
    "reference",
    "subject",
    "status",
    "complaint_class",
    "cycle",
    "language",
    "received_at",
    "complainant_id",
    "department_id",
    "holder_id",
    "tier",
    "priority",
    "due_at",
    "restriction",
    "event_count",
    "event_head",
)
"""What the ladder and the news of it need of a complaint; anything else would be read one by one (tests count)."""

NEEDED_OF_CLOCKS = (
    "id",
    "complaint_id",
    "kind",
    "cycle",
    "policy_version_id",
    "state",
    "due_at",
    "breached_at",
    "wake_at",
    "failures",
    "last_error",
)

OPEN_VALUES = sorted(OPEN_STATES)


@dataclass
class Swept:
    """What a sweep did."""

    batches: int = 0
    complaints: int = 0
    breaches: int = 0
    firings: int = 0
    failed: int = 0

    def add(self, other: "Swept") -> None:
        """Count another batch in."""
        self.batches += other.batches
        self.complaints += other.complaints
        self.breaches += other.breaches
        self.firings += other.firings
        self.failed += other.failed


def sweep(*, batch: int = BATCH, seconds: float = TIME_BUDGET) -> Swept:
    """Fire all that is due by the database's clock, in batches, oldest first, until nothing is or the time is up."""
    total = Swept()
    _beat()
    until = time.monotonic() + seconds
    while True:
        done = _sweep_batch(batch)
        total.add(done)
        if not done.complaints or time.monotonic() >= until:
            break
    if total.complaints:
        _beat()
        log.info("swept: %d steps, %d breaches, %d failed", total.firings, total.breaches, total.failed)
    return total


def claim(now: datetime, size: int) -> list[int]:
    """Hold the complaints whose clocks have been due longest, passing over those that somebody else holds."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, size])
        return list(dict.fromkeys(pk for (pk,) in cursor.fetchall()))


CLAIM = (
    "SELECT c.id FROM escalation_clock AS k JOIN complaints_complaint AS c ON c.id = k.complaint_id"
    " WHERE k.wake_at <= %s ORDER BY k.wake_at LIMIT %s FOR NO KEY UPDATE OF c SKIP LOCKED"
)


@dataclass(frozen=True)
class Foreseen:
    """A step that a dry run says would fire. `missed`: it is late already, and so is a higher one."""

    complaint: Complaint
    clock: Clock
    firing: ladder.Firing
    missed: bool


def foresee(*, as_of: datetime) -> list[Foreseen]:
    """What would fire by that moment if nobody acted, in the order of time. Writes nothing: the transaction is
    read-only and rolled back.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        due = list(Clock.objects.filter(wake_at__lte=as_of).select_related("complaint").order_by("wake_at", "pk"))
        judged, now = _judge(due, as_of), selectors.database_now()
        transaction.set_rollback(True)
    foreseen = []
    for case in judged:
        highest = max((firing.due_at for firing in case.firings if firing.due_at <= now), default=now)
        foreseen += [
            Foreseen(case.clock.complaint, case.clock, firing, missed=firing.due_at < highest)
            for firing in case.firings
        ]
    return sorted(foreseen, key=lambda seen: (seen.firing.due_at, seen.complaint.pk, seen.firing.key))


# --- one batch ----------------------------------------------------------------------------------------------


def _sweep_batch(size: int) -> Swept:
    with no_collections(), transaction.atomic():
        _leave_the_disk_to_catch_up()
        now = selectors.database_now()
        ids = claim(now, size)
        if not ids:
            return Swept()
        try:
            with transaction.atomic():
                done = _do(ids, now)
        except (OperationalError, InterfaceError):  # the connection or the server, not a row
            raise
        except Exception:
            log.exception("a batch of %d complaints failed; they are taken one by one", len(ids))
            done = _one_by_one(ids, now)
    done.batches = 1
    return done


def _leave_the_disk_to_catch_up() -> None:
    """Let this transaction be committed without waiting until the disk has it (ADR 0010).

    A crash within that half second takes all of the batch back, and the clocks are due again. What left the house
    cannot be taken back; but nothing leaves before the outbox has committed its claim, and that waits for the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _one_by_one(ids: Sequence[int], now: datetime) -> Swept:
    """Do a batch again, each complaint for itself, and push back those that fail."""
    total = Swept()
    for pk in ids:
        try:
            with transaction.atomic():
                total.add(_do([pk], now))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("the deadlines of complaint %d failed", pk)
            failing.push_back(pk, now, error)
            total.add(Swept(complaints=1, failed=1))
    return total


def _do(ids: Sequence[int], now: datetime) -> Swept:
    """Judge the due clocks of held complaints and write what follows. The clocks are read here, under the lock: what
    the claim saw of them may be older than what another sweep has committed since.
    """
    waiting = _waiting(ids)
    due = _due(waiting, now)
    reviews = [clock.complaint_id for clock in due if clock.kind == ClockKind.OBJECTION]
    if reviews and class_reviews.lapse_due(reviews, now=now):
        waiting = _waiting(ids)
        due = _due(waiting, now)
    complaints = {row.id: row for row in select(Complaint, NEEDED, "id = ANY(%s::bigint[])", [numbers(ids)])}
    spent = [clock.complaint_id for clock in due if clock.state == State.PAUSED]
    if spent:
        _note_spent_pauses([complaints[pk] for pk in dict.fromkeys(spent)], now)
        waiting = _waiting(ids)
        due = _due(waiting, now)
    cases = _judge(due, now)
    standings = {
        pk: Standing(complaint, complaint.tier, complaint.holder_id, complaint.priority)
        for pk, complaint in complaints.items()
    }
    _note_breaches(cases, standings, now)
    firings = climbing.fire(cases, standings, now)
    keeping.save([_brought_up_to_date(case) for case in cases], keeping.NOTED)
    climbing.write(firings)
    due_at = _next_due(waiting)
    raised = [
        standing.complaint
        for standing in standings.values()
        if standing.priority != standing.complaint.priority and standing.allows(Verb.PRIORITISE)
    ]
    acts = [act for standing in standings.values() for act in standing.acts]
    escalating.place_and_record(
        [
            Placement(standing.complaint, standing.tier, standing.holder_id, standing.priority, due_at.get(pk))
            for pk, standing in standings.items()
        ],
        acts,
    )
    if raised:
        _retarget(raised, now)
    breaches = sum(act.kind == Happening.BREACHED for act in acts)
    return Swept(complaints=len(ids), breaches=breaches, firings=len(firings))


def _waiting(ids: Sequence[int]) -> list[Clock]:
    where = "complaint_id = ANY(%s::bigint[]) AND state = ANY(%s)"
    return select(Clock, NEEDED_OF_CLOCKS, where, [numbers(ids), OPEN_VALUES])


def _due(waiting: Iterable[Clock], now: datetime) -> list[Clock]:
    return [clock for clock in waiting if clock.wake_at is not None and clock.wake_at <= now]


def _note_spent_pauses(complaints: Sequence[Complaint], now: datetime) -> None:
    """Let time count again where the budget of a pause is used up: the due dates follow."""
    docket = Docket.of(complaints, now=now)
    acts = docket.note_spent_pauses()
    docket.write()
    events.record_many(acts)


def _retarget(raised: Sequence[Complaint], now: datetime) -> None:
    """The ladder has raised their priority: count their clocks by the policy that matches now, where policies go by
    the priority, as if somebody had set it.
    """
    if not any("priority" in rules.match for _pins, rules in Rulebook.read().entries):
        return
    whole = list(Complaint.objects.filter(pk__in=[complaint.pk for complaint in raised]))
    docket = Docket.of(whole, now=now)
    for complaint in whole:
        owing.retarget(docket, complaint, now)
    docket.write()


def _judge(due: Sequence[Clock], now: datetime) -> list[DueClock]:
    """What the ladder says about each clock, from its ledger and what has fired: two queries for all."""
    if not due:
        return []
    selectors.prepare(policy_version_ids={clock.policy_version_id for clock in due})
    found = selectors.ledgers({clock.id: clock.kind for clock in due})
    fired = selectors.fired_keys([clock.id for clock in due])
    cases = []
    for clock in due:
        state = replay.replay(found[clock.id], now=now)
        round_ = round_of(found[clock.id])
        judgement = ladder.judge(
            steps=keeping.steps_of(clock),
            state=state,
            fired={key[1:] for key in fired.get(clock.id, ()) if key[0] == round_},
            now=now,
        )
        cases.append(DueClock(clock, state, round_, judgement.firings, judgement.wake_at))
    return cases


def _brought_up_to_date(case: DueClock) -> Clock:
    clock, state = case.clock, case.state
    clock.state, clock.breached_at, clock.wake_at = state.state, state.breached_at, case.wake_at
    clock.failures, clock.last_error = 0, ""
    return clock


def _next_due(waiting: Iterable[Clock]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for clock in waiting:
        due_at, complaint_id = clock.due_at, clock.complaint_id
        if due_at is not None and clock.state in OPEN_VALUES:
            found[complaint_id] = min(found.get(complaint_id, due_at), due_at)
    return found


def _note_breaches(cases: Iterable[DueClock], standings: Mapping[int, Standing], now: datetime) -> None:
    for case in sorted(cases, key=lambda case: (case.state.due_at or now, case.clock.id)):
        if case.newly_broken:
            case.clock.breached_at = case.state.breached_at
            standing = standings[case.clock.complaint_id]
            standing.acts.append(keeping.breach(standing.complaint, case.clock, noticed_at=now))


def _beat() -> None:
    """Note that a sweep looks: a transaction of its own, so that no sweep waits for another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO escalation_heartbeat (id, swept_at) VALUES (1, clock_timestamp())"
            " ON CONFLICT (id) DO UPDATE SET swept_at = excluded.swept_at"
        )
