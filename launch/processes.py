"""Starting processes so that they cannot be lost, and recognising them again later."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from launch.account import Account
from launch.errors import LaunchError
from launch.places import write_private
from launch.signals import PAUSE, StopSignals

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if LINUX else None  # loaded here: nothing may be loaded between fork and exec


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    born: str

    def is_alive(self) -> bool:
        return birth(self.pid) == self.born

    def session(self) -> list[int]:
        """The living processes of the session that this one led, itself included; Linux only, elsewhere itself."""
        if not LINUX:
            return [self.pid] if self.is_alive() else []
        if birth(self.pid) not in {"", self.born}:
            return []  # the number now belongs to somebody else
        if not self.born.startswith(_boot()):
            return []  # another life of this machine
        return [pid for pid in _all_pids() if (facts := _facts(pid)) and facts.session == self.pid]


@dataclass(frozen=True)
class _Facts:
    state: str
    session: int
    started: str


def birth(pid: int) -> str:
    """When this process came to be, in the system's own terms; empty if it is gone or only waits to be reaped."""
    if LINUX:
        facts = _facts(pid)
        return f"{_boot()} {facts.started}" if facts else ""
    question = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    shown = subprocess.run(question, capture_output=True, text=True, check=False)
    state, _, started = shown.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else started.strip()


def _facts(pid: int) -> _Facts | None:
    """What /proc/PID/stat says, or None for a process that is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before may hold spaces and brackets
    return None if fields[0] in "ZX" else _Facts(state=fields[0], session=int(fields[3]), started=fields[19])


def _all_pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "-"


def spawn(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | int | None,
    account: Account | None = None,
    dies_with_us: signal.Signals = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in its own session, so that Ctrl-C in the terminal reaches the launcher alone.

    On Linux the kernel sends `dies_with_us` when the launcher dies without stopping it. Call from the main thread:
    the kernel means the thread, not the process.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(dies_with_us), 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), dies_with_us)

    try:
        return subprocess.Popen(
            argv,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
            preexec_fn=tie_to_parent,
            pass_fds=pass_fds,
            **(account.credentials() if account else {}),
        )
    except OSError as error:
        who = f" as {account.name}" if account else ""
        raise LaunchError(f"Cannot start {argv[0]}{who}: {error.strerror}.") from error


def run_to_end(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    signals: StopSignals,
    log: Path | None,
    account: Account | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> int:
    """Run a preparing step and return its exit code; `log` takes what it prints, None shows it.

    A request to stop ends the step and raises StopRequested.
    """
    with open(log, "ab") if log else nullcontext() as output:
        process = spawn(argv, environment=environment, cwd=cwd, output=output, account=account)
        try:
            while (code := process.poll()) is None:
                signals.check()
                meanwhile()
                time.sleep(PAUSE)
        finally:
            if process.poll() is None:
                end(process)
    return code


def end(process: subprocess.Popen[bytes], *, patience: float = 5.0) -> None:
    """Ask a process of ours to end, and make it end with its whole session after `patience` seconds."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        kill_session(process.pid)
        process.wait()


def kill_session(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a process started by spawn() with all it started itself."""
    with suppress(ProcessLookupError, PermissionError):  # gone already, or (macOS) only zombies are left of it
        os.killpg(pid, number)


def note(folder: Path, name: str, pid: int) -> None:
    """Write down who was started under this name, for the launcher that comes after a hard death of this one."""
    write_private(folder / f"{name}.json", json.dumps(asdict(Identity(pid=pid, born=birth(pid)))))


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.json").unlink(missing_ok=True)


def noted(folder: Path, name: str) -> Identity | None:
    """Who was started under this name last, if that was written down."""
    try:
        facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return Identity(pid=int(facts["pid"]), born=str(facts["born"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
