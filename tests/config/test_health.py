from datetime import timedelta

import pytest
from django.conf import settings as real
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import health
from escalation.models import Clock, Heartbeat
from escalation.selectors import database_now
from tests.factories.escalation import publish_calendar, publish_policy


@pytest.fixture(autouse=True)
def _nothing_remembered():
    health._migrations.cache_clear()
    yield
    health._migrations.cache_clear()


def swept(ago: timedelta) -> None:
    Heartbeat.objects.all().delete()
    Heartbeat.objects.create(swept_at=database_now() - ago)


def test_alive_needs_nothing_else(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_ready_when_every_part_is(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"status": "ok", "parts": {"database": "ok", "migrations": "ok", "redis": "ok"}}


def test_not_ready_says_which_part_and_nothing_more(client, db, settings, caplog):
    settings.REDIS_URL = "redis://:swordfish@127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "migrations": "ok", "redis": "failing"}
    assert b"swordfish" not in answer.content
    assert real.SECRET_KEY.encode() not in answer.content


def test_a_migration_that_was_not_applied(client, db, monkeypatch, caplog):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: ["one"])
    assert client.get("/readyz").json()["parts"]["migrations"] == "failing"
    monkeypatch.undo()
    assert client.get("/readyz").json()["parts"]["migrations"] == "ok"


@pytest.fixture
def prepared(db):
    """How long ago the tables of the deadlines were made."""

    def _prepared(ago: timedelta) -> None:
        Heartbeat.objects.all().delete()
        MigrationRecorder.Migration.objects.filter(app="escalation").update(applied=database_now() - ago)

    return _prepared


def test_deadlines_are_red_when_no_sweep_comes_to_a_new_office(client, prepared, settings):
    prepared(timedelta(seconds=settings.SWEEP_LATE_AFTER_SECONDS + 1))
    answer = client.get("/healthz/deadlines")
    assert answer.status_code == 503
    assert answer.json()["status"] == "late"
    assert answer.json()["since_sweep_seconds"] is None


def test_a_new_office_is_starting_until_its_first_sweep(client, prepared):
    prepared(timedelta(seconds=2))
    answer = client.get("/healthz/deadlines")
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "starting"
    assert answer.json()["since_sweep_seconds"] is None


def test_an_office_that_stood_still_is_late_until_it_has_swept(client, prepared):
    prepared(timedelta(seconds=2))
    swept(timedelta(hours=8))
    assert client.get("/healthz/deadlines").status_code == 503


def test_deadlines_are_green_after_a_sweep(client, db):
    swept(timedelta(seconds=1))
    answer = client.get("/healthz/deadlines")
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "ok"


def test_deadlines_turn_red_when_the_sweep_is_late(client, db, settings):
    swept(timedelta(seconds=settings.SWEEP_LATE_AFTER_SECONDS + 1))
    assert client.get("/healthz/deadlines").status_code == 503


def test_deadlines_turn_red_when_something_stays_due(client, register, db, settings):
    publish_calendar()
    publish_policy()
    register(received_at=timezone.now() - timedelta(days=30))
    swept(timedelta(seconds=1))
    overdue = database_now() - timedelta(seconds=settings.SWEEP_LATE_AFTER_SECONDS + 5)
    Clock.objects.filter(wake_at__isnull=False).update(wake_at=overdue)
    answer = client.get("/healthz/deadlines")
    assert answer.status_code == 503
    assert answer.json()["oldest_due_seconds"] > settings.SWEEP_LATE_AFTER_SECONDS


def test_deadlines_without_a_database(client, db, monkeypatch, caplog):
    def gone():
        raise OperationalError("10.1.2.3 does not answer")

    monkeypatch.setattr(health, "engine_health", gone)
    answer = client.get("/healthz/deadlines")
    assert answer.status_code == 503
    assert b"10.1.2.3" not in answer.content


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/deadlines"])
def test_health_is_only_read(client, db, path):
    assert client.post(path).status_code == 405
