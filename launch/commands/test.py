"""`python3 launch test …`: the whole suite on services that are thrown away afterwards."""

import os
import shutil

from launch import environment, foreground, preparing, services
from launch.console import Console
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Run pytest with these arguments and return its exit code; the last lines printed are its own."""
    venv = VirtualEnvironment()
    venv.ensure(["run", "embedded", "dev"], console, signals)
    outside = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    quiet = Console(quiet=True)
    with services.throwaway() as data, Supervisor(data, quiet, signals) as watched:
        servers = services.start(data, venv, watched, console, signals, given=outside, durable=False)
        values = environment.for_django(data, servers, environment.without_settings(os.environ))
        preparing.translations(venv, values, console, signals)
        preparing.database(venv, values, console, signals)
        del values["DJANGO_SETTINGS_MODULE"]  # the tests' own settings are named in pyproject.toml
        if browser := find_browser():
            values["REDRESS_CHROMIUM"] = browser
        else:
            console.say(NO_BROWSER)
        code = foreground.run(venv.module("pytest", *side_by_side(arguments), *arguments), values, signals)
        signals.count = 0  # Ctrl-C was for pytest; the servers still stop in order
        return code


NO_BROWSER = """
  ****************************************************************************
  *  No Chromium is on this machine: the browser tests will be SKIPPED.      *
  *  Install it (Debian and Ubuntu: `apt-get install chromium`) to run them. *
  ****************************************************************************
"""


def find_browser() -> str | None:
    """A Chromium that Playwright can drive: the one named by REDRESS_CHROMIUM, or one on PATH."""
    named = os.environ.get("REDRESS_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def side_by_side(arguments: list[str]) -> list[str]:
    """Two processes for the whole suite; one when a person picked tests or a number, or wants to debug."""
    picked = any(
        not word.startswith("-") or word.startswith(("-n", "-k", "-m", "--pdb", "--lf")) for word in arguments
    )
    if picked or (os.cpu_count() or 1) < 2:
        return []
    return ["-n", "2", "--dist", "loadgroup"]
