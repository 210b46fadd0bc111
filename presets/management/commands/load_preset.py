"""`load_preset NAME [--dry-run]`: a ready office of a trade. `--list` names all."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from complaints.errors import ComplaintError
from presets import reading
from presets.services import loading
from presets.services.loading import Loaded
from presets.services.surveying import by_kind, survey


class Command(BaseCommand):
    """What each brings stands on the desk under Presets, and in docs/presets.md."""

    help = "Load the ready office of a trade: departments, categories, calendars, policies, sign-off rules, letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", nargs="?", default="", help="the preset; --list names them")
        parser.add_argument("--list", action="store_true", help="list the presets and load none")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made and keep nothing")
        parser.add_argument("--by", metavar="EMAIL", help="the administrator who is to stand in the records")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="the language in which policies are named",
        )

    def handle(self, *args: Any, name: str, language: str, **options: Any) -> None:
        with translation.override(language):
            try:
                if options["list"]:
                    self._list()
                else:
                    self._load(name, options["by"], dry_run=options["dry_run"])
            except ComplaintError as refusal:
                raise CommandError(str(refusal)) from None

    def _list(self) -> None:
        for found in survey(reading.presets()):
            self.stdout.write(f"{found.preset.code}  {found.preset.name} ({found.state.label})")
            self.stdout.write(f"    {found.preset.summary}")

    def _load(self, name: str, email: str | None, *, dry_run: bool) -> None:
        preset = reading.preset(name)
        act = loading.rehearse if dry_run else loading.load
        loaded = act(preset=preset, by=self._person(email))
        if not loaded.made:
            self.stdout.write(_("%(name)s: everything is here already; nothing is changed.") % {"name": preset.code})
        for kind, items in by_kind(loaded.made):
            codes = ", ".join(item.code for item in items)
            self.stdout.write(f"{kind.label} ({len(items)}): {codes}")
        self._tell(loaded)
        if dry_run:
            self.stdout.write(_("This was a rehearsal: nothing is kept."))

    def _tell(self, loaded: Loaded) -> None:
        if loaded.overlapping:
            names = ", ".join(policy.name for policy in loaded.overlapping)
            self.stdout.write(
                _(
                    "The policies are drafts: these of the office could apply to the same complaints: %(names)s."
                    " Publish the drafts on the desk when you have compared them."
                )
                % {"names": names}
            )
        if loaded.kept:
            self.stdout.write(_("Kept as the office has it:"))
        for difference in loaded.kept:
            self.stdout.write(f"  {difference}")
        if loaded.elsewhere:
            self.stdout.write(
                _(
                    "Complaints without a category go to %(department)s: of the departments at the top the first one"
                    " where somebody besides administrators works on complaints, or simply the first while none has"
                    " anybody."
                )
                % {"department": loaded.elsewhere.label()}
            )
        if loaded.empty_seats:
            count = len(loaded.empty_seats)
            sentence = ngettext("%(count)d seat is empty:", "%(count)d seats are empty:", count)
            self.stdout.write(self.style.WARNING(sentence % {"count": count}))
        for seat in loaded.empty_seats:
            self.stdout.write(self.style.WARNING(f"  {seat.department}: {seat.role.label}"))

    def _person(self, email: str | None) -> User | None:
        if not email:
            return None
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(_("Nobody here has the address %(email)s.") % {"email": email})
        return person
