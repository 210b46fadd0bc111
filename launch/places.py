"""Where things lie: the checkout, its virtual environment, and the data of one office."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from launch.errors import LaunchError

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class DataDirectory:
    """All that one office keeps between two runs, in one directory that only its owner enters."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def state(self) -> Path:
        """What the launcher notes for itself: the lock, the status, who was started."""
        return self.root / "state"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def demo_file(self) -> Path:
        return self.root / "demo.json"

    @property
    def status_file(self) -> Path:
        return self.state / "status.json"

    @property
    def tables_stamp(self) -> Path:
        """Notes under which code and settings the tables were last found up to date; gone when they may not be."""
        return self.state / "tables.json"

    def create(self) -> None:
        """Make the directories; raises LaunchError when this account may not write there."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.logs, self.state, self.state / "started"):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise LaunchError(f"Cannot write to the data directory {self.root}: {error.strerror}.") from error
        if not os.access(self.root, os.W_OK | os.X_OK) or not os.access(self.state, os.W_OK | os.X_OK):
            raise LaunchError(
                f"The data directory {self.root} belongs to another account: "
                "start as that account, or choose another place with --data."
            )

    def secret_key(self) -> str:
        """The key that signs sessions and links: made once, readable by its owner alone."""
        path = self.root / "secret-key"
        try:
            key = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            key = ""
        if not key:
            key = secrets.token_urlsafe(50)
            write_private(path, key + "\n")
        return key

    def try_hold(self) -> TextIO | None:
        """Take this directory for one launcher; None if another one has it. Let go by closing, or by dying."""
        handle = open(self.state / "lock", "a", encoding="ascii")  # noqa: SIM115 - stays open as long as it is held
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        # What stood there is of an earlier life; its other facts are still needed to clear up after it.
        self.write_status(self.read_status() | {"supervisor": os.getpid(), "state": "starting"})
        return handle

    @contextmanager
    def visiting(self) -> Iterator[None]:
        """Use the services that another launcher has up, and keep it from ending them meanwhile."""
        with open(self.state / "visitors", "a", encoding="ascii") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield

    def has_visitors(self) -> bool:
        with open(self.state / "visitors", "a", encoding="ascii") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def read_status(self) -> dict[str, Any]:
        """What the launcher that holds the directory noted last; empty when there is nothing readable."""
        try:
            status = json.loads(self.status_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return status if isinstance(status, dict) else {}

    def write_status(self, status: dict[str, Any]) -> None:
        write_private(self.status_file, json.dumps(status, indent=2, ensure_ascii=False) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, for a message about what went wrong."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 20_000))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])
