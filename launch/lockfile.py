"""requirements.lock: one file with every version and hash, in three parts that are installed as needed.

The parts follow the three hand-written files. A package stands in the first part that needs it.
"""

import hashlib
import re
from dataclasses import dataclass

from launch.errors import LaunchError
from launch.places import CHECKOUT

LOCK = CHECKOUT / "requirements.lock"
SOURCES = {
    "run": CHECKOUT / "requirements.txt",
    "embedded": CHECKOUT / "requirements-embedded.txt",
    "dev": CHECKOUT / "requirements-dev.txt",
}
_HEADING = re.compile(r"^# === (\w+) ===$", re.MULTILINE)
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One part of the lock, as pip reads it."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def packages(self) -> list[str]:
        return [found.lower() for found in _PINNED.findall(self.text)]


def parts(text: str) -> dict[str, Part]:
    """Cut the lock at its headings; raises LaunchError when one is missing."""
    pieces = _HEADING.split(text)
    found = {name: Part(name, body.strip() + "\n") for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    if list(found) != list(SOURCES):
        raise LaunchError(
            f"requirements.lock should have the parts {', '.join(SOURCES)}, and has {', '.join(found) or 'none'}: "
            "make it again with `python3 launch lock`."
        )
    return found


def read() -> dict[str, Part]:
    try:
        return parts(LOCK.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LaunchError("requirements.lock is missing: this checkout is not complete.") from error


def entries(text: str) -> dict[str, str]:
    """Each pinned package of a compiled file with its markers, hashes and comments, by name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if match := _PINNED.match(line):
            name = match[1].lower()
            found[name] = ""
        if name:
            found[name] += line + "\n"
    return found
