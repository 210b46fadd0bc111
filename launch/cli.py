"""Which command was meant, and how the end of it is told."""

import importlib
import os
import sys

from launch.console import Console
from launch.errors import LaunchError, StopRequested
from launch.signals import StopSignals

COMMANDS = {
    "run": "bring up the whole office: database, broker, web, worker, beat",
    "test": "run the tests; further words go to pytest",
    "check": "run every check on the code: style, types, layers, templates, migrations, settings, translations",
    "bench": "measure, on services that are thrown away; further words go to the bench",
    "manage": "run a manage.py command with the services it needs",
    "lock": "make requirements.lock again from the three requirements files",
}
INTERRUPTED = 130  # what shells call the exit after Ctrl-C


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code: 0 well, 1 a sentence was printed, 2 not understood."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in COMMANDS:
        print(f"There is no command {name!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    if os.name != "posix":
        print("Redress runs on Linux and macOS; on Windows, use it inside WSL.", file=sys.stderr)
        return 1
    console, signals = Console(), StopSignals()
    signals.listen()
    command = importlib.import_module(f"launch.commands.{name}")
    try:
        return int(command.main(rest, console, signals))
    except LaunchError as error:
        console.warn(f"redress: {error}")
        return 1
    except StopRequested:
        console.warn("Stopped before it was done.")
        return INTERRUPTED


def usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name.ljust(width)}  {purpose}" for name, purpose in COMMANDS.items()]
    return "\n".join(
        ["Usage: python3 launch COMMAND …", "", *lines, "", "`python3 launch run --help` lists its options."]
    )
