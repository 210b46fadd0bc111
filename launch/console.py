"""Short, calm output: one line for each step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

INDENT = "  "


class Console:
    """Lines for a person. `quiet` keeps the steps to itself and still lets warnings through."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._live = sys.stdout.isatty()

    def say(self, text: str = "") -> None:
        if not self.quiet:
            self._write(text + "\n")

    def warn(self, text: str) -> None:
        """A line that is printed even when quiet, on standard error."""
        with suppress(OSError):  # the terminal may be gone; stopping in order matters more than saying so
            print(text, file=sys.stderr, flush=True)

    def passing(self, text: str) -> None:
        """A line that the next one replaces; only on a terminal."""
        if self._live and not self.quiet:
            self._write(f"\r\x1b[K{INDENT}{text[:100]}\r")

    @contextmanager
    def step(self, doing: str) -> Iterator["Step"]:
        """Show what is being done, then what was done and how long it took."""
        step = Step()
        started = time.monotonic()
        self.passing(f"{doing} …")
        yield step
        if self._live and not self.quiet:
            self._write("\r\x1b[K")
        if step.result:
            self.say(f"{INDENT}{step.result} ({time.monotonic() - started:.1f} s)")

    def _write(self, text: str) -> None:
        with suppress(OSError):  # as above
            sys.stdout.write(text)
            sys.stdout.flush()


class Step:
    """One step's outcome; a step without a result prints nothing."""

    result = ""

    def done(self, result: str) -> None:
        self.result = result
