"""`python3 launch manage COMMAND …`: Django's commands, with the services that `run` has up or with our own."""

import argparse
from contextlib import suppress
from pathlib import Path

from launch import environment, foreground, preparing, services, supervisor
from launch.console import Console
from launch.errors import LaunchError, StopRequested
from launch.places import CHECKOUT, DataDirectory
from launch.services import Servers
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment

NEEDS_NO_TABLES = {"migrate", "makemigrations", "help", "check", "--help", "-h"}


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Run one command and return its exit code. What the launcher itself does stays unsaid, for scripts' sake."""
    parser = argparse.ArgumentParser(prog="python3 launch manage", description="Run a manage.py command.")
    parser.add_argument("--data", metavar="DIR", help="the data directory (default: data in the checkout)")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command with its options")
    wanted = parser.parse_args(arguments)
    data = DataDirectory(Path(wanted.data).expanduser().resolve() if wanted.data else CHECKOUT / "data")
    data.create()
    venv = VirtualEnvironment()
    given = environment.given()
    command = [str(venv.python), str(CHECKOUT / "manage.py"), *(wanted.command or ["help"])]
    handle = data.try_hold()
    if handle is None:
        status = data.read_status()
        if status.get("state") != "running":
            raise LaunchError("Redress is being started or stopped in this data directory: try again in a moment.")
        servers = Servers(status["DATABASE_URL"], status["REDIS_URL"])
        values = environment.for_django(data, servers, given, base_url=status.get("address", ""))
        with data.visiting():
            return foreground.run(command, values, signals, at_home=False)
    with handle:
        venv.ensure(services.parts_to_install(given), console, signals)
        quiet = Console(quiet=True)
        supervisor.stop_leftovers(data, quiet, signals)
        services.remove_run_directory(data)
        with services.sockets_removed(data), Supervisor(data, quiet, signals) as watched:
            servers = services.start(data, venv, watched, quiet, signals, given=given)
            values = environment.for_django(data, servers, given)
            preparing.translations(venv, values, quiet, signals)
            preparing.database(venv, values, quiet, signals)
            if command[2] not in NEEDS_NO_TABLES:
                preparing.office(venv, values, quiet, signals)
            watched.publish(state="running", **servers.as_environment())
            code = foreground.run(command, values, signals, at_home=False)
            signals.count = 0  # Ctrl-C was for the command; the servers still stop in order
            if data.has_visitors():
                console.warn("Another command still uses these services; waiting for it. Ctrl-C stops them now.")
                with suppress(StopRequested):
                    signals.wait_until(lambda: not data.has_visitors(), timeout=float("inf"))
            return code
