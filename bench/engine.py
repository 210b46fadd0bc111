"""The engine: a sweep that finds nothing, how late a step comes with a million open, and processes that sweep."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench import filling, office
from bench.figures import Figures, percentile
from complaints.models import Complaint
from escalation.models import Clock, Firing
from escalation.services import sweep

LAG_RATE = 50
"""Deadlines that pass in a second while the lag is measured."""


def fill(count: int) -> Figures:
    """So many open complaints that are not due, by COPY."""
    office.clear()
    began = time.perf_counter()
    filling.add_open(count)
    seconds = time.perf_counter() - began
    office.settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
    return {"complaints": count, "seconds": round(seconds, 1), "database_gib": round(size / 2**30, 2)}


def idle_sweep() -> Figures:
    """A sweep while nothing is due, whatever is open: the median of eleven, in milliseconds, and how it reads."""
    took = []
    for _round in range(11):
        began = time.perf_counter()
        swept = sweep.sweep()
        took.append((time.perf_counter() - began) * 1_000)
        if swept.complaints:
            raise RuntimeError("Something was due.")
    plan = _plan()
    return {
        "open": Complaint.objects.count(),
        "clocks": Clock.objects.count(),
        "milliseconds": round(percentile(took, 0.5), 2),
        "slowest": round(max(took), 2),
        "index_scan": any("Index Scan using escalation_clock_wake" in line for line in plan),
        "plan": plan,
    }


def lag(seconds: int) -> Figures:
    """From a deadline to the escalation that another session can see, with a real beat and one real worker.

    Deadlines pass evenly, `LAG_RATE` a second, for so many seconds. The lag is measured against the database's clock,
    by looking for new firings every twenty milliseconds: it comes out up to that much too long, never too short.
    """
    steps = seconds * LAG_RATE
    first = Firing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="redress-bench-")))
        for name, arguments in _celery(folder).items():
            stack.enter_context(_running(arguments, folder / f"{name}.log"))
        begin = timezone.now() + timedelta(seconds=10 + steps / 300)
        due = filling.add(steps, lambda n: begin + timedelta(seconds=n / LAG_RATE), urgent=True)
        if timezone.now() > begin:
            raise RuntimeError("The database was filled too slowly: the first deadlines have passed already.")
        lags = _watch(len(due), first, until=begin + timedelta(seconds=seconds + 60))
    return {
        "open": Complaint.objects.count(),
        "steps": len(lags),
        "beat_seconds": 2,
        "median_seconds": round(percentile(lags, 0.5), 3),
        "p99_seconds": round(percentile(lags, 0.99), 3),
        "slowest_seconds": round(max(lags), 3),
    }


def sweepers(count: int, *arguments: str) -> AbstractContextManager[list["subprocess.Popen[str]"]]:
    """So many sweeping processes."""
    return processes([["bench.sweeper", *arguments] for _sweeper in range(count)])


@contextmanager
def processes(modules: Iterable[Sequence[str]]) -> Iterator[list["subprocess.Popen[str]"]]:
    """Modules that run beside us, have everything loaded and wait for a word; killed at the end if they still run."""
    started = [
        subprocess.Popen([sys.executable, "-m", *module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for module in modules
    ]
    try:
        for process in started:
            hear(process, "ready")
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
            process.wait()
            for end in (process.stdin, process.stdout):
                assert end is not None
                with suppress(BrokenPipeError):  # what was still to be said to one that was killed
                    end.close()


def say(process: "subprocess.Popen[str]", word: str) -> None:
    """Tell a waiting process to begin."""
    assert process.stdin is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()


def hear(process: "subprocess.Popen[str]", word: str) -> None:
    """Wait until a process says so. Raises RuntimeError when it says something else, or ends without a word."""
    assert process.stdout is not None
    if (said := process.stdout.readline().strip()) != word:
        raise RuntimeError(f"{process.args!r} was to say “{word}”, but said “{said}”.")


def _watch(expected: int, first: int, *, until: datetime) -> list[float]:
    """Wait for so many firings after that id and say how many seconds after its deadline each was seen.

    Ids are given before they are committed, so that a later one may be seen first: those seen are remembered.
    """
    seen: dict[int, float] = {}
    while len(seen) < expected:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, extract(epoch FROM clock_timestamp() - due_at)::float8 FROM escalation_firing"
                " WHERE id > %s AND NOT id = ANY(%s)",
                [first, list(seen)],
            )
            seen.update(cursor.fetchall())
        if timezone.now() > until:
            raise RuntimeError(f"{expected - len(seen)} of {expected} steps had not fired in time.")
        time.sleep(0.02)
    return list(seen.values())


def _celery(folder: Path) -> dict[str, Sequence[str]]:
    """The worker and the beat as `launch run` starts them."""
    celery = [sys.executable, "-m", "celery", "--app", "config"]
    return {
        "worker": [*celery, "worker", "--loglevel=WARNING", "--concurrency=1", "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel=WARNING", f"--schedule={folder / 'schedule'}", "--pidfile="],
    }


@contextmanager
def _running(arguments: Sequence[str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _plan() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sweep.CLAIM, [timezone.now(), sweep.BATCH])
        return [str(line) for (line,) in cursor.fetchall()]
