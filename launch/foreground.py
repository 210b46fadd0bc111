"""Running a program that owns the terminal: pytest, a shell, a management command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from launch.places import CHECKOUT
from launch.signals import PAUSE, StopSignals


def run(argv: Sequence[str], environment: Mapping[str, str], signals: StopSignals, *, at_home: bool = True) -> int:
    """Run a program with our input and output, and return its exit code as a shell would.

    Ctrl-C reaches it through the terminal by itself; any other request to stop is passed on. `at_home` starts it
    in the checkout; otherwise it stays where the person is, so that file names mean what they should.
    """
    process = subprocess.Popen(argv, env=dict(environment), cwd=CHECKOUT if at_home else None)
    seen = 0
    while (code := process.poll()) is None:
        if signals.count > seen:
            seen = signals.count
            if signals.last != signal.SIGINT or not _terminal_tells_it():
                process.send_signal(signals.last)
        time.sleep(PAUSE)
    return code if code >= 0 else 128 - code


def _terminal_tells_it() -> bool:
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False
