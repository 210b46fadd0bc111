"""`python3 launch check`: every check on the code, one line for each, all of them even when one fails."""

import os
import secrets
import time
from collections.abc import Mapping

from launch import environment, preparing, services
from launch.console import Console
from launch.errors import LaunchError
from launch.places import CHECKOUT
from launch.processes import run_to_end
from launch.signals import StopSignals
from launch.supervisor import Supervisor
from launch.venv import VirtualEnvironment


def checks(venv: VirtualEnvironment) -> dict[str, list[str]]:
    """The command line of each check, by the name it is reported under."""
    manage = [str(venv.python), "manage.py"]
    contracts = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    return {
        "style": venv.module("ruff", "check", "--quiet", "--output-format=concise"),
        "format": venv.module("ruff", "format", "--check", "--output-format=concise"),
        "types": venv.module("mypy"),
        "layers": [str(venv.python), "-c", contracts],
        "templates": venv.module("djlint", "templates", "--lint", "--quiet"),
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "settings": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "translations": [*manage, "translations", "--check"],
    }


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Run the checks, or those named; 0 when all passed, 1 otherwise."""
    venv = VirtualEnvironment()
    venv.ensure(["run", "embedded", "dev"], console, signals)
    wanted = checks(venv)
    if unknown := sorted(set(arguments) - set(wanted)):
        raise LaunchError(f"There is no check {unknown[0]!r}: there are {', '.join(map(repr, wanted))}.")
    failed = []
    quiet = Console(quiet=True)
    with services.throwaway() as data, Supervisor(data, quiet, signals) as watched:
        servers = services.start(data, venv, watched, console, signals, given={}, durable=False)
        values = environment.for_django(data, servers, production())
        preparing.translations(venv, values, console, signals)
        preparing.database(venv, values, console, signals)
        for name in arguments or wanted:
            log = data.logs / f"check-{name.replace(' ', '-')}.log"
            began = time.monotonic()
            console.passing(f"{name} …")
            code = run_to_end(wanted[name], environment=values, cwd=CHECKOUT, signals=signals, log=log)
            console.say(f"  {'passed' if code == 0 else 'FAILED'}  {name} ({time.monotonic() - began:.1f} s)")
            if code:
                failed.append(name)
                console.say(log.read_text(encoding="utf-8", errors="replace").rstrip() + "\n")
    total = len(arguments or wanted)
    console.say(f"{', '.join(failed)}: failed." if failed else f"All {total} checks passed.")
    return 1 if failed else 0


def production() -> Mapping[str, str]:
    """The environment of a real site, so that `check --deploy` judges what would be deployed."""
    return environment.without_settings(os.environ) | {
        "REDRESS_BASE_URL": "https://complaints.example",
        "REDRESS_ALLOWED_HOSTS": "complaints.example",
        "REDRESS_SECRET_KEY": secrets.token_urlsafe(50),
    }
