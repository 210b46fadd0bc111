"""The launcher is tried on programs of a few lines, and once on the real servers."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from launch.console import Console
from launch.places import DataDirectory
from launch.processes import birth
from launch.programs import Program
from launch.signals import StopSignals


@pytest.fixture
def data(tmp_path) -> DataDirectory:
    directory = DataDirectory(tmp_path / "data 投诉")
    directory.create()
    return directory


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def signals() -> StopSignals:
    """Never connected to the real signals: the tests count by hand."""
    return StopSignals()


@pytest.fixture
def program(data):
    """A program of one Python text that writes its name into `diary` when it is asked to stop, and then ends."""

    def _program(name: str, text: str = "", *, linger: float = 0.0, **more) -> Program:
        goodbye = f"""
import pathlib, signal, sys, time
def stop(*_):
    time.sleep({linger})
    with open({str(data.root / "diary")!r}, "a") as file:
        print({name!r}, file=file)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
"""
        marker = data.root / f"{name}.up"
        text = text or f"pathlib.Path({str(marker)!r}).touch()\nwhile True: time.sleep(0.01)"
        given = {
            "argv": [sys.executable, "-c", goodbye + text],
            "environment": dict(os.environ),
            "cwd": Path("/"),
            "log": data.logs / f"{name}.log",
            "is_ready": lambda _pid: marker.exists(),
            "patience": 5.0,
        } | more
        return Program(name=name, **given)

    return _program


@pytest.fixture
def orphan():
    """Starts something that outlives its launcher, as after a hard death; ended when the test ends."""
    started: list[subprocess.Popen] = []

    def _orphan(text: str = "import time; time.sleep(60)") -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, "-c", text], start_new_session=True)
        started.append(process)
        assert birth(process.pid)
        return process

    yield _orphan
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
