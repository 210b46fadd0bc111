"""Ctrl-C, SIGTERM and SIGHUP become a counter: nothing is interrupted halfway, every wait looks at it."""

import signal
import time
from collections.abc import Callable
from types import FrameType

from launch.errors import StopRequested

PAUSE = 0.03  # seconds between two looks


class StopSignals:
    """Counts the requests to stop: the first asks for an orderly stop, the second for a hard one."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self.last = number

    def check(self) -> None:
        """Raise StopRequested if somebody asked to stop."""
        if self.count:
            raise StopRequested

    def wait_until(self, ready: Callable[[], bool], *, timeout: float) -> bool:
        """True once ready() is, False after `timeout` seconds; raises StopRequested in between."""
        deadline = time.monotonic() + timeout
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True
