"""One migrated database for all processes of a run: the first one makes it, each gets a copy."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.db.migrations.state import ProjectState

LOCK = 4_617
"""An advisory lock of the server's maintenance database: one process makes the template, the others wait."""


def is_there() -> bool:
    """Whether this process has a database from an earlier run."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [connection.creation._get_test_db_name()])
        return cursor.rowcount > 0


def template(run: str) -> str:
    """The name of the migrated database of this run, made now if it is not there. It stays behind until the next run
    makes its own.
    """
    name = f"test_{settings.DATABASES['default']['NAME']}_template"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # held until the connection is closed
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        if cursor.fetchone() != (run,):
            _make(name)
            cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [run])
    return name


def _make(name: str) -> None:
    usual = {"NAME": connection.settings_dict["NAME"], "TEST": connection.settings_dict["TEST"]}
    connection.settings_dict["TEST"] = {**usual["TEST"], "NAME": name}
    with quick_migrations():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # a database is copied only while nobody uses it
    connection.settings_dict |= usual
    settings.DATABASES[connection.alias]["NAME"] = usual["NAME"]


def end_other_sessions() -> None:
    """End what threads and killed processes of tests have left open in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def quick_migrations() -> Iterator[None]:
    """Migrations take most of their time to draw the models anew after each step, with all that are related to the one
    that is changed. Steps on tables look at that one alone; before a step on rows all are drawn anew, as Django does
    after every delay. A constraint or an index changes nothing that another step looks at; and collecting the old
    models can wait until all is done.
    """

    def reload_model(self: ProjectState, app: str, model: str, delay: bool = False) -> None:
        if "apps" in self.__dict__:
            self.is_delayed = True
            self._reload({(app, model)})

    def _append(self: ProjectState, app: str, model: str, option: str, entry: Any) -> None:
        options = self.models[app, model].options
        options[option] = [*options.get(option, []), entry]

    def _remove(self: ProjectState, app: str, model: str, option: str, name: str) -> None:
        options = self.models[app, model].options
        options[option] = [entry for entry in options[option] if entry.name != name]

    gc.disable()
    try:
        with (
            mock.patch.object(ProjectState, "reload_model", reload_model),
            mock.patch.object(ProjectState, "_append_option", _append),
            mock.patch.object(ProjectState, "_remove_option", _remove),
        ):
            yield
    finally:
        gc.enable()
