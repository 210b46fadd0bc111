"""`python3 launch bench …`: the measurements in bench/, on services that are thrown away afterwards."""

import os

from launch import environment, foreground, preparing, services
from launch.console import Console
from launch.errors import LaunchError
from launch.places import CHECKOUT
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Run `python -m bench` with these arguments and return its exit code.

    DATABASE_URL is not followed: a bench fills and empties tables, and nobody wants that in their own database.
    The servers are durable, because a sync to disk is part of what is measured.
    """
    if not (CHECKOUT / "bench/__main__.py").exists():
        raise LaunchError("This checkout has no bench/__main__.py to run.")
    venv = VirtualEnvironment()
    venv.ensure(["run", "embedded", "dev"], console, signals)
    quiet = Console(quiet=True)
    with services.throwaway() as data, Supervisor(data, quiet, signals) as watched:
        servers = services.start(data, venv, watched, console, signals, given={})
        values = environment.for_django(data, servers, environment.without_settings(os.environ))
        preparing.translations(venv, values, console, signals)
        preparing.database(venv, values, console, signals)
        preparing.office(venv, values, console, signals)
        code = foreground.run(venv.module("bench", *arguments), values, signals)
        signals.count = 0  # Ctrl-C was for the bench; the servers still stop in order
        return code
