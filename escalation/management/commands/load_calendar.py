"""`load_calendar FILE`: publish a calendar from its JSON form."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escalation import documents
from escalation.errors import BadCalendar, EscalationError
from escalation.services import calendars


class Command(BaseCommand):
    """The form is that of exports and of the shared cases: name, timezone, week, days, notes, covers_until."""

    help = "Publish a calendar from a JSON file, as a new version if a calendar with its code exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a JSON file with one calendar, in UTF-8")
        parser.add_argument("--code", help="the code by which policies name it; without it the calendar's name")

    def handle(self, *args: Any, file: Path, code: str | None, **options: Any) -> None:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise CommandError(f"{file} is not text in UTF-8.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            document = documents.loads(text, refuse=BadCalendar)
            name = document.get("name") if isinstance(document, dict) else None
            version = calendars.publish(code=code or (name if isinstance(name, str) else ""), document=document)
        except EscalationError as error:
            raise CommandError(f"{file}: {error}") from None
        until = f", complete until {version.covers_until}" if version.covers_until else ""
        self.stdout.write(f"{version.calendar.code}: version {version.number}{until}.")
