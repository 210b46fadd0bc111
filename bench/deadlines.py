"""The arithmetic: due dates computed a second, ledgers replayed."""

import random
import time
from datetime import UTC, datetime, timedelta

from bench import filling, office
from bench.figures import Figures
from escalation import selectors, targets
from escalation.calendars import Calendar
from escalation.models import Clock
from escalation.replay import replay
from escalation.services import rebuilding

_TAIPEI = {
    "name": "taipei",
    "timezone": "Asia/Taipei",
    "week": {day: [["08:30", "12:30"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}
_AT_ONCE = 5_000


def due_dates(count: int) -> Figures:
    """Due dates computed one after another, in one process: random starts and targets, without pauses.

    The best of three goes: what is measured is the arithmetic, not who else uses the machine.
    """
    calendar = Calendar.from_json(_TAIPEI)
    chance = random.Random(7)
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(500_000)) for _ in range(1_000)]
    wanted = [
        targets.Target.from_json({"unit": "working_hours", "amount": chance.randrange(1, 200)}) for _ in range(100)
    ]
    took = []
    for _go in range(3):
        began = time.perf_counter()
        for number in range(count):
            targets.due(calendar, wanted[number % 100], starts[number % 1_000])
        took.append(time.perf_counter() - began)
    return {"computed": count, "per_second": round(count / min(took))}


def replays(count: int) -> Figures:
    """So many ledgers read from the database and replayed; then `rebuild_clocks --check` over the same complaints."""
    office.clear()
    filling.add_open(count // 2)  # two clocks each
    office.settle()
    kinds = dict(Clock.objects.values_list("pk", "kind"))
    now = selectors.database_now()
    began = time.perf_counter()
    ids = list(kinds)
    for first in range(0, len(ids), _AT_ONCE):
        some = {pk: kinds[pk] for pk in ids[first : first + _AT_ONCE]}
        for ledger in selectors.ledgers(some).values():
            replay(ledger, now=now)
    replayed = time.perf_counter() - began
    began = time.perf_counter()
    differences = sum(1 for _difference in rebuilding.rebuild(check=True))
    checked = time.perf_counter() - began
    if differences:
        raise RuntimeError(f"rebuild_clocks --check found {differences} differences.")
    return {
        "ledgers": len(ids),
        "seconds": round(replayed, 2),
        "per_second": round(len(ids) / replayed),
        "rebuild_check_seconds": round(checked, 2),
        "differences": differences,
    }
