"""Starts programs in order, watches them, starts fallen ones again, and stops all in the opposite order."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from launch import processes
from launch.console import Console
from launch.errors import LaunchError, StopRequested
from launch.places import DataDirectory, tail
from launch.programs import Program
from launch.signals import PAUSE, StopSignals

# Beat first, so that nothing new is sent; then the workers finish what they hold; the database goes last.
STOP_ORDER = ("beat", "worker", "web", "valkey", "postgres")
READY_WITHIN = 60.0  # seconds
WATCH_EVERY = 0.2  # seconds
STEADY_AFTER = 60.0  # seconds up; a fall after that counts as the first one again
MAX_FALLS = 5
LOG_LIMIT = 20_000_000  # bytes; a longer log is set aside at the next start


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started_at: float  # monotonic
    falls: int = 0
    next_start: float | None = None  # monotonic; set while it is down
    is_up: bool = False


class Supervisor:
    """The programs of one data directory. Use it as a context: leaving it stops everything that was started."""

    def __init__(self, data: DataDirectory, console: Console, signals: StopSignals) -> None:
        self._data = data
        self._console = console
        self._signals = signals
        self._children: dict[str, _Child] = {}
        self._notes = data.state / "started"
        self.status: dict[str, Any] = {"supervisor": os.getpid(), "state": "starting"}

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop_all()

    def start(self, programs: Sequence[Program]) -> None:
        """Start programs side by side and wait until each one serves.

        Raises LaunchError with the end of its log when one falls or does not become ready within a minute.
        """
        for program in programs:
            self._spawn(program)
        for program in programs:
            if not self._signals.wait_until(partial(self._look, program.name), timeout=READY_WITHIN):
                raise LaunchError(f"{program.name} does not become ready. Its log ends:\n{tail(program.log)}")
        self.publish()

    def watch(self) -> None:
        """Keep everything running until somebody asks to stop.

        Raises LaunchError when a program falls again and again.
        """
        while not self._signals.count:
            for child in self._children.values():
                self._tend(child)
            time.sleep(WATCH_EVERY)

    def publish(self, **facts: Any) -> None:
        """Write the status file, which `manage` and the next launcher read."""
        self.status |= facts
        self.status["processes"] = {
            name: {
                "pid": child.process.pid,
                "up": child.process.poll() is None,
                "falls": child.falls,
                "log": str(child.program.log),
            }
            for name, child in self._children.items()
        }
        self._data.write_status(self.status)

    def stop_all(self) -> None:
        """Stop in order and wait for each; from the second request on, do not wait any more."""
        if not self._children:
            return
        self.publish(state="stopping")
        self._console.say("Stopping.")
        for name in STOP_ORDER:
            if child := self._children.get(name):
                with self._console.step(f"Stopping {name}") as step:
                    step.done(f"{name} {self._stop(child)}")
                self._children.pop(name)
                processes.forget(self._notes, name)
        self.publish(state="stopped")

    def _spawn(self, program: Program, falls: int = 0) -> None:
        with open(program.log, "ab") as output:
            process = processes.spawn(
                program.argv,
                environment=program.environment,
                cwd=program.cwd,
                output=output,
                account=program.account,
                dies_with_us=program.stop,
                pass_fds=program.pass_fds,
            )
        self._children[program.name] = _Child(program, process, time.monotonic(), falls)
        processes.note(self._notes, program.name, process.pid)

    def _look(self, name: str) -> bool:
        """Whether a starting program serves by now; raises LaunchError if it fell instead."""
        child = self._children[name]
        if (code := child.process.poll()) is not None:
            raise LaunchError(f"{name} ended at once ({_ending(code)}). Its log ends:\n{tail(child.program.log)}")
        child.is_up = child.is_up or child.program.is_ready(child.process.pid)
        return child.is_up

    def _tend(self, child: _Child) -> None:
        """Notice a fall, wait a little longer after each one, and start again."""
        name, now = child.program.name, time.monotonic()
        if child.next_start is not None:
            if now >= child.next_start:
                self._spawn(child.program, child.falls)
                self.publish()
            return
        if (code := child.process.poll()) is None:
            return
        processes.kill_session(child.process.pid)  # what it left behind would work on beside the new one
        child.falls = child.falls + 1 if now - child.started_at < STEADY_AFTER else 1
        if child.falls >= MAX_FALLS:
            raise LaunchError(
                f"{name} fell {child.falls} times in a row ({_ending(code)}), so everything stops. "
                f"Its log ends:\n{tail(child.program.log)}"
            )
        pause = 2.0 ** (child.falls - 1)
        child.next_start = now + pause
        self._console.warn(f"{name} fell ({_ending(code)}); starting it again in {pause:.0f} s.")
        self.publish()

    def _stop(self, child: _Child) -> str:
        """Stop one program and say how it went. Never raises: the others have to be stopped, too."""
        process, program = child.process, child.program
        if process.poll() is not None:
            return "had ended already"
        process.send_signal(program.stop)
        started = time.monotonic()
        told = False
        while process.poll() is None:
            patience = program.hurried if self._signals.count > 1 else program.patience
            if time.monotonic() - started > patience:
                processes.kill_session(process.pid, program.hard)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    processes.kill_session(process.pid)
                    process.wait()
                return "stopped the hard way"
            if not told and time.monotonic() - started > 3:
                told = True
                self._console.say(f"  {program.name} finishes what it is doing; Ctrl-C again stops at once.")
            time.sleep(PAUSE)
        return "stopped"


def stop_leftovers(data: DataDirectory, console: Console, signals: StopSignals) -> None:
    """Stop what a launcher that died hard left running in this directory, in the usual order.

    The data directory must be held. Processes are recognised by number and time of birth, so a number that was
    given to somebody else since is left alone.
    """
    folder = data.state / "started"
    for name in STOP_ORDER:
        identity = processes.noted(folder, name)
        if identity and (running := identity.session()):
            with console.step(f"Stopping a leftover {name}") as step:
                gentle = signal.SIGINT if name == "postgres" else signal.SIGTERM
                _send(gentle, [identity.pid] if identity.pid in running else running)
                with suppress(StopRequested):
                    signals.wait_until(partial(_is_gone, identity), timeout=20)
                _send(signal.SIGKILL, identity.session())
                step.done(f"stopped a {name} that an earlier launch left running")
        processes.forget(folder, name)


def _is_gone(identity: processes.Identity) -> bool:
    return not identity.session()


def set_long_logs_aside(data: DataDirectory) -> None:
    for log in data.logs.glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))


def _send(number: signal.Signals, pids: Sequence[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
