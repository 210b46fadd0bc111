"""Order of stopping, falls, hard stops, and what an earlier launcher left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from launch import processes, supervisor
from launch.errors import LaunchError, StopRequested
from launch.supervisor import STOP_ORDER, Supervisor, stop_leftovers

pytestmark = pytest.mark.slow


def test_programs_stop_in_order_and_each_is_waited_for(data, console, signals, program):
    with Supervisor(data, console, signals) as watched:
        watched.start([program("postgres"), program("valkey")])
        watched.start([program("web"), program("worker", linger=0.3), program("beat")])
    assert (data.root / "diary").read_text().split() == list(STOP_ORDER)
    assert json.loads(data.status_file.read_text())["state"] == "stopped"
    assert list((data.state / "started").iterdir()) == []


def test_a_second_request_to_stop_does_not_wait(data, console, signals, program):
    with Supervisor(data, console, signals) as watched:
        watched.start([program("postgres"), program("worker", linger=30, patience=60.0)])
        signals.count = 2
        began = time.monotonic()
    assert time.monotonic() - began < 5
    diary = data.root / "diary"
    assert "worker" not in (diary.read_text() if diary.exists() else "")  # only the database may say goodbye


def test_who_does_not_stop_in_time_is_stopped_the_hard_way(data, console, signals, program, capsys):
    with Supervisor(data, console, signals) as watched:
        watched.start([program("worker", linger=30, patience=0.2)])
    assert "worker stopped the hard way" in capsys.readouterr().out


def test_a_program_that_ends_at_once_stops_the_start_with_the_end_of_its_log(data, console, signals, program):
    with (
        Supervisor(data, console, signals) as watched,
        pytest.raises(LaunchError, match=r"exit code 3.*\s+out of ink"),
    ):
        watched.start([program("web", "print('out of ink', flush=True); sys.exit(3)")])


def test_a_request_to_stop_ends_the_wait_for_a_start(data, console, signals, program):
    with Supervisor(data, console, signals) as watched:
        signals.count = 1
        with pytest.raises(StopRequested):
            watched.start([program("web", is_ready=lambda _pid: False)])


def test_a_fallen_program_is_started_again(data, console, signals, program, monkeypatch):
    with Supervisor(data, console, signals) as watched:
        watched.start([program("web")])
        first = data.read_status()["processes"]["web"]["pid"]
        os.kill(first, signal.SIGKILL)

        def stop_when_it_is_back() -> None:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                web = data.read_status()["processes"]["web"]
                if web["pid"] != first and web["up"]:
                    break
                time.sleep(0.02)
            signals.count = 1

        other = threading.Thread(target=stop_when_it_is_back)
        other.start()
        watched.watch()
        other.join()
        web = data.read_status()["processes"]["web"]
    assert web["pid"] != first
    assert web["falls"] == 1


def test_a_program_that_falls_again_and_again_ends_the_watch(data, console, signals, program, monkeypatch):
    monkeypatch.setattr(supervisor, "MAX_FALLS", 2)
    with Supervisor(data, console, signals) as watched:
        watched.start(
            [program("worker", "print('no broker', flush=True); time.sleep(0.3); sys.exit(1)", is_ready=bool)]
        )
        with pytest.raises(LaunchError, match=r"worker fell 2 times in a row \(exit code 1\)(.|\n)*no broker"):
            watched.watch()


def test_what_an_earlier_launcher_left_running_is_stopped(data, console, signals, orphan):
    left = orphan()
    processes.note(data.state / "started", "worker", left.pid)
    stop_leftovers(data, console, signals)
    assert left.wait(5) == -signal.SIGTERM
    assert processes.noted(data.state / "started", "worker") is None


def test_children_of_a_leftover_that_is_dead_itself_are_stopped(data, console, signals, orphan, tmp_path):
    child_number = tmp_path / "child"
    left = orphan(
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(child_number)!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    _until(lambda: child_number.exists() and child_number.read_text())
    processes.note(data.state / "started", "worker", left.pid)
    left.kill()
    left.wait()
    child = int(child_number.read_text())
    assert processes.birth(child)
    stop_leftovers(data, console, signals)
    assert not processes.birth(child)


def test_a_process_that_only_has_the_same_number_is_left_alone(data, console, signals, orphan):
    stranger = orphan()
    born = processes.birth(stranger.pid)
    note = {"pid": stranger.pid, "born": born[:-1] + ("0" if born[-1] != "0" else "1")}
    (data.state / "started/worker.json").write_text(json.dumps(note))
    stop_leftovers(data, console, signals)
    assert stranger.poll() is None


@pytest.mark.skipif(not processes.LINUX, reason="only Linux tells a child that its parent died")
def test_programs_do_not_outlive_a_launcher_that_is_killed(tmp_path):
    number = tmp_path / "child"
    launcher = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys, time\n"
            "from launch.processes import spawn\n"
            "child = spawn([sys.executable, '-c', 'import time; time.sleep(60)'], environment={},\n"
            "    cwd=pathlib.Path('/'), output=None)\n"
            f"pathlib.Path({str(number)!r}).write_text(str(child.pid)); time.sleep(60)",
        ]
    )
    _until(lambda: number.exists() and number.read_text())
    launcher.kill()
    launcher.wait()
    _until(lambda: not processes.birth(int(number.read_text())))


def _until(condition, *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
