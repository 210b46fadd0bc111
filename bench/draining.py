"""Draining what is due, by one worker and by two, beside the same effects as one plain SQL statement: turn by turn.

A machine that others share changes its speed within a minute. What is put side by side is therefore measured one right
after the other, in rounds, and the ratio is the median of the rounds' own ratios.
"""

import time
from collections.abc import Sequence

from bench import filling, office, yardstick
from bench.engine import hear, say, sweepers
from bench.figures import Figures, percentile
from escalation.models import Firing
from notifications.models import OutboxMessage

ROUNDS = 5
LONG = 15
"""Seconds; when draining takes longer than this, one round is enough."""


def measure(due: int) -> Figures:
    """So many overdue complaints, each on fresh rows: by the plain statement, by one worker, by two at once."""
    rounds = [_round(due)]
    while len(rounds) < ROUNDS and rounds[0]["one_worker"] < LONG:
        rounds.append(_round(due))
    one = _median(rounds, "one_worker")
    return {
        "steps": due,
        "plain_sql_seconds": _median(rounds, "plain_sql"),
        "one_worker_seconds": one,
        "two_workers_seconds": _median(rounds, "two_workers"),
        "per_second": round(due / one),
        "times_plain_sql": _median(rounds, "times_plain_sql"),
        "two_workers_to_one": _median(rounds, "two_workers_to_one"),
        "rounds": rounds,
    }


def beside(due: int) -> Figures:
    """The same by one worker, beside everything that is there already; once, for it stays there."""
    letters = OutboxMessage.objects.count()
    seconds = _drained(due, workers=1)
    return {
        "steps": due,
        "letters_queued": OutboxMessage.objects.count() - letters,
        "seconds": round(seconds, 3),
        "per_second": round(due / seconds),
    }


def beside_the_statement(plain: float, one: float, two: float) -> Figures:
    """What a round came to, in seconds: the plain statement, one worker, two."""
    return {
        "plain_sql": round(plain, 3),
        "one_worker": round(one, 3),
        "two_workers": round(two, 3),
        "times_plain_sql": round(one / plain, 2),
        "two_workers_to_one": round(one / two, 2),
    }


def _round(due: int) -> Figures:
    plain = yardstick.seconds_for(due)
    office.clear()
    one = _drained(due, workers=1)
    office.clear()
    two = _drained(due, workers=2)
    return beside_the_statement(plain, one, two)


def _drained(due: int, *, workers: int) -> float:
    """The seconds in which so many sweeping processes escalate so many overdue complaints, each step once."""
    before = Firing.objects.count()
    filling.add_overdue(due)
    office.settle()
    with sweepers(workers) as ready:
        began = time.perf_counter()
        for sweeper in ready:
            say(sweeper, "go")
        for sweeper in ready:
            hear(sweeper, "done")
        seconds = time.perf_counter() - began
    fired = Firing.objects.count() - before
    if fired != due:
        raise RuntimeError(f"{fired} steps fired where {due} were due.")
    return seconds


def _median(rounds: Sequence[Figures], figure: str) -> float:
    return percentile([float(each[figure]) for each in rounds], 0.5)
