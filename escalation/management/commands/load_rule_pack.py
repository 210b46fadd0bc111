"""`load_rule_pack NAME --calendar CODE`: publish the policies of a rule pack, switched off. `--list` names all."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from escalation import packs
from escalation.errors import EscalationError
from escalation.services import packing


class Command(BaseCommand):
    """What a pack says, with its sources, stands on the desk under Deadlines, Rule packs."""

    help = "Publish the policies of a rule pack, switched off. Check them with counsel before switching them on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", nargs="?", help="the code of the pack")
        parser.add_argument("--list", action="store_true", help="list the packs and load none")
        parser.add_argument("--calendar", help="the code of the office's calendar by which the rules count")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="the language in which the policies are named",
        )

    def handle(self, *args: Any, name: str | None, calendar: str | None, language: str, **options: Any) -> None:
        with translation.override(language):
            if options["list"]:
                for pack in packs.packs():
                    self.stdout.write(f"{pack.code}  {pack.title}  (verified on {pack.verified_on})")
                return
            self._load(name, calendar)

    def _load(self, name: str | None, calendar: str | None) -> None:
        pack = packs.pack(name or "")
        if pack is None:
            known = ", ".join(pack.code for pack in packs.packs())
            raise CommandError(f"There is no rule pack “{name or ''}”; choose one of: {known}.")
        if not calendar:
            raise CommandError(f"Say by which calendar it counts: --calendar CODE. It needs: {pack.calendar}")
        try:
            loaded = packing.load(pack=pack, calendar=calendar)
        except EscalationError as error:
            raise CommandError(f"{pack.code}: {error}") from None
        for version in loaded:
            switch = "switched on" if version.policy.is_active else "switched off"
            self.stdout.write(f"{version.policy.code}: version {version.number}, {switch}. {version.policy.name}")
        self.stdout.write("Check with counsel before switching them on.")
