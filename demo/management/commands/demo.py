"""`manage.py demo`: set up the demo office; `demo --empty`: a bare one; `demo --short-fuse`: one more to watch."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from complaints.models import Complaint
from demo import building, short_fuse
from demo.building import Tenant
from escalation.models import Clock


class Command(BaseCommand):
    help = "Set up a made-up office with people, rules and complaints, where nobody lives yet."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--empty", action="store_true", help="only a department, an administrator, a calendar and a policy"
        )
        which.add_argument(
            "--short-fuse", action="store_true", help="file one more complaint that climbs the ladder within minutes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["short_fuse"]:
            self._light()
        else:
            self._furnish(empty=options["empty"])

    def _furnish(self, *, empty: bool) -> None:
        lives_here = building.tenant()
        if lives_here == (Tenant.EMPTY if empty else Tenant.DEMO):
            self.stdout.write(f"There is {lives_here.value} here already: nothing changed.")
            return
        if lives_here is not Tenant.NOBODY:
            raise CommandError("Somebody works here already. An office can only be set up in an empty database.")
        if empty:
            building.furnish_empty()
        else:
            building.furnish()
        self.stdout.write(
            f"{User.objects.count()} people, {Complaint.objects.count()} complaints."
            f" Who may sign in, and a key for the API: {settings.DATA_DIR / 'demo.json'}"
        )

    def _light(self) -> None:
        try:
            complaint = short_fuse.light()
            handler = short_fuse.hand_over(complaint)
        except short_fuse.NoDemoOffice:
            raise CommandError("This needs the demo office: run `manage.py demo` in an empty database.") from None
        page = f"{settings.BASE_URL}/desk/complaints/{complaint.reference}/"
        self.stdout.write(f"{complaint.reference}, held by {handler}: {page}")
        for clock in Clock.objects.filter(complaint=complaint).order_by("due_at"):
            if clock.due_at is not None:
                due_at = timezone.localtime(clock.due_at)
                self.stdout.write(f"  {clock.kind} due {due_at:%H:%M:%S}")
        self.stdout.write("  Left alone, it climbs when the first reply is overdue, and again every few minutes.")
