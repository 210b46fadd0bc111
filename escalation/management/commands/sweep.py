"""`sweep`: fire what is due now; `sweep --dry-run --as-of T`: say what would fire by then."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from escalation import selectors
from escalation.services import sweep


class Command(BaseCommand):
    """The same sweep as the workers run every few seconds; both may run at once."""

    help = "Fire the steps of all ladders that are due, and note the deadlines that have passed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would fire; write nothing")
        parser.add_argument("--as-of", metavar="T", help="with --dry-run: by this moment (ISO 8601), instead of now")

    def handle(self, *args: Any, dry_run: bool, as_of: str | None, **options: Any) -> None:
        if as_of is not None and not dry_run:
            raise CommandError("--as-of needs --dry-run: only what is due now can be fired.")
        if dry_run:
            self._foresee(_moment(as_of) if as_of else selectors.database_now())
            return
        done = sweep.sweep()
        self.stdout.write(
            f"{done.complaints} complaints, {done.breaches} deadlines passed, {done.firings} steps fired,"
            f" {done.failed} failed."
        )

    def _foresee(self, as_of: datetime) -> None:
        foreseen = sweep.foresee(as_of=as_of)
        for seen in foreseen:
            firing = seen.firing
            repeat = f" repetition {firing.repeat}" if firing.repeat else ""
            missed = " (missed)" if seen.missed else ""
            at = timezone.localtime(firing.due_at).isoformat(timespec="seconds")
            self.stdout.write(
                f"{at}  {seen.complaint.reference}  {seen.clock.kind}  step {firing.step.number}{repeat}:"
                f" {_effects(seen)}{missed}"
            )
        self.stdout.write(f"{len(foreseen)} steps would fire by {timezone.localtime(as_of).isoformat()}.")


def _effects(seen: sweep.Foreseen) -> str:
    effects = seen.firing.step.effects
    parts = []
    if effects.raise_to_tier is not None:
        parts.append(f"raise to tier {effects.raise_to_tier}")
    if effects.assign:
        parts.append("assign")
    if effects.raise_priority:
        parts.append("raise the priority")
    if effects.notify:
        parts.append(f"notify {', '.join(effects.notify)}")
    return ", ".join(parts)


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a moment; write for example 2026-02-13T09:00:00+08:00.") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)
