"""The proof of the lock order: people act on the very complaints that are being swept, and nobody deadlocks.

Agents in processes of their own write notes, answer, assign, classify, change priorities, wait and go on, through the
same services as the desk, on complaints whose deadlines are passing while sweepers go over them without a pause.
"""

import json
import time
from collections import Counter

from django.db import connection

from bench import counting, office
from bench.engine import processes, say, sweepers
from bench.figures import Figures
from complaints import verification
from complaints.models import ActorKind, Event
from escalation.models import Firing
from escalation.services import rebuilding

COMPLAINTS = 1_000
AGENTS, SWEEPERS = 4, 2
STEP_APART = 5
EXPECTED_RATE = 50
"""Acts a second: the deadlines are to pass for about as long as the agents act."""


def measure(acts: int) -> Figures:
    """So many acts by four agents beside two sweepers; raises when one deadlocks, is lost, or breaks a record."""
    office.clear()
    counting.two_steps(apart=STEP_APART)
    before = _deadlocks()
    counting.let_deadlines_pass(COMPLAINTS, seconds=max(10.0, acts / EXPECTED_RATE))
    agents = [["bench.agent", str(acts // AGENTS), str(number)] for number in range(AGENTS)]
    with processes(agents) as acting, sweepers(SWEEPERS, "--on") as sweeping:
        for process in (*sweeping, *acting):
            say(process, "go")
        began = time.monotonic()
        answers = [json.loads(agent.communicate()[0].splitlines()[-1]) for agent in acting]
        seconds = time.monotonic() - began
    told = sum((Counter(answer) for answer in answers), Counter[str]())
    done, people = told["done"], Event.objects.exclude(actor_kind=ActorKind.SYSTEM)
    wrong = {
        "deadlocks seen by agents": told["deadlocks"],
        "deadlocks seen by PostgreSQL": _deadlocks() - before,
        "acts that were not done": acts // AGENTS * AGENTS - done,
        "acts without their event": done - people.exclude(kind="register").count(),
        "broken chains": len(list(verification.broken_chains())),
        "clocks that differ from their ledgers": len(list(rebuilding.rebuild(check=True))),
    }
    if any(wrong.values()):
        raise RuntimeError("; ".join(f"{name}: {many}" for name, many in wrong.items() if many))
    return {
        "acts": done,
        "refused": told["refused"],
        "deadlocks": 0,
        "complaints": COMPLAINTS,
        "events_verified": Event.objects.count(),
        "steps_fired_meanwhile": Firing.objects.count(),
        "acts_per_second": round(done / seconds, 1),
    }


def _deadlocks() -> int:
    """How many PostgreSQL has had to break in this database since it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
