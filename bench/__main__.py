"""`python3 launch bench [--due N] [--open N] [--out FILE]`: measure, print, and write the figures as JSON."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.db import connection  # noqa: E402 - as above

from bench import measures, office  # noqa: E402 - as above


def main() -> int:
    """Run every measurement in turn."""
    parser = argparse.ArgumentParser(prog="python3 launch bench", description=__doc__)
    parser.add_argument("--due", type=int, default=10_000, help="overdue complaints to escalate (default 10,000)")
    parser.add_argument("--open", type=int, default=200_000, help="open complaints that are not due (default 200,000)")
    parser.add_argument(
        "--out", type=Path, default=Path("bench.json"), help="where the figures go (default bench.json)"
    )
    options = parser.parse_args()
    if len(settings.COMPLAINT_EVENT_HANDLERS) != 2:
        parser.error("the bench measures the real handlers")
    office.found()
    tasks: dict[str, Callable[[], measures.Figures]] = {
        "due_dates": lambda: measures.due_dates(200_000),
        "filing": lambda: measures.filing(500),
        "floor": lambda: measures.floor(options.due),
        "drain_one": lambda: measures.drain(options.due, 1),
        "drain_two": lambda: measures.drain(options.due, 2),
        "idle_sweep": lambda: measures.idle_sweep(options.open),
    }
    figures = {"machine": _machine()}
    for name, measure in tasks.items():
        figures[name] = measure()
        print(f"{name:12} {json.dumps(figures[name])}", flush=True)
    figures["ratios"] = {
        "drain_one_to_floor": _ratio(figures, "drain_one", "floor", "seconds"),
        "two_workers_to_one": _ratio(figures, "drain_two", "drain_one", "per_second"),
    }
    print(f"{'ratios':12} {json.dumps(figures['ratios'])}")
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {options.out}.")
    return 0


def _ratio(figures: dict[str, measures.Figures], one: str, other: str, figure: str) -> float:
    return round(float(figures[one][figure]) / float(figures[other][figure]), 2)


def _machine() -> measures.Figures:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count() or 0,
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": server,
    }


if __name__ == "__main__":
    sys.exit(main())
