"""`python3 launch lock`: make requirements.lock again, with the newest versions that fit together."""

import argparse
import os
import tempfile
from pathlib import Path

from launch import lockfile
from launch.console import Console
from launch.errors import LaunchError
from launch.places import CHECKOUT, tail
from launch.processes import run_to_end
from launch.signals import StopSignals
from launch.venv import VirtualEnvironment

OLDEST_PYTHON = "3.11"
PREFACE = """\
# Every package with its version and hashes, for any platform and any package index.
# Made by `python3 launch lock` from the three requirements files; not edited by hand.
# The parts are installed one by one: the launcher cuts the file at their headings.
"""


def main(arguments: list[str], console: Console, signals: StopSignals) -> int:
    """Resolve all three files at once, then sort each package into the first part that needs it.

    Raises LaunchError with what the resolver said. Versions already in the lock stay unless --upgrade is given.
    """
    parser = argparse.ArgumentParser(prog="python3 launch lock", description="Make requirements.lock again.")
    parser.add_argument(
        "--upgrade", action="store_true", help="take the newest versions instead of keeping the locked ones"
    )
    wanted = parser.parse_args(arguments)
    venv = VirtualEnvironment()
    if not venv.package("uv"):
        venv.ensure(["run", "embedded", "dev"], console, signals)
    with console.step("Resolving") as step, tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.txt"
        if lockfile.LOCK.exists() and not wanted.upgrade:
            whole.write_text(lockfile.LOCK.read_text(encoding="utf-8"), encoding="utf-8")  # uv keeps what it finds
        _resolve(venv, signals, whole, list(lockfile.SOURCES.values()))
        pinned = lockfile.entries(whole.read_text(encoding="utf-8"))
        text, seen, sources = PREFACE, set[str](), list[Path]()
        for name, source in lockfile.SOURCES.items():
            sources.append(source)
            part = Path(folder) / f"{name}.txt"
            _resolve(venv, signals, part, sources, "--constraint", str(whole))
            names = [package for package in lockfile.entries(part.read_text(encoding="utf-8")) if package not in seen]
            seen.update(names)
            text += f"\n# === {name} ===\n" + "".join(pinned[package] for package in names)
        if seen != set(pinned):
            raise LaunchError(f"The parts do not add up: {', '.join(sorted(set(pinned) ^ seen))}.")
        lockfile.LOCK.write_text(text, encoding="utf-8")
        step.done(f"requirements.lock written, {len(seen)} packages")
    return 0


def _resolve(venv: VirtualEnvironment, signals: StopSignals, target: Path, sources: list[Path], *more: str) -> None:
    log = target.with_suffix(".log")
    argv = venv.module(
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        f"--python-version={OLDEST_PYTHON}",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--no-emit-find-links",
        f"--output-file={target}",
        *more,
        *map(str, sources),
    )
    if run_to_end(argv, environment=os.environ, cwd=CHECKOUT, signals=signals, log=log):
        raise LaunchError(f"The requirements do not fit together:\n{tail(log, lines=30)}")
