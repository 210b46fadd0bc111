"""`manage.py issue_token EMAIL`: a key for the API, shown once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Make a key for the API that acts as this person, and print it: it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="The person on whose behalf the program acts.")
        parser.add_argument("--name", default="issued by command", help="What the key is for.")
        parser.add_argument(
            "--scopes", default="read", help="Comma-separated: read, write. Without it, the key only reads."
        )
        parser.add_argument("--days", type=int, help="Days until it expires. Without it, until it is revoked.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody who is active has the address {options['email']}.")
        days = options["days"]
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("--days must lie between 1 and 3650.")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        try:
            token, plain = services.issue_token(
                user=user,
                name=options["name"][: ApiToken._meta.get_field("name").max_length],
                scopes=scopes,
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except ValueError:
            raise CommandError("--scopes takes read, write, or both: --scopes read,write.") from None
        self.stderr.write(f"{token.name}: {', '.join(token.scopes)}, as {user.email}. It is shown this once:")
        self.stdout.write(plain)
