"""Moving open clocks while sweeps run and agents work on the same complaints."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from complaints.models import Complaint, Event
from complaints.services import correspondence
from escalation import replay, selectors
from escalation.errors import CannotMigrate
from escalation.models import Clock, Firing, MigratedClock, PolicyMigration
from escalation.services import batches, migrating, policies, sweep
from tests.escalation.test_races import at_once
from tests.factories.escalation import publish_policy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.slow]

STEPS = [
    {"at": "1/10", "effects": {"notify": ["holder"]}},
    {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True}},
]


def clocks(hours):
    return {"resolution": {"target": {"unit": "hours", "amount": hours}, "steps": STEPS}}


@pytest.fixture
def ready(office, register, administrator, monkeypatch):
    """Complaints of an hour ago with a reminder that is due now, and a move of their clocks that waits."""
    monkeypatch.setattr(migrating, "AT_ONCE", 0)
    monkeypatch.setattr(batches, "HELD", 3)
    publish_policy(clocks=clocks(8))
    complaints = [register(received_at=timezone.now() - timedelta(hours=1)).complaint for _ in range(24)]
    policies.save_draft(
        code="standard",
        name="standard",
        position=100,
        document={"calendar": "office", "clocks": clocks(6)},
        by=administrator,
    )
    preview = migrating.preview_draft(code="standard", by=administrator)
    batches.carry_on()
    policies.publish_draft(code="standard", by=administrator)
    return complaints, migrating.start(migration_id=preview.pk, by=administrator)


def keep(work, seconds=3.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        work()


def assert_nothing_is_doubled(complaints):
    fired = Counter(Firing.objects.values_list("clock_id", "cycle", "step", "repeat"))
    assert set(fired.values()) <= {1}
    for complaint in complaints:
        chain = list(complaint.events.order_by("sequence").values_list("previous_hash", "hash"))
        assert [previous for previous, _own in chain[1:]] == [own for _previous, own in chain[:-1]]
    rows = Clock.objects.filter(complaint__in=complaints)
    found = selectors.ledgers({row.pk: row.kind for row in rows})
    now = timezone.now()
    assert all(replay.replay(found[row.pk], now=now).due_at == row.due_at for row in rows)


def test_several_workers_move_each_clock_once_while_sweeps_and_agents_are_busy(ready, agent):
    complaints, migration = ready

    def write():
        for complaint in complaints:
            correspondence.note(complaint_id=complaint.pk, by=agent, body="Looking into it.")

    at_once(
        lambda: keep(batches.carry_on),
        lambda: keep(batches.carry_on),
        lambda: keep(lambda: sweep.sweep(batch=2)),
        write,
    )
    migration.refresh_from_db()
    assert (migration.state, migration.done) == (PolicyMigration.State.DONE, 24)
    assert set(MigratedClock.objects.values_list("stage", flat=True)) == {"moved"}
    moved = Counter(Event.objects.filter(kind="moved").values_list("complaint_id", flat=True))
    assert moved == {complaint.pk: 1 for complaint in complaints}
    assert_nothing_is_doubled(complaints)


def test_undoing_while_sweeps_run_fires_no_step_twice(ready, administrator):
    complaints, migration = ready
    sweep.sweep()
    batches.carry_on()
    migrating.undo(migration_id=migration.pk, by=administrator)
    at_once(lambda: keep(batches.carry_on), lambda: keep(batches.carry_on), lambda: keep(sweep.sweep))
    migration.refresh_from_db()
    assert migration.state == PolicyMigration.State.UNDONE
    assert Firing.objects.filter(clock__complaint__in=complaints).count() == 24, "the reminder, once for each"
    assert_nothing_is_doubled(complaints)


def test_a_complaint_that_somebody_holds_is_moved_when_it_is_free(ready):
    complaints, migration = ready
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Complaint.objects.select_for_update().get(pk=complaints[0].pk)
            holding.set()
            done.wait(timeout=20)

    def move_meanwhile():
        holding.wait(timeout=20)
        batches.carry_on(seconds=3)
        migration.refresh_from_db()
        assert migration.state == PolicyMigration.State.RUNNING
        done.set()
        connections.close_all()

    at_once(hold, move_meanwhile)
    batches.carry_on()
    migration.refresh_from_db()
    assert (migration.state, migration.done) == (PolicyMigration.State.DONE, 24)


def test_a_preview_that_a_worker_has_in_hand_is_not_dropped_under_it(office, register, administrator):
    register()
    preview = migrating.preview_newest(code="standard", by=administrator)
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            PolicyMigration.objects.select_for_update().get(pk=preview.pk)
            holding.set()
            done.wait(timeout=20)

    def ask_anew():
        holding.wait(timeout=20)
        try:
            newer = migrating.preview_newest(code="standard", by=administrator)
        finally:
            done.set()
            connections.close_all()
        assert set(PolicyMigration.objects.values_list("pk", flat=True)) == {preview.pk, newer.pk}

    at_once(hold, ask_anew)
    last = migrating.preview_newest(code="standard", by=administrator)
    assert set(PolicyMigration.objects.values_list("pk", flat=True)) == {last.pk}
    with pytest.raises(CannotMigrate):
        migrating.start(migration_id=preview.pk, by=administrator)
