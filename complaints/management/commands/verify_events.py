"""`manage.py verify_events`: does every complaint's story still hold?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints import verification
from complaints.models import Event


class Command(BaseCommand):
    help = "Walk every complaint's chain of events and name the first broken link of each that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(verification.broken_chains())
        for link in broken:
            self.stdout.write(f"{link.reference}: event {link.sequence}: {link.reason}")
        if broken:
            raise CommandError(f"{len(broken)} chains are broken; the first is {broken[0].reference}.")
        self.stdout.write(f"All chains hold: {Event.objects.count()} events verified.")
