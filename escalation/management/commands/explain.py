"""`explain REF`: why each deadline of a complaint is what it is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from complaints import references
from complaints.models import Complaint
from escalation import selectors


class Command(BaseCommand):
    """Prints every stretch of time that counted or did not, clock by clock."""

    help = "Say how the deadlines of a complaint came about: every counted and skipped stretch with its reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF", help="the complaint's reference, as printed on its letters")
        parser.add_argument("--language", default="en", help="the language of the sentences: en, zh-hant or zh-hans")

    def handle(self, *args: Any, reference: str, language: str, **options: Any) -> None:
        normal = references.normalise(reference)
        complaint = Complaint.objects.filter(reference=normal).first() if normal else None
        if complaint is None:
            raise CommandError(f"There is no complaint with the reference {reference}.")
        with override(language):
            found = selectors.explained(complaint)
            if not found:
                self.stdout.write(f"{complaint.reference} has no deadlines: no policy matches it.")
            for one in found:
                self._print(one)

    def _print(self, one: selectors.Explained) -> None:
        clock, state = one.clock, one.state
        due = timezone.localtime(state.due_at).isoformat(timespec="minutes") if state.due_at else "paused"
        notes = ", provisional" if state.provisional else ""
        self.stdout.write(f"{clock.get_kind_display()} (cycle {clock.cycle}): {due}, {state.state.label}{notes}")
        version = clock.policy_version
        self.stdout.write(f"  {version.policy.name} {version.number}, {clock.calendar_version.calendar.name}")
        for line in one.lines:
            self.stdout.write(f"  {line.sentence}")
