"""What the tests of the demo look at."""

from datetime import datetime

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from escalation import selectors as deadlines
from escalation.services import sweep


def sweep_at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> sweep.Swept:
    """Sweep as if it were that moment."""
    with monkeypatch.context() as patched, time_machine.travel(moment, tick=False):
        patched.setattr(deadlines, "database_now", lambda: moment)
        return sweep.sweep()


def everything() -> dict[str, str]:
    """A sum over every table of the office."""
    sums = {}
    with connection.cursor() as cursor:
        for app in ("accounts", "complaints", "escalation", "notifications"):
            for model in apps.get_app_config(app).get_models():
                table = model._meta.db_table
                cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t")
                sums[table] = cursor.fetchone()
    return sums
