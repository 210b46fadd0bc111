"""Moments on the clocks of Taipei."""

from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine

TAIPEI = ZoneInfo("Asia/Taipei")


def taipei(text: str) -> datetime:
    """This moment there: `taipei("2026-03-09 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


@contextmanager
def at(text: str):
    """While it is this moment there, and time stands still."""
    with time_machine.travel(taipei(text), tick=False):
        yield
