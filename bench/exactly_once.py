"""The proof that every step fires once, whatever is killed: run by `python3 launch bench --only exactly-once`.

On servers of its own, because they are not spared. Two Celery workers of four processes each sweep and send mail,
reminded far more often than a beat would. For a minute their processes are killed with SIGKILL at random, now and
then a whole worker; in the middle Redis is flushed, and PostgreSQL stopped dead and started again. Meanwhile the
deadlines of thousands of complaints pass, each with two steps. Then the work may finish, and everything is counted.

What mail can promise: a worker that is killed after the mail server took a mail, and before the row is marked, leaves
a mail that is sent again. SMTP has no answer to that. Both bear the same Message-ID, by which a mail program knows
them to be one; how many there were is part of the figures, and no mail may be missing.
"""

import argparse
import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.mail_server import MailServer, mail_server
from bench.servers import Servers, own_servers

WORKERS, PROCESSES = 2, 4
BRANCHES = 200
STEP_APART = 5
"""Working seconds between the first step and the second."""

Figures = dict[str, Any]


def measure(due: int, seconds: int) -> Figures:
    """Run the proof in a process of its own, whose settings name its own servers; raises when a check fails."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.exactly_once", f"--due={due}", f"--seconds={seconds}"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError("The proof of exactly once failed.")
    figures: Figures = json.loads(answer.stdout.splitlines()[-1])
    return figures


def main() -> int:
    """Start the servers, prove, print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    with own_servers() as servers, mail_server() as mail:
        os.environ |= {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "REDRESS_EMAIL_URL": mail.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        for module in ("launch.inside.database", "launch.inside.office"):
            subprocess.run([sys.executable, "-m", module, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        logging.disable(logging.WARNING)
        print(json.dumps(prove(servers, mail, options.due, options.seconds)))
    return 0


def prove(servers: Servers, mail: MailServer, due: int, seconds: int) -> Figures:
    """Let deadlines pass while everything is killed, let the work finish, and count."""
    from bench import counting, office

    complaints = due // 2
    _head_office, *branches = office.found(branches=BRANCHES)
    counting.two_steps(apart=STEP_APART)
    trouble = _Trouble(servers, seconds)
    with trouble.workers():
        counting.let_deadlines_pass(complaints, seconds=seconds - 2 * STEP_APART, departments=branches)
        trouble.make()
        settled = counting.let_finish(2 * complaints, remind=trouble.remind, patience=timedelta(minutes=10))
    found = counting.count(complaints, mail.accepted)
    return {**trouble.told, "seconds_to_settle": settled, **found}


class _Trouble:
    """The workers, and what is done to them."""

    def __init__(self, servers: Servers, seconds: int) -> None:
        self._servers, self._seconds = servers, seconds
        self._running: list[subprocess.Popen[bytes]] = []
        self._chance = random.Random(11)
        self.told: Counter[str] = Counter()

    @contextmanager
    def workers(self) -> Iterator[None]:
        """Two workers of four processes, once they are all up."""
        self._running = [self._worker(number) for number in range(WORKERS)]
        try:
            until = time.monotonic() + 60
            while any(len(_children(worker.pid)) < PROCESSES for worker in self._running):
                if time.monotonic() > until:
                    raise RuntimeError("The workers do not start.")
                time.sleep(0.1)
            yield
        finally:
            for worker in self._running:
                _kill(worker)

    def make(self) -> None:
        """A minute of it."""
        began = time.monotonic()
        flush_at, crash_at = 0.4 * self._seconds, 0.6 * self._seconds
        while (passed := time.monotonic() - began) < self._seconds:
            if passed > flush_at:
                self._flush()
                flush_at = float("inf")
            if passed > crash_at:
                self._servers.crash_database()
                self.told["database_crashes"] += 1
                crash_at = float("inf")
            self.remind()
            time.sleep(self._chance.uniform(0.2, 0.8))
            if self._chance.random() < 0.06:
                self._kill_a_worker()
            else:
                self._kill_a_process()

    def remind(self) -> None:
        """As a beat does, but eight at once: sweep, and send what waits. A broker that is away is no trouble."""
        from kombu.exceptions import OperationalError

        from escalation.tasks import sweep
        from notifications.tasks import send_outbox

        self._replace_fallen_workers()
        try:
            for _process in range(WORKERS * PROCESSES):
                sweep.apply_async(retry=False, expires=5)
            send_outbox.apply_async(retry=False, expires=5)
        except OperationalError:
            self.told["reminders_lost"] += 1

    def _worker(self, number: int) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--loglevel=CRITICAL"]
        command += [f"--concurrency={PROCESSES}", f"--hostname=proof{number}-{time.monotonic_ns()}"]
        command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
        with (self._servers.logs / f"worker-{number}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def _replace_fallen_workers(self) -> None:
        """As a supervisor does: Celery gives a worker up when one of its processes is killed while it starts."""
        for number, worker in enumerate(self._running):
            if worker.poll() is not None:
                self._running[number] = self._worker(number)
                self.told["workers_replaced"] += 1

    def _kill_a_process(self) -> None:
        processes = [pid for worker in self._running for pid in _children(worker.pid)]
        if processes:
            os.kill(self._chance.choice(processes), signal.SIGKILL)
            self.told["processes_killed"] += 1

    def _kill_a_worker(self) -> None:
        number = self._chance.randrange(len(self._running))
        _kill(self._running[number])
        self.told["workers_killed"] += 1
        self._running[number] = self._worker(number)

    def _flush(self) -> None:
        from redis import Redis

        with Redis(unix_socket_path=self._servers.redis_url.partition("//")[2].partition("?")[0]) as redis:
            redis.flushall()
        self.told["redis_flushes"] += 1


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill(worker: "subprocess.Popen[bytes]") -> None:
    """A worker and all its processes, at once."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


if __name__ == "__main__":
    sys.exit(main())
