"""What is done to the clocks of held complaints: moving them, cancelling them with their policy, and undoing that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from common.rows import table
from complaints import events
from complaints.models import Complaint
from escalation import replay, selectors
from escalation.errors import CannotMigrate
from escalation.happenings import Happening
from escalation.models import EventKind, MigratedClock, PolicyMigration
from escalation.replay import State
from escalation.selectors import Rules
from escalation.selectors.ledgers import MIGRATED
from escalation.selectors.rulebook import policy_of, rule_of
from escalation.services import owing
from escalation.services.cases import Case
from escalation.services.docket import Docket
from escalation.services.verdicts import MOVABLE, Judged, Terms, date_of, is_agreed, judge, terms_of

Stage, Verdict = MigratedClock.Stage, MigratedClock.Verdict

RETIRED = "policy_retired"
"""The reason of an entry by which a clock was cancelled together with its policy."""

Deed = Callable[["Work", MigratedClock, Case], "events.Act | None"]


@dataclass(frozen=True)
class Work:
    """A batch whose complaints are held."""

    migration: PolicyMigration
    docket: Docket
    now: datetime
    terms: Terms | None


def do(migration: PolicyMigration, rows: Sequence[MigratedClock], complaints: Sequence[Complaint], deed: Deed) -> None:
    """Do a batch: its clocks, its rows and the events of its complaints, whose rows are held."""
    now = timezone.now()
    docket = Docket.of(complaints, now=now)
    terms = terms_of(migration) if migration.document is not None else None
    work = Work(migration, docket, now, terms)
    cases = {case.clock.pk: case for case in docket.cases()}
    acts = [act for row in rows if (act := deed(work, row, cases[row.clock_id])) is not None]
    docket.write()
    save(rows)
    if acts:
        events.record_many(acts)


def moved(work: Work, row: MigratedClock, case: Case) -> events.Act | None:
    """Move one clock, if the rules let it move."""
    if work.terms is None:
        raise CannotMigrate(_("This move has no rules to move clocks to."))
    clock, complaint = case.clock, work.docket.complaints[row.complaint_id]
    judged = judge(clock, case.ledger, complaint, work.terms, work.now)
    row.changed = (
        row.stage == Stage.WAITING
        or row.sequence_before != case.ledger[-1].sequence
        or row.verdict != judged.verdict
        or (not judged.paused and row.due_after != judged.after)
    )
    row.sequence_before = case.ledger[-1].sequence
    row.version_before_id, row.calendar_before_id = clock.policy_version_id, clock.calendar_version_id
    tell(row, judged)
    if judged.verdict not in MOVABLE:
        row.stage = Stage.LEFT
        return None
    work.docket.migrate(complaint, case, work.now, work.terms.pins)
    row.stage, row.sequence_after = Stage.MOVED, case.ledger[-1].sequence
    if judged.verdict == Verdict.SAME:
        return None
    return _act(work, row, case, MIGRATED, judged.before, judged.after)


def put_back(work: Work, row: MigratedClock, case: Case) -> events.Act | None:
    """Put one clock back to the version it had, unless something has happened to it since."""
    stands = case.stands(work.now)
    if case.ledger[-1].sequence != row.sequence_after:
        _keep(row, Verdict.CHANGED if case.is_open else Verdict.ENDED)
        return None
    if case.clock.breached_at is not None or stands.state == State.BREACHED_OPEN:
        _keep(row, Verdict.BROKEN)
        return None
    rule = rule_of(row.version_before_id, case.clock.kind)
    if rule.target is None:
        _keep(row, Verdict.AGREED)
        return None
    back = replay.Retargeted(
        sequence=case.ledger[-1].sequence + 1,
        at=work.now,
        target=rule.target,
        calendar=selectors.calendar_rules(row.calendar_before_id),
        pausable=rule.pausable,
        rules=row.version_before_id,
    )
    before, after = date_of(case.ledger, work.now), date_of([*case.ledger, back], work.now)
    if after <= work.now:
        _keep(row, Verdict.PAST)
        return None
    pins = Rules(policy_of(row.version_before_id), row.version_before_id, row.calendar_before_id)
    work.docket.put_back(work.docket.complaints[row.complaint_id], case, work.now, pins)
    row.stage = Stage.UNDONE
    return None if before == after else _act(work, row, case, "undo", before, after)


def cancelled(work: Work, row: MigratedClock, case: Case) -> events.Act | None:
    """Cancel one clock of a retired policy."""
    row.sequence_before = case.ledger[-1].sequence
    if not case.is_open or policy_of(case.clock.policy_version_id) != work.migration.policy_id:
        row.verdict, row.stage = Verdict.ELSEWHERE if case.is_open else Verdict.ENDED, Stage.LEFT
        return None
    if is_agreed(case.clock, case.ledger):
        row.verdict, row.stage = Verdict.AGREED, Stage.LEFT
        return None
    due_before = case.clock.due_at
    case.enter(EventKind.CANCELLED, work.now, reason=RETIRED)
    row.verdict, row.stage, row.sequence_after = Verdict.CANCELLED, Stage.MOVED, case.ledger[-1].sequence
    row.due_before = due_before
    return _act(work, row, case, RETIRED, due_before, None)


def restored(work: Work, row: MigratedClock, case: Case) -> events.Act | None:
    """Let one cancelled clock go on, if what it promises is owed still and nothing has happened to it since."""
    complaint = work.docket.complaints[row.complaint_id]
    if case.ledger[-1].sequence != row.sequence_after:
        _keep(row, Verdict.CHANGED)
        return None
    if not owing.is_owed_still(work.docket, complaint, case):
        _keep(row, Verdict.ENDED)
        return None
    work.docket.restore(complaint, case, work.now)
    row.stage = Stage.UNDONE
    return _act(work, row, case, "undo", None, case.stands(work.now).due_at)


def _keep(row: MigratedClock, verdict: str) -> None:
    row.verdict, row.stage, row.changed = verdict, Stage.KEPT, True


def _act(
    work: Work, row: MigratedClock, case: Case, reason: str, before: datetime | None, after: datetime | None
) -> events.Act:
    """The event by which the complaint's story tells it."""
    migration = work.migration
    undoing = migration.state == PolicyMigration.State.UNDOING
    data: dict[str, Any] = {
        "clock": case.clock.pk,
        "clock_kind": str(case.clock.kind),
        "cycle": case.clock.cycle,
        "reason": "policy" if reason == MIGRATED else reason,
        "due_before": before.isoformat() if before and not row.paused else None,
        "due_at": after.isoformat() if after and not row.paused else None,
        "migration": migration.pk,
    }
    complaint = work.docket.complaints[row.complaint_id]
    kind = Happening.CALLED_OFF if reason == RETIRED else Happening.MOVED
    return events.Act(complaint, kind, migration.undone_by if undoing else migration.run_by, work.now, data)


COLUMNS = {
    "id": "bigint",
    "stage": "text",
    "verdict": "text",
    "changed": "boolean",
    "paused": "boolean",
    "version_before_id": "bigint",
    "calendar_before_id": "bigint",
    "due_before": "timestamptz",
    "due_after": "timestamptz",
    "sequence_before": "int",
    "sequence_after": "int",
}


def save(rows: Sequence[MigratedClock]) -> None:
    """Write these rows with one statement."""
    given, values = table(COLUMNS, [[getattr(row, name) for name in ("pk", *list(COLUMNS)[1:])] for row in rows])
    assignments = ", ".join(f"{name} = v.{name}" for name in COLUMNS if name != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE escalation_migratedclock AS m SET {assignments} FROM {given} AS v WHERE m.id = v.id",  # noqa: S608 - ours
            [values],
        )


def tell(row: MigratedClock, judged: Judged) -> None:
    """Note what the rules mean for a clock."""
    row.verdict, row.paused = judged.verdict, judged.paused
    row.due_before, row.due_after = judged.before, judged.after
