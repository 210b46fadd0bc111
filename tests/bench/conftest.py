"""An office to measure in the tests' own database, which the processes of a measurement are told to use as well."""

import os

import pytest
from django.conf import settings
from django.db import connections

from bench import office


@pytest.fixture
def measured(transactional_db, monkeypatch):
    """A small office; processes that are started find the tests' database and need no secrets of their own."""
    given = os.environ["DATABASE_URL"].rpartition("/")[0]
    monkeypatch.setenv("DATABASE_URL", f"{given}/{settings.DATABASES['default']['NAME']}")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.test_settings")
    found = office.found(branches=3)
    yield found
    connections.close_all()
