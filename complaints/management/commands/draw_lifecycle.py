"""`manage.py draw_lifecycle`: keep the diagrams in docs/ true."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from complaints import drawing

DRAWINGS = {"lifecycle.md": drawing.lifecycle, "permissions.md": drawing.grants}


class Command(BaseCommand):
    help = "Draw the lifecycle and the grants table into docs/."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, draw in DRAWINGS.items():
            path = Path(settings.BASE_DIR) / "docs" / name
            path.write_text(drawing.redrawn(path.read_text(encoding="utf-8"), draw()), encoding="utf-8")
            self.stdout.write(f"docs/{name} is fresh.")
