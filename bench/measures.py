"""What is measured, one function each; all answer with figures that can be put side by side."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from accounts.models import User
from bench import office
from complaints.services import intake
from escalation import targets
from escalation.calendars import Calendar
from escalation.models import Clock, Firing
from escalation.services import sweep
from notifications.models import OutboxMessage

Figures = dict[str, float | int | str]

_TAIPEI = {
    "name": "taipei",
    "timezone": "Asia/Taipei",
    "week": {day: [["08:30", "12:30"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}

# The effects of one step on one complaint, without anything decided: the least that any engine has to write.
FLOOR = """
WITH due AS (
    SELECT k.id, k.complaint_id, k.due_at FROM escalation_clock AS k
    JOIN complaints_complaint AS c ON c.id = k.complaint_id
    WHERE k.wake_at <= clock_timestamp() ORDER BY k.wake_at FOR NO KEY UPDATE OF c SKIP LOCKED
), ringing AS (
    UPDATE escalation_clock AS k SET state = 'breached_open', breached_at = k.due_at,
        wake_at = k.due_at + interval '9000 hours' FROM due WHERE k.id = due.id
), placed AS (
    UPDATE complaints_complaint AS c SET tier = 2, event_count = 3, holder_id = %(holder)s
    FROM due WHERE c.id = due.complaint_id
), fired AS (
    INSERT INTO escalation_firing (clock_id, cycle, step, repeat, due_at, fired_at, notified, tier_before,
        tier_after, holder_after_id, effects)
    SELECT id, 1, 1, 0, due_at, clock_timestamp(), true, 1, 2, %(holder)s, '{}' FROM due
)
INSERT INTO complaints_event (complaint_id, sequence, kind, actor_kind, occurred_at, recorded_at, data,
    previous_hash, hash)
SELECT complaint_id, 1 + number, kind, 'system', due_at, clock_timestamp(), '{"clock": 1, "step": 1}',
    '', encode(sha256(convert_to(complaint_id || kind, 'UTF8')), 'hex')
FROM due, (VALUES (1, 'breached'), (2, 'escalated')) AS acts (number, kind)
"""


def due_dates(count: int) -> Figures:
    """Due dates computed one after another, in one process: random starts and targets, without pauses."""
    calendar = Calendar.from_json(_TAIPEI)
    chance = random.Random(7)
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(500_000)) for _ in range(1_000)]
    wanted = [
        targets.Target.from_json({"unit": "working_hours", "amount": chance.randrange(1, 200)}) for _ in range(100)
    ]
    began = time.perf_counter()
    for number in range(count):
        targets.due(calendar, wanted[number % 100], starts[number % 1_000])
    return {"computed": count, "per_second": round(count / (time.perf_counter() - began))}


def idle_sweep(open_complaints: int) -> Figures:
    """A sweep with so many open complaints of which none is due: the best of five, in milliseconds."""
    office.clear()
    office.multiply(office.template(overdue=False), open_complaints)
    office.settle()
    took = []
    for _round in range(5):
        began = time.perf_counter()
        sweep.sweep()
        took.append((time.perf_counter() - began) * 1_000)
    return {"open": Clock.objects.count(), "milliseconds": round(min(took), 2), "plan": _plan()}


def floor(due: int) -> Figures:
    """The same rows written by one SQL statement that decides nothing: the yardstick for `drain`."""
    office.clear()
    office.multiply(office.template(overdue=True), due - 1)
    office.settle()
    holder = _supervisor()
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FLOOR, {"holder": holder})
    seconds = time.perf_counter() - began
    return {"steps": Firing.objects.count(), "seconds": round(seconds, 3), "per_second": round(due / seconds)}


def drain(due: int, workers: int) -> Figures:
    """So many overdue complaints escalated by so many sweeping processes at once; each step once."""
    office.clear()
    office.multiply(office.template(overdue=True), due - 1)
    office.settle()
    sweepers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.sweeper"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _worker in range(workers)
    ]
    for sweeper in sweepers:
        assert sweeper.stdout is not None
        sweeper.stdout.readline()
    began = time.perf_counter()
    for sweeper in sweepers:
        assert sweeper.stdin is not None
        sweeper.stdin.write("go\n")
        sweeper.stdin.flush()
    for sweeper in sweepers:
        sweeper.communicate()
    seconds = time.perf_counter() - began
    fired = Firing.objects.count()
    if fired != due:
        raise RuntimeError(f"{fired} steps fired where {due} were due.")
    return {
        "workers": workers,
        "steps": fired,
        "letters_queued": OutboxMessage.objects.count(),
        "seconds": round(seconds, 3),
        "per_second": round(due / seconds),
    }


def filing(count: int) -> Figures:
    """Complaints registered one after another through the service, with clocks, events, search terms and letters."""
    office.clear()
    given = intake.Registration(
        subject="Charged twice",
        description="The card was charged twice for one purchase. 收銀機刷了兩次卡。 " * 10,
        complainant=intake.ComplainantDetails(name="Bench", email="bench@bench.example"),
    )
    began = time.perf_counter()
    for _number in range(count):
        intake.register(registration=given, by=None)
    seconds = time.perf_counter() - began
    return {"filed": count, "per_second": round(count / seconds, 1)}


def _supervisor() -> int:

    return User.objects.get(email="supervisor@bench.example").pk


def _plan() -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sweep.CLAIM.replace("%s", "clock_timestamp()", 1).replace("%s", "500"))
        lines = [str(line).strip() for (line,) in cursor.fetchall()]
    return next((line for line in lines if "escalation_clock" in line), lines[0])
