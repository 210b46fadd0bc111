"""The database and the broker of one data directory: what was given, else the wheel, else the system's own."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from launch import binaries, postgres, valkey
from launch.account import Account, servers_account
from launch.console import Console
from launch.errors import LaunchError
from launch.places import DataDirectory
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment

LONGEST_SOCKET_PATH = 103  # bytes; macOS allows one less than 104, Linux 107


@dataclass(frozen=True)
class Servers:
    """Where the database and the broker answer, in the form the settings read."""

    database_url: str
    redis_url: str

    def as_environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


def start(
    data: DataDirectory,
    venv: VirtualEnvironment,
    supervisor: Supervisor,
    console: Console,
    signals: StopSignals,
    *,
    given: Mapping[str, str],
    durable: bool = True,
) -> Servers:
    """Start what is not given by DATABASE_URL or REDIS_URL, and wait until it answers.

    `durable=False` trades safety for speed and is for directories that are thrown away. The data directory must
    be held. Raises LaunchError with what to do when there is nothing to start.
    """
    database_url, redis_url = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
    if database_url and redis_url:
        return Servers(database_url, redis_url)
    account = servers_account(data.postgres)
    run_directory = make_run_directory(data, account)
    supervisor.publish(run_directory=str(run_directory))
    wanted, told = [], []
    with console.step("Starting the database and the broker") as step:
        if not database_url:
            programs = binaries.postgres(venv, account)
            made = postgres.ensure_cluster(programs, data, account, signals, durable=durable)
            wanted.append(postgres.program(programs, data, run_directory, account, durable=durable))
            told.append(f"PostgreSQL {programs.version} ({programs.origin}{', new' if made else ''})")
            database_url = postgres.url(run_directory)
        if not redis_url:
            server = binaries.valkey(venv, account)
            wanted.append(valkey.program(server, data, run_directory, account, durable=durable))
            told.append("Valkey" if server.name == "valkey-server" else "Redis")
            redis_url = valkey.url(run_directory)
        supervisor.start(wanted)
        step.done(f"{' and '.join(told)} up")
    return Servers(database_url, redis_url)


def remove_run_directory(data: DataDirectory) -> None:
    """Take away the sockets' directory noted in the status file, if it is one of ours."""
    noted = data.read_status().get("run_directory", "")
    if noted and Path(noted).name.startswith("redress-") and not Path(noted).is_symlink():
        shutil.rmtree(noted, ignore_errors=True)


def make_run_directory(data: DataDirectory, account: Account | None) -> Path:
    """A new directory for the sockets, entered by nobody else, whose path is short enough for a socket."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    for base in ["/run", "/tmp"] if account else [own, "/tmp", "/var/tmp"]:  # noqa: S108 - mkdtemp makes it private
        longest = f"{base}/redress-12345678/.s.PGSQL.5432.lock"
        if not base or len(os.fsencode(longest)) > LONGEST_SOCKET_PATH:
            continue
        with suppress(OSError):
            made = Path(tempfile.mkdtemp(prefix="redress-", dir=base))
            if account:
                account.own(made)
            return made
    raise LaunchError("No place for the servers' sockets: neither /run nor /tmp can be written to.")


def parts_to_install(given: Mapping[str, str]) -> list[str]:
    """The parts of the lock that running needs: the embedded servers only if one of them will be started."""
    return ["run"] if given.get("DATABASE_URL") and given.get("REDIS_URL") else ["run", "embedded"]


@contextmanager
def holding(data: DataDirectory) -> Iterator[None]:
    """Have the data directory for oneself; raises LaunchError, saying who has it, if that is another launcher."""
    handle = data.try_hold()
    if handle is None:
        status = data.read_status()
        where = f" at {status['address']}" if status.get("address") else ""
        raise LaunchError(
            f"Redress already runs on {data.root} (process {status.get('supervisor', 'unknown')}){where}. "
            "Stop that one first, or choose another directory with --data."
        )
    with handle:
        yield


@contextmanager
def sockets_removed(data: DataDirectory) -> Iterator[None]:
    """Take the sockets' directory away at the end."""
    try:
        yield
    finally:
        remove_run_directory(data)


@contextmanager
def throwaway() -> Iterator[DataDirectory]:
    """A data directory for one test run, gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="redress-throwaway-"))
    data = DataDirectory(root)
    data.create()
    try:
        yield data
    finally:
        remove_run_directory(data)
        shutil.rmtree(root, ignore_errors=True)
