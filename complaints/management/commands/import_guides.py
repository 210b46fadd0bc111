"""`manage.py import_guides FILE`: take over handling guides and reply templates; running it again changes nothing.

`manage.py import_guides --standard` takes over those that come with the system.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.errors import ComplaintError
from complaints.services import importing_guides


class Command(BaseCommand):
    help = "Import handling guides and reply templates from a JSON file (docs/guides.md): all of them, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a JSON file in UTF-8")
        parser.add_argument("--standard", action="store_true", help="those that come with the system")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["standard"] == (options["file"] is not None):
            raise CommandError("Name a file, or say --standard.")
        try:
            imported = importing_guides.import_guides(data=self._document(options["file"]))
        except ComplaintError as refusal:
            said = [f"{name}: {' '.join(map(str, told))}" for name, told in refusal.errors.items()]
            raise CommandError("; ".join(said) or str(refusal)) from refusal
        self.stdout.write(f"{imported.added} new, {imported.changed} changed.")

    def _document(self, file: Path | None) -> Any:
        if file is None:
            return importing_guides.standard()
        try:
            return json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{file} is no JSON in UTF-8: {error}") from error
