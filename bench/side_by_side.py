"""Side by side: the same number of due tickets through django-helpdesk's own command, on the same PostgreSQL.

It is installed from PyPI into an environment that is thrown away, and is no dependency of ours. Where it cannot be
installed the figures say so, and why.
"""

import json
import os
import subprocess
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

from django.db import connection

from bench.figures import Figures

PACKAGES = ("django-helpdesk==2.6.1", "Django~=5.2.0", "psycopg2-binary")
DATABASE = "bench_peer"
INSTALL_WITHIN = 600  # seconds
SCRIPT = Path(__file__).with_name("peer.py")


def measure(due: int) -> Figures:
    """Tickets escalated a second by one run of `escalate_tickets`, and what two runs at once make of fresh tickets."""
    with tempfile.TemporaryDirectory(prefix="redress-peer-") as folder:
        try:
            peer = _Peer(Path(folder))
        except (subprocess.SubprocessError, OSError) as error:
            return {"package": PACKAGES[0], "installed": False, "because": str(error)[:300]}
        with peer:
            peer.seed(due)
            seconds = peer.escalate(runs=1)
            once = peer.count()
        with peer:
            peer.seed(due)
            both = peer.escalate(runs=2)
            twice = peer.count()
    return {
        "package": PACKAGES[0],
        "installed": True,
        "seconds": round(seconds, 2),
        "per_second": round(due / seconds),
        **once,
        "two_at_once": {"seconds": round(both, 2), **twice},
    }


class _Peer:
    """django-helpdesk in an environment of its own; as a context, with a database of its own."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self._python = str(folder / "bin" / "python")
        subprocess.run(
            [self._python, "-m", "pip", "install", "--quiet", *PACKAGES],
            check=True,
            timeout=INSTALL_WITHIN,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "_Peer":
        self.__exit__()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        return self

    def __exit__(self, *_error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")

    def seed(self, due: int) -> None:
        """Fresh tickets, all of them due."""
        self._start("seed", str(due)).wait()

    def escalate(self, *, runs: int) -> float:
        """So many runs of its command at once; the seconds until the last has ended, less those that loading takes."""
        began = time.perf_counter()
        self._start("count").wait()
        loading = time.perf_counter() - began
        began = time.perf_counter()
        for run in [self._start("escalate") for _run in range(runs)]:
            if run.wait():
                raise RuntimeError("escalate_tickets failed.")
        return time.perf_counter() - began - loading

    def count(self) -> dict[str, Any]:
        """What came of it."""
        found: dict[str, Any] = json.loads(self._start("count").communicate()[0])
        return found

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        place = connection.settings_dict
        names = {"PGHOST": place["HOST"], "PGPORT": place["PORT"], "PGUSER": place["USER"], "PGDATABASE": DATABASE}
        return subprocess.Popen(
            [self._python, str(SCRIPT), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ.get("PATH", ""), **{name: str(value) for name, value in names.items() if value}},
        )
