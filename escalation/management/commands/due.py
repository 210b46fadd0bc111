"""`due --cases FILE`: compute the deadlines of a file of cases and print them as JSON."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escalation import documents, targets
from escalation.errors import BadCases, EscalationError


class Command(BaseCommand):
    """Touches no complaint and no database."""

    help = "Compute each case of a JSON file: its deadline and the points on the way."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--cases", required=True, metavar="FILE", type=Path, help="a JSON file with calendars and cases"
        )

    def handle(self, *args: Any, cases: Path, **options: Any) -> None:
        try:
            text = cases.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise CommandError(f"{cases} is not text in UTF-8.") from None
        except OSError as error:
            raise CommandError(f"{cases} cannot be read: {error.strerror}.") from None
        try:
            answers = targets.evaluate_cases(documents.loads(text, refuse=BadCases))
        except EscalationError as error:
            raise CommandError(f"{cases}: {error}") from None
        self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=1))
