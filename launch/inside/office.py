"""`python -m launch.inside.office [demo|empty]`: bring the tables up to date, and fill a house without people.

One process does both, because loading Django is most of the time a start takes. With no argument only the tables
are brought up to date.
"""

import io
import logging
import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from launch.console import Console


def migrate(console: Console) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        with console.step("Bringing the tables up to date") as step:
            call_command("migrate", interactive=False, verbosity=0)
            step.done(f"{len(plan)} migrations applied")


def move_in(console: Console, furnishing: str) -> None:
    """Set up the demo office, or one administrator, in a house where nobody lives yet."""
    from django.contrib.auth import get_user_model

    if get_user_model()._default_manager.exists():
        if furnishing == "empty":
            console.say("  People work here already, so --empty changes nothing.")
        return
    with console.step("Furnishing the office") as step:
        call_command("demo", *(["--empty"] if furnishing == "empty" else []), stdout=io.StringIO())
        step.done("an empty office with one administrator" if furnishing == "empty" else "demo office furnished")


def main(furnishing: str) -> None:
    console = Console(quiet="--quiet" in sys.argv)
    logging.disable(logging.WARNING)  # packages greet in the log when they load; errors still show
    try:
        django.setup()
        migrate(console)
        if furnishing:
            move_in(console, furnishing)
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(next((word for word in sys.argv[1:] if word in {"demo", "empty"}), ""))
