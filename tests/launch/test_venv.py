"""The environment is brought up to the lock once, and again only when the lock changed."""

import importlib.util
import json
import stat
import sys
from pathlib import Path

import pytest

from launch import lockfile, venv
from launch.errors import LaunchError
from launch.venv import VirtualEnvironment

LOCK = """
# === run ===
web==1.0 \\
    --hash=sha256:00
old==1.0 \\
    --hash=sha256:00

# === embedded ===
database==1.0 \\
    --hash=sha256:00

# === dev ===
tester==1.0 \\
    --hash=sha256:00
"""


@pytest.fixture
def lock(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(LOCK)
    monkeypatch.setattr(lockfile, "LOCK", path)
    return path


@pytest.fixture
def environment(tmp_path) -> VirtualEnvironment:
    """An environment whose Python writes down how it was called, and fails where the test wants it to."""
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin/python"
    python.write_text(
        f'#!/bin/sh\necho "$@" >> "{folder}/calls"\ncase "$*" in *"$(cat {folder}/broken 2>/dev/null || echo ,)"*) '
        "echo no such wheel; exit 1;; esac\n"
    )
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return VirtualEnvironment(folder)


def _calls(environment: VirtualEnvironment) -> list[str]:
    """What pip was asked to do, in one word each: `run`, `embedded`, `dev`, or the packages it removed."""
    path = environment.folder / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    found = []
    for line in lines:
        if "uninstall" in line:
            found.append("removed " + line.partition("--yes ")[2])
        elif "install" in line:
            found.append(line.rpartition("requirements-")[2].removesuffix(".lock"))
    return found


def test_only_what_is_wanted_is_installed_and_only_once(environment, lock, console, signals):
    environment.ensure(["run", "embedded"], console, signals)
    assert _calls(environment) == ["run", "embedded"]
    environment.ensure(["run", "embedded"], console, signals)
    assert _calls(environment) == []
    environment.ensure(["run", "embedded", "dev"], console, signals)
    assert _calls(environment) == ["dev"]


def test_a_changed_lock_installs_the_changed_part_and_removes_what_it_dropped(environment, lock, console, signals):
    environment.ensure(["run", "embedded"], console, signals)
    _calls(environment)
    lock.write_text(LOCK.replace("old==1.0 \\\n    --hash=sha256:00\n", ""))
    environment.ensure(["run", "embedded"], console, signals)
    assert _calls(environment) == ["removed old", "run"]


def test_a_failed_install_shows_the_end_of_its_log_and_is_tried_again(environment, lock, console, signals):
    (environment.folder / "broken").write_text("requirements-run")
    with pytest.raises(LaunchError, match="no such wheel"):
        environment.ensure(["run"], console, signals)
    (environment.folder / "broken").unlink()
    _calls(environment)
    environment.ensure(["run"], console, signals)
    assert _calls(environment) == ["run"]


@pytest.mark.parametrize("system_has_servers", [True, False])
def test_a_machine_without_fitting_wheels_may_use_its_own_servers(
    environment, lock, console, signals, monkeypatch, system_has_servers
):
    monkeypatch.setattr("launch.binaries.system_has_servers", lambda: system_has_servers)
    (environment.folder / "broken").write_text("requirements-embedded")
    if system_has_servers:
        environment.ensure(["run", "embedded"], console, signals)
        assert "embedded" in json.loads((environment.folder / "redress.json").read_text())
    else:
        with pytest.raises(LaunchError, match="Installing packages failed"):
            environment.ensure(["run", "embedded"], console, signals)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(tmp_path, lock, console, signals, monkeypatch, module):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        venv.importlib.util, "find_spec", lambda name, *rest: None if name == module else found(name, *rest)
    )
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(LaunchError, match=f"without its module {module}.*apt-get install python{version}-venv"):
        VirtualEnvironment(tmp_path / "new").ensure(["run"], console, signals)
