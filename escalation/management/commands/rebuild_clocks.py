"""`rebuild_clocks`: write the columns of all clocks anew from their ledgers; `--check`: only compare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escalation.services import rebuilding


class Command(BaseCommand):
    """A difference means that something wrote past the ledgers; there should never be one."""

    help = "Compare the due dates of all clocks with their ledgers, and put right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; fail if anything differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        count = 0
        for difference in rebuilding.rebuild(check=check):
            count += 1
            self.stdout.write(
                f"{difference.reference} {difference.clock}: {difference.column} says {difference.says},"
                f" the ledger says {difference.ledger}"
            )
        if check and count:
            raise CommandError(f"{count} differences between clocks and their ledgers.")
        self.stdout.write(f"{count} differences{'' if check else ' put right'}.")
