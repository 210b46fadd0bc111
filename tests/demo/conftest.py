"""A house where nobody lives yet, and the offices that can be set up in it."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings


@pytest.fixture
def house(db, settings, tmp_path):
    """An empty database and data directory; answers with the directory."""
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def empty(house):
    """The bare office, set up by its command."""
    call_command("demo", "--empty")
    return house


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo office, set up by its command once for all tests of a file, each of which works on a savepoint.

    Answers with the data directory. Every test that asks for it has to ask for the database as well.
    """
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=folder, MEDIA_ROOT=folder / "media"),
        transaction.atomic(),
    ):
        call_command("demo")
        yield folder
        transaction.set_rollback(True)
