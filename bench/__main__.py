"""`python3 launch bench [--open N] [--due N] [--only NAME …] [--out FILE]`: measure, print, write the figures as JSON.

Each figure stands beside its yardstick from the same run, and each budget beside what came of it. A run with all
defaults takes about forty minutes on two cores; `--quick` a few, with less of everything.
"""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from bench import (  # noqa: E402 - Django has to be set up first
    deadlines,
    draining,
    engine,
    exactly_once,
    filing,
    lock_order,
    office,
    side_by_side,
)
from bench.figures import Figures, machine, ratio  # noqa: E402 - as above
from complaints.models import Complaint  # noqa: E402 - as above

Measurements = Mapping[str, Callable[[], Figures]]

QUICK = {"open": 20_000, "due": 2_000, "many_due": 5_000, "acts": 400, "seconds": 25, "filed": 200}


def main() -> int:
    """Run every measurement in turn."""
    options = _options()
    logging.disable(logging.WARNING)
    if Complaint.objects.exists():
        print("There are complaints in this database. A bench throws all of them away: give it one of its own.")
        return 1
    figures: dict[str, Figures] = {"machine": machine()}
    office.found()
    for name, measure in _measurements(options).items():
        if options.only and name not in options.only:
            continue
        began = time.monotonic()
        try:
            figures[name] = measure()
        except RuntimeError as error:  # a proof that failed, or a measurement that makes no sense: the others go on
            figures[name] = {"failed": str(error)}
        figures[name]["took_seconds"] = round(time.monotonic() - began)
        print(f"{name:14} {json.dumps(_short(figures[name]))}", flush=True)
    if {"drain", "side-by-side"} <= figures.keys() and "per_second" in figures["side-by-side"]:
        figures["drain"]["times_django_helpdesk"] = ratio(figures["drain"], figures["side-by-side"], "per_second")
    figures["budgets"] = _budgets(figures)
    for name, said in figures["budgets"].items():
        print(f"budget         {name}: {json.dumps(said)}")
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {options.out}.")
    failed = [name for name, said in figures.items() if "failed" in said]
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def _measurements(options: argparse.Namespace) -> Measurements:
    due, many = options.due, options.many_due
    return {
        "due-dates": lambda: deadlines.due_dates(200_000),
        "filing": lambda: filing.filing(options.filed, clients=8),
        "drain": lambda: draining.measure(due),
        "drain-many": lambda: draining.measure(many),
        "replay": lambda: deadlines.replays(options.ledgers),
        "fill": lambda: engine.fill(options.open),
        "idle-sweep": engine.idle_sweep,
        "lag": lambda: engine.lag(options.seconds),
        "drain-beside": lambda: draining.beside(due),
        "lock-order": lambda: lock_order.measure(options.acts),
        "exactly-once": lambda: exactly_once.measure(due, options.seconds),
        "side-by-side": lambda: side_by_side.measure(due),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 launch bench", description=__doc__)
    names = ", ".join(_measurements(argparse.Namespace(due=0, many_due=0)))
    parser.add_argument("--only", nargs="+", metavar="NAME", help=f"measure only these: {names}")
    parser.add_argument("--open", type=int, default=1_000_000, help="open complaints that are not due (%(default)s)")
    parser.add_argument("--due", type=int, default=10_000, help="due steps (%(default)s)")
    parser.add_argument("--many-due", type=int, default=100_000, help="due steps, when there are many (%(default)s)")
    parser.add_argument("--ledgers", type=int, default=100_000, help="ledgers to replay (%(default)s)")
    parser.add_argument("--acts", type=int, default=10_000, help="acts beside sweepers (%(default)s)")
    parser.add_argument("--filed", type=int, default=2_000, help="complaints to file (%(default)s)")
    parser.add_argument("--seconds", type=int, default=60, help="of lag, and of killing (%(default)s)")
    parser.add_argument("--quick", action="store_true", help=f"less of everything: {QUICK}")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="where the figures go (%(default)s)")
    if "--quick" in sys.argv:
        parser.set_defaults(**QUICK, ledgers=QUICK["many_due"])
    options = parser.parse_args()
    unknown = set(options.only or ()) - set(_measurements(options))
    if unknown:
        parser.error(f"There is no measurement {', '.join(sorted(unknown))}; there are {names}.")
    return options


def _budgets(figures: Mapping[str, Figures]) -> Figures:
    """What design section 7 asks for, what came of it, and whether that will do."""
    drain, many = figures.get("drain", {}), figures.get("drain-many", {})
    at_most: dict[str, tuple[Any, float]] = {
        "idle sweep, milliseconds": (figures.get("idle-sweep", {}).get("milliseconds"), 50),
        "draining, times plain SQL": (drain.get("times_plain_sql"), 3),
        "draining many, times plain SQL": (many.get("times_plain_sql"), 3),
        "lag, 99 of 100, seconds": (figures.get("lag", {}).get("p99_seconds"), 5),
    }
    at_least: dict[str, tuple[Any, float]] = {
        "draining, steps a second": (drain.get("per_second"), 2_000),
        "draining many, steps a second": (many.get("per_second"), 2_000),
        "two workers, times one": (drain.get("two_workers_to_one"), 1.6),
        "due dates a second": (figures.get("due-dates", {}).get("per_second"), 200_000),
        "filing, complaints a second": (figures.get("filing", {}).get("per_second"), 200),
    }
    kept = {name: (said, most, said <= most) for name, (said, most) in at_most.items() if said is not None}
    kept |= {name: (said, least, said >= least) for name, (said, least) in at_least.items() if said is not None}
    return {name: {"measured": said, "budget": budget, "kept": ok} for name, (said, budget, ok) in kept.items()}


def _short(figures: Figures) -> Figures:
    """Without what fills a screen."""
    return {name: said for name, said in figures.items() if not isinstance(said, list)}


if __name__ == "__main__":
    sys.exit(main())
