"""Open clocks and another version of their policy: what would change, moving them, undoing it; retiring a policy.

A clock keeps the version it started with until an administrator moves it. The preview lists every open clock of the
policy with its date before and after; the move recomputes each under its complaint's lock, and marks those for which
the preview no longer held. Work is done in batches, by whoever comes: where it is stands in the rows, so that it goes
on after a crash, and no clock is moved twice.

What becomes of a clock is judged in `verdicts.py` and done in `moving.py`.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from escalation.errors import CannotMigrate
from escalation.models import AT_WORK, Clock, MigratedClock, Policy, PolicyDraft, PolicyMigration, PolicyVersion
from escalation.policies import PolicyRules
from escalation.replay import OPEN_STATES
from escalation.selectors import Rulebook, ledgers
from escalation.selectors.rulebook import prepare
from escalation.services import moving
from escalation.services.verdicts import draft_of, judge, terms_of

log = logging.getLogger(__name__)

AT_ONCE = 300
"""So many clocks are dealt with in the request that asks for it; more are left to the workers."""
COMPARED_AT_ONCE = 2_000
SECONDS_AT_ONCE = 1.5
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


# --- what administrators ask for ----------------------------------------------------------------------------


def preview_draft(*, code: str, by: User) -> PolicyMigration:
    """What would change if the draft of the policy `code` were its newest version and its open clocks were moved.

    Raises CannotMigrate when there is no draft.
    """
    draft = PolicyDraft.objects.filter(code=code).first()
    if draft is None:
        raise CannotMigrate(_("There is no draft of this policy any more; somebody published or discarded it."))
    policy = Policy.objects.filter(code=code).first()
    return _ask(
        PolicyMigration(
            code=code, policy=policy, document=draft.document, position=draft.position, asked_by=by, counts={}
        )
    )


def preview_newest(*, code: str, by: User) -> PolicyMigration:
    """What would change if the open clocks of the policy's older versions were moved to the newest one."""
    version = _newest(code)
    return _ask(
        PolicyMigration(
            code=code,
            policy=version.policy,
            document=version.document,
            position=version.policy.position,
            to_version=version,
            asked_by=by,
            counts={},
        )
    )


def start(*, migration_id: int, by: User) -> PolicyMigration:
    """Move the clocks of a preview. Raises CannotMigrate unless its document is the newest version of the policy."""
    with transaction.atomic():
        migration = PolicyMigration.objects.select_for_update().get(pk=migration_id)
        if migration.state != PolicyMigration.State.READY or migration.kind != PolicyMigration.Kind.MIGRATE:
            raise CannotMigrate(_("This preview is not waiting to be carried out."))
        if migration.to_version is None or migration.to_version != _newest(migration.code):
            raise CannotMigrate(
                _("What was previewed here is not the newest version of the policy. Publish it, or preview that one.")
            )
        _only_one(migration)
        migration.state, migration.run_by, migration.run_at = PolicyMigration.State.RUNNING, by, timezone.now()
        migration.total, migration.done = None, 0
        migration.save()
    return _at_once(migration)


def retire(*, code: str, by: User) -> PolicyMigration:
    """Switch a policy off and cancel its open clocks, so that it leaves nothing escalated. What people promised one
    another stands. To keep its clocks, only switch it off: `policies.switch`.
    """
    with transaction.atomic():
        policy = Policy.objects.select_for_update().get(code=code)
        migration = PolicyMigration(
            kind=PolicyMigration.Kind.RETIRE,
            code=code,
            policy=policy,
            state=PolicyMigration.State.RUNNING,
            asked_by=by,
            run_by=by,
            run_at=timezone.now(),
            counts={},
        )
        _only_one(migration)
        policy.is_active = False
        policy.save(update_fields=["is_active"])
        migration.save()
    return _at_once(migration)


def undo(*, migration_id: int, by: User) -> PolicyMigration:
    """Put every clock that has not changed since back to the version it had; a retired policy is active again.

    Those that changed meanwhile are listed and left. Raises CannotMigrate for what has not been carried out.
    """
    with transaction.atomic():
        migration = PolicyMigration.objects.select_for_update().get(pk=migration_id)
        if migration.state != PolicyMigration.State.DONE:
            raise CannotMigrate(_("Only what has been carried out can be undone, and only once."))
        _only_one(migration)
        if migration.kind == PolicyMigration.Kind.RETIRE:
            Policy.objects.filter(pk=migration.policy_id or 0).update(is_active=True)
        migration.state, migration.undone_by, migration.undone_at = PolicyMigration.State.UNDOING, by, timezone.now()
        migration.total, migration.done, migration.finished_at = None, 0, None
        migration.save()
    return _at_once(migration)


def go_on(*, migration_id: int) -> PolicyMigration:
    """Try again what an error stopped. Raises CannotMigrate if none did."""
    with transaction.atomic():
        migration = PolicyMigration.objects.select_for_update().get(pk=migration_id)
        if migration.state != PolicyMigration.State.FAILED:
            raise CannotMigrate(_("Nothing is stopped here."))
        migration.state, migration.stopped_in, migration.last_error = migration.stopped_in, "", ""
        _only_one(migration)
        migration.save()
    return _at_once(migration)


def carry_on(*, seconds: float = TIME_BUDGET, migration_id: int | None = None) -> None:
    """Do the next batches of what has been asked for, oldest first. Any number of workers may: each takes one."""
    until = time.monotonic() + seconds
    while _next_batch(migration_id) and time.monotonic() < until:
        pass


def _newest(code: str) -> PolicyVersion:
    version = PolicyVersion.objects.filter(policy__code=code).select_related("policy").order_by("-number").first()
    if version is None:
        raise CannotMigrate(_("There is no such policy."))
    return version


def _only_one(migration: PolicyMigration) -> None:
    """Refuse a second move of the same policy's clocks while one is at work."""
    busy = PolicyMigration.objects.filter(
        policy=migration.policy_id, state__in=[PolicyMigration.State.RUNNING, PolicyMigration.State.UNDOING]
    ).exclude(pk=migration.pk or 0)
    if migration.policy_id is not None and busy.exists():
        raise CannotMigrate(_("The clocks of this policy are being moved right now; wait until that is done."))


def _ask(migration: PolicyMigration) -> PolicyMigration:
    """Keep a preview that is to be made. Older ones of the same policy that nobody carried out are dropped."""
    with transaction.atomic():
        PolicyMigration.objects.filter(
            code=migration.code, state__in=[PolicyMigration.State.READY, PolicyMigration.State.PREVIEWING], run_at=None
        ).select_for_update(skip_locked=True).delete()
        migration.save()
    return _at_once(migration)


def _at_once(migration: PolicyMigration) -> PolicyMigration:
    """Begin in the request if there is little to do; the workers do what is left."""
    few = _clocks_of(migration)[: AT_ONCE + 1].count() <= AT_ONCE
    if few and (
        not _compares(migration)
        or Complaint.objects.filter(status__in=OPEN)[: COMPARED_AT_ONCE + 1].count() <= COMPARED_AT_ONCE
    ):
        carry_on(seconds=SECONDS_AT_ONCE, migration_id=migration.pk)
    migration.refresh_from_db()
    return migration


# --- one batch ----------------------------------------------------------------------------------------------


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
    if _compares(migration) and _compare(migration):
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


def _clocks_of(migration: PolicyMigration) -> Any:
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


def _compares(migration: PolicyMigration) -> bool:
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
