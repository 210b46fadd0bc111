"""The work on previews and moves of open clocks, batch by batch, by whoever comes.

Where it is stands in the rows, so that it goes on after a crash, and no clock is moved twice. What becomes of a clock
is judged in `verdicts.py` and done in `moving.py`.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from complaints.lifecycle import OPEN
from complaints.models import Complaint
from escalation.models import AT_WORK, Clock, MigratedClock, PolicyMigration, PolicyVersion
from escalation.policies import PolicyRules
from escalation.replay import OPEN_STATES
from escalation.selectors import Rulebook, ledgers
from escalation.selectors.rulebook import prepare
from escalation.services import moving
from escalation.services.verdicts import draft_of, judge, terms_of

log = logging.getLogger(__name__)

TIME_BUDGET = 20.0
"""Seconds after which a worker takes no new batch; the next one goes on."""
LOOKED_AT = 500
"""Clocks in one batch of a preview, which holds nothing."""
HELD = 200
"""Clocks in one batch of a move, whose complaints are held."""
COMPARED = 2_000
"""Complaints in one batch of comparing which policy they match."""

Stage, Verdict = MigratedClock.Stage, MigratedClock.Verdict
OPEN_VALUES = sorted(OPEN_STATES)
MATCHED_ON = (
    "status",
    "complaint_class",
    "priority",
    "track",
    "channel",
    "department_id",
    "category_id",
    "received_at",
)


def carry_on(*, seconds: float = TIME_BUDGET, migration_id: int | None = None) -> None:
    """Do the next batches of what has been asked for, oldest first. Any number of workers may: each takes one."""
    until = time.monotonic() + seconds
    while _next_batch(migration_id) and time.monotonic() < until:
        pass


def _next_batch(migration_id: int | None) -> bool:
    """Do one batch of unfinished work; whether there may be more to do now."""
    with transaction.atomic():
        waiting = PolicyMigration.objects.filter(state__in=AT_WORK).select_related("to_version")
        if migration_id is not None:
            waiting = waiting.filter(pk=migration_id)
        migration = waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        if migration is None:
            return False
        try:
            with transaction.atomic():
                more = _WORK[migration.state](migration)
                migration.save()
        except (OperationalError, InterfaceError):  # the connection or the server: the next worker goes on
            raise
        except Exception as error:
            log.exception("move %d of policy %s stopped", migration.pk, migration.code)
            PolicyMigration.objects.filter(pk=migration.pk).update(
                state=PolicyMigration.State.FAILED,
                stopped_in=migration.state,
                last_error=f"{type(error).__name__}: {error}"[:2_000],
            )
            return False
    return more


def _preview(migration: PolicyMigration) -> bool:
    if migration.total is None:
        _list_clocks(migration)
    rows = _rows(migration, [Stage.WAITING], LOOKED_AT)
    if rows:
        _look(migration, rows)
        migration.done += len(rows)
        return True
    if compares(migration) and _compare(migration):
        return True
    _finish(migration, PolicyMigration.State.READY)
    return False


def _run(migration: PolicyMigration) -> bool:
    if migration.total is None:
        _list_clocks(migration)
    return _change(
        migration,
        [Stage.WAITING, Stage.SEEN],
        moving.cancelled if migration.kind == PolicyMigration.Kind.RETIRE else moving.moved,
        PolicyMigration.State.DONE,
    )


def _undo(migration: PolicyMigration) -> bool:
    if migration.total is None:
        migration.total = migration.clocks.filter(stage=Stage.MOVED).count()
    return _change(
        migration,
        [Stage.MOVED],
        moving.restored if migration.kind == PolicyMigration.Kind.RETIRE else moving.put_back,
        PolicyMigration.State.UNDONE,
    )


_WORK: Mapping[str, Callable[[PolicyMigration], bool]] = {
    PolicyMigration.State.PREVIEWING: _preview,
    PolicyMigration.State.RUNNING: _run,
    PolicyMigration.State.UNDOING: _undo,
}


def clocks_of(migration: PolicyMigration) -> QuerySet[Clock]:
    """The open clocks that run by this policy, but for those that run by the new version already."""
    clocks = Clock.objects.filter(policy_version__policy=migration.policy_id, state__in=OPEN_VALUES)
    return clocks.exclude(policy_version=migration.to_version_id) if migration.to_version_id else clocks


def _list_clocks(migration: PolicyMigration) -> None:
    """Put every open clock of the policy on the list that is not there yet, in one statement."""
    versions = PolicyVersion.objects.filter(policy=migration.policy_id).exclude(pk=migration.to_version_id or 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO escalation_migratedclock (migration_id, clock_id, complaint_id, stage, verdict, changed,"
            " paused, version_before_id, calendar_before_id, due_before, sequence_before, sequence_after)"
            " SELECT %s, id, complaint_id, %s, %s, false, false, policy_version_id, calendar_version_id, due_at, 0, 0"
            " FROM escalation_clock WHERE policy_version_id = ANY(%s) AND state = ANY(%s)"
            " ON CONFLICT (migration_id, clock_id) DO NOTHING",
            [
                migration.pk,
                Stage.WAITING,
                Verdict.UNKNOWN,
                list(versions.values_list("pk", flat=True)),
                list(OPEN_VALUES),
            ],
        )
    migration.total = migration.clocks.filter(stage__in=[Stage.WAITING, Stage.SEEN]).count()


def _rows(migration: PolicyMigration, stages: Sequence[str], most: int) -> list[MigratedClock]:
    return list(migration.clocks.filter(stage__in=stages).order_by("complaint_id", "pk")[:most])


def _finish(migration: PolicyMigration, state: PolicyMigration.State) -> None:
    migration.state, migration.finished_at = state, timezone.now()
    migration.counts = {**migration.counts, **_counted(migration)}


# --- the preview --------------------------------------------------------------------------------------------


def _look(migration: PolicyMigration, rows: Sequence[MigratedClock]) -> None:
    """Judge a batch of clocks; nothing is held and nothing of them is changed."""
    clocks = Clock.objects.in_bulk([row.clock_id for row in rows])
    complaints = Complaint.objects.only(*MATCHED_ON).in_bulk([row.complaint_id for row in rows])
    prepare(policy_version_ids={clock.policy_version_id for clock in clocks.values()})
    found = ledgers({pk: clock.kind for pk, clock in clocks.items()})
    terms, now = terms_of(migration), timezone.now()
    for row in rows:
        judged = judge(clocks[row.clock_id], found[row.clock_id], complaints[row.complaint_id], terms, now)
        moving.tell(row, judged)
        row.stage, row.sequence_before = Stage.SEEN, found[row.clock_id][-1].sequence
    moving.save(rows)


def compares(migration: PolicyMigration) -> bool:
    """Whether the preview also says which complaints another policy would apply to: only a draft changes that."""
    return (
        migration.state == PolicyMigration.State.PREVIEWING
        and migration.to_version_id is None
        and (migration.policy is None or migration.policy.is_active)
    )


def _compare(migration: PolicyMigration) -> bool:
    """Count, in one batch of open complaints, those to which another policy would apply; whether there are more."""
    after = Complaint.objects.filter(status__in=OPEN, pk__gt=migration.reached).order_by("pk")
    batch = list(after.only(*MATCHED_ON)[:COMPARED])
    if not batch:
        migration.counts["compared"] = True
        return False
    policy_id = migration.policy_id or 0
    rules = PolicyRules.from_json(migration.document)
    now, then = Rulebook.read(), Rulebook.read(draft=draft_of(migration, rules))
    gained = lost = 0
    for complaint in batch:
        before, afterwards = now.match(complaint), then.match(complaint)
        was, will_be = before and before.policy_id == policy_id, afterwards and afterwards.policy_id == policy_id
        gained += bool(will_be and not was)
        lost += bool(was and not will_be)
    migration.counts["gained"] = migration.counts.get("gained", 0) + gained
    migration.counts["lost"] = migration.counts.get("lost", 0) + lost
    migration.reached = batch[-1].pk
    return True


def _counted(migration: PolicyMigration) -> dict[str, Any]:
    """How many of each verdict and stage, and by how much those that move do: median and most, in seconds."""
    verdicts = migration.clocks.order_by().values_list("verdict").annotate(Count("pk"))
    stages = migration.clocks.order_by().values_list("stage").annotate(Count("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verdict, percentile_cont(0.5) WITHIN GROUP (ORDER BY"
            " abs(extract(epoch FROM due_after - due_before))),"
            " max(abs(extract(epoch FROM due_after - due_before))) FROM escalation_migratedclock"
            " WHERE migration_id = %s AND verdict IN ('earlier', 'later') GROUP BY verdict",
            [migration.pk],
        )
        by = {verdict: {"median": float(median), "most": float(most)} for verdict, median, most in cursor.fetchall()}
    return {
        "verdicts": dict(verdicts),
        "stages": dict(stages),
        "changed": migration.clocks.filter(changed=True).count(),
        "by": by,
    }


# --- moving, and undoing it ---------------------------------------------------------------------------------


def _change(migration: PolicyMigration, stages: Sequence[str], deed: moving.Deed, then: PolicyMigration.State) -> bool:
    """Do one batch; whether there may be more to do now. Complaints that somebody else holds come again later: who
    waits for no lock while holding others is in no deadlock.
    """
    rows = _rows(migration, stages, HELD)
    if not rows:
        _finish(migration, then)
        return False
    held = Complaint.objects.select_for_update(no_key=True, skip_locked=True).order_by("pk")
    complaints = {row.pk: row for row in held.filter(pk__in={row.complaint_id for row in rows})}
    mine = [row for row in rows if row.complaint_id in complaints]
    if not mine:
        return False
    try:
        with transaction.atomic():
            moving.do(migration, mine, list(complaints.values()), deed)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a batch of move %d failed; its complaints are taken one by one", migration.pk)
        _one_by_one(migration, sorted(complaints), stages, deed)
    migration.done += len(mine)
    return True


def _one_by_one(
    migration: PolicyMigration, complaint_ids: Iterable[int], stages: Sequence[str], deed: moving.Deed
) -> None:
    """Do a batch again, each complaint for itself; clocks of those that fail stay as they are."""
    for pk in complaint_ids:
        rows = list(migration.clocks.filter(complaint_id=pk, stage__in=stages))
        try:
            with transaction.atomic():
                moving.do(migration, rows, [Complaint.objects.get(pk=pk)], deed)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("the clocks of complaint %d could not be moved", pk)
            for row in migration.clocks.filter(complaint_id=pk, stage__in=stages):
                row.verdict, row.stage = Verdict.FAILED, Stage.KEPT if row.stage == Stage.MOVED else Stage.LEFT
                row.save(update_fields=["verdict", "stage"])
