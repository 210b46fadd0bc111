"""`manage.py translations`: collect the words on screen into locale/; `--check` says what is not translated."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import translating


class Command(BaseCommand):
    help = "Collect translatable strings into locale/, or check that every one is translated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        collected = translating.collect(root)
        if not options["check"]:
            for language in translating.LANGUAGES:
                missing = translating.update(root, language, collected)
                self.stdout.write(f"{language}: {len(collected)} strings, {missing} without a translation")
            return
        faults = [
            fault for language in translating.LANGUAGES for fault in translating.faults(root, language, collected)
        ]
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} translations are missing or wrong.")
        self.stdout.write(f"All {len(collected)} strings are translated.")
