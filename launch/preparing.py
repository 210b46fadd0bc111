"""The steps between servers that answer and programs that can start; each is skipped when nothing changed."""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from launch import lockfile
from launch.console import Console
from launch.errors import LaunchError
from launch.places import CHECKOUT, DataDirectory, tail, write_private
from launch.processes import end, run_to_end, spawn
from launch.signals import StopSignals
from launch.venv import VirtualEnvironment


def translations(
    venv: VirtualEnvironment, environment: Mapping[str, str], console: Console, signals: StopSignals
) -> None:
    """Compile each translation that is newer than its compiled form, which is not kept in git."""
    stale = [
        source
        for source in sorted(CHECKOUT.glob("locale/*/LC_MESSAGES/*.po"))
        if not (compiled := source.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns
    ]
    if not stale:
        return
    with console.step("Compiling translations") as step:
        argv = venv.module("launch.inside.translations", *map(str, stale))
        if run_to_end(argv, environment=environment, cwd=CHECKOUT, signals=signals, log=None):
            raise LaunchError("The translations could not be compiled.")
        step.done(f"{len(stale)} translations compiled")


def database(venv: VirtualEnvironment, environment: Mapping[str, str], console: Console, signals: StopSignals) -> None:
    """See that the database and the broker answer and can search Chinese; raises LaunchError after its sentence."""
    argv = venv.module("launch.inside.database")
    with console.step("Trying the database"):
        if run_to_end(argv, environment=environment, cwd=CHECKOUT, signals=signals, log=None):
            raise LaunchError("The database or the broker cannot be used.")


def office(
    venv: VirtualEnvironment,
    environment: Mapping[str, str],
    console: Console,
    signals: StopSignals,
    *,
    furnishing: str = "",
) -> None:
    """Migrate, and furnish a house without people: `demo`, `empty`, or nothing.

    Raises LaunchError after the step's own sentence.
    """
    argv = venv.module("launch.inside.office", furnishing, *(["--quiet"] if console.quiet else []))
    if run_to_end(argv, environment=environment, cwd=CHECKOUT, signals=signals, log=None):
        raise LaunchError("The office could not be prepared.")


def own_office(
    data: DataDirectory,
    venv: VirtualEnvironment,
    environment: Mapping[str, str],
    console: Console,
    signals: StopSignals,
    *,
    furnishing: str,
) -> None:
    """As `office()`, for a database that only this launcher touches: left out when nothing has changed since.

    Loading Django in order to find nothing to do would take a third of a second start.
    """
    settings = [f"{name}={value}" for name, value in sorted(environment.items()) if name.startswith("REDRESS_")]
    code = [CHECKOUT / "config/settings.py", *CHECKOUT.glob("*/migrations/*.py")]
    mark = json.dumps(fingerprint(code, furnishing, *settings))
    if data.tables_stamp.exists() and data.tables_stamp.read_text(encoding="utf-8") == mark:
        return
    office(venv, environment, console, signals, furnishing=furnishing)
    write_private(data.tables_stamp, mark)


class StaticFiles:
    """Gathers the static files beside the other steps: it needs no database."""

    def __init__(self, data: DataDirectory, venv: VirtualEnvironment, environment: Mapping[str, str]) -> None:
        self._log = data.logs / "static.log"
        self._stamp = data.state / "static.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._fingerprint = fingerprint(static_files())
        gathered = (data.root / "static/staticfiles.json").exists()
        if not gathered or self._stamped() != self._fingerprint:
            argv = venv.module("django", "collectstatic", "--noinput", "--clear", "--verbosity", "1")
            with open(self._log, "ab") as output:
                self._process = spawn(argv, environment=environment, cwd=CHECKOUT, output=output)

    def __enter__(self) -> "StaticFiles":
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process and self._process.poll() is None:
            end(self._process)

    def wait(self, console: Console, signals: StopSignals) -> None:
        """Wait for the gathering; raises LaunchError with the end of its log."""
        process = self._process
        if process is None:
            return
        with console.step("Gathering static files") as step:
            signals.wait_until(lambda: process.poll() is not None, timeout=float("inf"))
            if process.returncode:
                raise LaunchError(f"The static files could not be gathered. The end of its log:\n{tail(self._log)}")
            write_private(self._stamp, json.dumps(self._fingerprint))
            step.done("static files gathered")

    def _stamped(self) -> str:
        try:
            return str(json.loads(self._stamp.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return ""


def static_files() -> list[Path]:
    """Our own static files, and the settings that say which packages bring some."""
    files = [CHECKOUT / "config/settings.py"]
    for folder in [CHECKOUT, *(marker.parent for marker in CHECKOUT.glob("*/apps.py"))]:
        files += [path for path in (folder / "static").rglob("*") if path.is_file()]
    return files


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """Changes with any of these files, with the installed packages, and with whatever else is given."""
    marks = [lockfile.read()["run"].digest, *more]
    for path in sorted(files):
        facts = path.stat()
        marks.append(f"{path.relative_to(CHECKOUT)} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()
