"""Servers of one's own, in a directory that is thrown away: for measurements that kill them."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import binaries, postgres, services, valkey
from launch.account import servers_account
from launch.processes import spawn
from launch.programs import Program
from launch.signals import StopSignals
from launch.venv import VirtualEnvironment

READY_WITHIN = 60.0


class Server:
    """One program that can be killed and started again."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it serves."""
        program = self._program
        with program.log.open("ab") as output:
            self._process = spawn(
                program.argv,
                environment=program.environment,
                cwd=program.cwd,
                output=output,
                account=program.account,
                dies_with_us=signal.SIGKILL,
            )
        until = time.monotonic() + READY_WITHIN
        while not program.is_ready(self._process.pid):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{program.name} does not start; see {program.log}.")
            time.sleep(0.05)

    def stop(self, number: signal.Signals) -> None:
        """Send it a signal and wait until it is gone."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(READY_WITHIN)


class Servers:
    """A PostgreSQL that keeps what it has committed, and a Valkey."""

    def __init__(self, database: Program, broker: Program, run_directory: Path, log_directory: Path) -> None:
        self.database = Server(database)
        self.broker = Server(broker)
        self.database_url = postgres.url(run_directory)
        self.redis_url = valkey.url(run_directory)
        self.logs = log_directory

    def crash_database(self) -> None:
        """Stop PostgreSQL at once, without a last checkpoint, and start it again: it recovers from its log."""
        self.database.stop(signal.SIGQUIT)
        self.database.start()


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start both, durable, on sockets in a directory of their own; both and all their data are gone afterwards."""
    venv, signals = VirtualEnvironment(Path(sys.prefix)), StopSignals()
    with services.throwaway() as data:
        account = servers_account(data.postgres)
        run_directory = services.make_run_directory(data, account)
        data.status_file.write_text(f'{{"run_directory": "{run_directory}"}}', encoding="utf-8")
        programs = binaries.postgres(venv, account)
        postgres.ensure_cluster(programs, data, account, signals, durable=True)
        servers = Servers(
            postgres.program(programs, data, run_directory, account, durable=True),
            valkey.program(binaries.valkey(venv, account), data, run_directory, account, durable=False),
            run_directory,
            data.logs,
        )
        try:
            servers.database.start()
            servers.broker.start()
            yield servers
        finally:
            servers.broker.stop(signal.SIGTERM)
            servers.database.stop(signal.SIGINT)
