"""What the supervisor needs to know of a program in order to start, watch and stop it."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launch.account import Account


@dataclass(frozen=True)
class Program:
    """One long-running program.

    `is_ready` gets the process number and says whether the program serves. `patience` is how long, in seconds, an
    orderly stop may take; `hurried` is what remains of it for a person who asked twice, and `hard` the signal after.
    """

    name: str
    argv: list[str]
    environment: Mapping[str, str]
    cwd: Path
    log: Path
    is_ready: Callable[[int], bool]
    patience: float
    account: Account | None = None
    stop: signal.Signals = signal.SIGTERM
    hurried: float = 0.0
    hard: signal.Signals = signal.SIGKILL
    pass_fds: tuple[int, ...] = ()
