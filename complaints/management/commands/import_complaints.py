"""`manage.py import_complaints FILE --map NAME`: take over the complaints of a file; running it again adds nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from tqdm import tqdm

from accounts import selectors as people
from accounts.models import User
from complaints.errors import ComplaintError
from complaints.imports import files
from complaints.imports.rows import BadRow
from complaints.services import importing

_SHOWN = 50
"""So many skipped rows are told one by one; a file that is wrong throughout need not fill the screen."""


class Command(BaseCommand):
    help = "Import complaints from a CSV file. Bad rows are reported by line and skipped; good ones are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--map", required=True, choices=sorted(files.MAPS), help="how the file is to be read")
        parser.add_argument("--by", metavar="EMAIL", help="who imports (default: the first administrator)")

    def handle(self, *args: Any, **options: Any) -> None:
        using = files.MAPS[options["map"]]
        by = self._importer(options["by"])
        try:
            rows = files.read(options["file"], using)
        except files.BadFile as error:
            raise CommandError(str(error)) from error
        new, there_already, skipped = 0, 0, []
        for line, row in tqdm(rows, unit=" rows", disable=None):
            try:
                past = using.read(row)
                if importing.taken_over(system=using.system, number=past.number):
                    there_already += 1
                    continue
                importing.take_over(past=past, system=using.system, by=by)
                new += 1
            except (BadRow, ComplaintError) as error:
                skipped.append((line, _reason(error)))
            except IntegrityError:
                if not importing.taken_over(system=using.system, number=past.number):
                    raise
                there_already += 1  # another import of the same file was quicker
        for line, reason in skipped[:_SHOWN]:
            self.stderr.write(f"line {line}: skipped: {reason}")
        if len(skipped) > _SHOWN:
            self.stderr.write(f"… and {len(skipped) - _SHOWN} more")
        self.stdout.write(
            f"{len(rows)} rows read: {new} complaints imported, {there_already} were here already,"
            f" {len(skipped)} skipped."
        )

    def _importer(self, email: str | None) -> User:
        if email is None:
            administrators = people.administrators()
            if not administrators:
                raise CommandError("There is no administrator yet. Say who imports: --by EMAIL.")
            return administrators[0]
        try:
            return User.objects.get(email__iexact=email, is_active=True)
        except User.DoesNotExist:
            raise CommandError(f"Nobody active here has the address {email}.") from None


def _reason(error: Exception) -> str:
    if isinstance(error, ComplaintError) and error.errors:
        return "; ".join(f"{field}: {' '.join(map(str, told))}" for field, told in error.errors.items())
    return str(error)
