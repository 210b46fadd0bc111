"""`load_calendar FILE`: publish a calendar from its JSON form, or lay a table of days off (CSV) onto one."""

import time
from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import ngettext

from escalation import documents, selectors, tables
from escalation.calendars import WEEKDAYS, Calendar
from escalation.errors import BadCalendar, EscalationError
from escalation.models import CalendarVersion, Recount
from escalation.services import calendars, recounting
from escalation.tables import Own

FORMS = """\
JSON: the form of exports and of the shared cases: name, timezone, week, days, notes, covers_until.
CSV: the first line names the columns. Either a list of days that differ: “date”, “kind” (holiday or makeup_workday;
without this column every day is off), “name”, and “country” if there are several. Or one line for every day of the
year: 西元日期, 是否放假 (2 is off, 0 is worked), 備註. Other columns are passed over.
"""


class Command(BaseCommand):
    """A file whose first line names the columns of a table is a table; anything else is read as JSON."""

    help = "Publish a calendar from a JSON file, or lay a table of days off (CSV) onto one, as a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = FORMS
        parser.add_argument("file", metavar="FILE", type=Path, help="a JSON or CSV file in UTF-8")
        parser.add_argument("--code", help="the code by which policies name the calendar; with JSON, else its name")
        table = parser.add_argument_group("with a table of days off (CSV)")
        table.add_argument("--base", default="", help="the calendar whose week, hours and time zone a new one takes")
        table.add_argument("--name", default="", help="what a new calendar is called; else as its code")
        table.add_argument("--country", default="", help="which country to take from a table that has several")
        table.add_argument("--years", type=years, default=(None, None), help="only these: 2026, or 2026-2027")
        table.add_argument(
            "--make-up", choices=WEEKDAYS, default="", help="the weekday whose hours a make-up day has; else the usual"
        )
        table.add_argument(
            "--own",
            choices=Own.values,
            default=Own.KEEP.value,
            help="days that the calendar lists in these years and the table says nothing special of",
        )
        table.add_argument(
            "--covers-until",
            type=day,
            metavar="DATE",
            help="until when the days are complete; else the end of the table's last complete year",
        )
        table.add_argument("--dry-run", action="store_true", help="say what would change and publish nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        text = read(file)
        try:
            if tables.looks_like_table(text):
                self._lay(text, **options)
            else:
                self._publish(text, options["code"])
        except EscalationError as error:
            raise CommandError(f"{file}: {error}") from None

    def _publish(self, text: str, code: str | None) -> None:
        document = documents.loads(text, refuse=BadCalendar)
        name = document.get("name") if isinstance(document, dict) else None
        version = calendars.publish(code=code or (name if isinstance(name, str) else ""), document=document)
        self._say(version)

    def _lay(self, text: str, *, code: str | None, base: str, name: str, dry_run: bool, **options: Any) -> None:
        if not code:
            raise CommandError("Name the calendar onto which the table is laid: --code CODE.")
        newest = selectors.newest_calendar(code)
        calendar = self._calendar(newest, code, base, name)
        laid = tables.lay(
            tables.read(text, country=options["country"]).of_years(*options["years"]),
            calendar,
            today=calendar.local_date(timezone.now()),
            own=Own(options["own"]),
            make_up=options["make_up"],
            covers_until=options["covers_until"],
        )
        for change in laid.changes:
            self.stdout.write(f"{change.on}  {said(change.before)} -> {said(change.after)}")
        for on, listed in laid.own.items():
            self.stdout.write(f"{on}  {said(listed)}: the calendar's own, kept")
        if laid.missing:
            self.stdout.write(f"The table leaves out: {tables.year_list(laid.missing)}.")
        if dry_run:
            until = laid.calendar.covers_until
            days = ngettext("%d day would change", "%d days would change", len(laid.changes)) % len(laid.changes)
            self.stdout.write(f"{code}: {days}, complete until {until or 'no end'}. Nothing is published.")
            return
        after = newest.number if newest else 0
        self._say(calendars.publish(code=code, document=laid.calendar.to_json(), name=name, after=after))

    def _calendar(self, newest: CalendarVersion | None, code: str, base: str, name: str) -> Calendar:
        """The calendar onto which the table is laid: as it stands, with another's week, or new."""
        pattern = selectors.newest_calendar(base) if base else newest
        if base and pattern is None:
            raise CommandError(f"There is no calendar with the code “{base}”; name one that exists.")
        if pattern is None:
            raise CommandError(f"There is no calendar “{code}” yet; say whose week it takes: --base CODE.")
        week = selectors.calendar_rules(pattern.pk)
        if newest is None:
            return Calendar(name or code, week.timezone, week.week, {})
        own = selectors.calendar_rules(newest.pk)
        return Calendar(own.name, week.timezone, week.week, own.days, own.notes, own.covers_until)

    def _say(self, version: CalendarVersion) -> None:
        until = f", complete until {version.covers_until}" if version.covers_until else ""
        self.stdout.write(f"{version.calendar.code}: version {version.number}{until}.")
        recount = Recount.objects.filter(version=version).first()
        if recount is None:
            return
        while recount.finished_at is None:
            recounting.go_on()
            recount.refresh_from_db()
            time.sleep(0.1)  # another worker may have it in hand
        if recount.earlier or recount.later or recount.unmarked or recount.paused:
            self.stdout.write(
                f"Running deadlines: {recount.earlier} moved earlier, {recount.later} moved later, {recount.unmarked}"
                f" are no longer provisional, {recount.paused} are paused and go on by the newer days."
            )


def read(file: Path) -> str:
    """The text of the file."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not text in UTF-8.") from None
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def years(written: str) -> tuple[int, int]:
    """`2026` or `2026-2027`."""
    first, _dash, last = written.partition("-")
    return int(first), int(last or first)


def day(written: str) -> date:
    """`2027-12-31`."""
    return datetime.strptime(written, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone


def said(listed: tables.Listed) -> str:
    """What a calendar says of a date, in a few words."""
    words = listed.hours or "off"
    return f"{words} ({listed.note})" if listed.note else words
