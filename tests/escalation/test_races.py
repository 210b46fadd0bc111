"""Many at once: threads that compete for the same rows, and workers that die in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import close_old_connections, connection, connections, transaction
from django.utils import timezone
from redis import Redis

from complaints.models import Complaint, Event
from complaints.services import correspondence
from config import env
from escalation import selectors
from escalation.models import Clock, Firing
from escalation.services import climbing, sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.slow]

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def overdue(office, register):
    """Complaints whose three promises were all broken, and whose ladders were missed, weeks ago."""

    def _overdue(number: int) -> list[Complaint]:
        long_ago = timezone.now() - timedelta(days=30)
        return [register(received_at=long_ago).complaint for _ in range(number)]

    return _overdue


def at_once(*works):
    """Run each in a thread of its own, all starting at the same moment; raise what any of them raised."""
    barrier, failures = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait(timeout=20)
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a thread hangs"
    if failures:
        raise failures[0]


def assert_each_step_fired_once(complaints):
    fired = Counter(
        Firing.objects.filter(clock__complaint__in=complaints).values_list("clock_id", "cycle", "step", "repeat")
    )
    assert set(fired.values()) == {1}
    assert len(fired) == 3 * len(complaints), "the three steps of each resolution clock"
    told = Counter(
        (event.complaint_id, event.data["clock"], event.data["step"])
        for event in Event.objects.filter(kind__in=["escalated", "reminded"])
    )
    assert set(told.values()) == {1}
    broken = Counter(Event.objects.filter(kind="breached").values_list("complaint_id", "data__clock"))
    assert set(broken.values()) == {1}
    assert len(broken) == 3 * len(complaints)


def test_eight_sweepers_and_one_overdue_clock_make_one_firing(overdue):
    complaints = overdue(1)
    at_once(*[sweep.sweep] * 8)
    assert_each_step_fired_once(complaints)


def test_eight_sweepers_share_many_complaints_and_skip_none(overdue):
    complaints = overdue(40)
    at_once(*[lambda: sweep.sweep(batch=3)] * 8)
    assert_each_step_fired_once(complaints)
    assert not Clock.objects.filter(wake_at__lte=timezone.now()).exists()


def test_agents_and_sweepers_on_the_same_complaints_do_not_block_each_other(overdue, agent):
    complaints = overdue(6)

    def act():
        for round_ in range(4):
            for complaint in complaints:
                correspondence.note(complaint_id=complaint.pk, by=agent, body=f"Note {round_}")
                correspondence.reply(complaint_id=complaint.pk, by=agent, body=f"Reply {round_}")

    def keep_sweeping():
        until = time.monotonic() + 3
        while time.monotonic() < until:
            sweep.sweep(batch=2)
            Clock.objects.filter(kind="resolution", state="breached_open").update(wake_at=timezone.now())

    at_once(act, act, keep_sweeping, keep_sweeping)
    for complaint in complaints:
        chain = list(complaint.events.order_by("sequence").values_list("previous_hash", "hash"))
        assert [previous for previous, _own in chain[1:]] == [own for _previous, own in chain[:-1]]
    fired = Counter(Firing.objects.values_list("clock_id", "cycle", "step", "repeat"))
    assert set(fired.values()) == {1}


def test_a_sweep_passes_over_a_complaint_that_an_agent_holds_and_comes_back_to_it(overdue):
    held, free = overdue(2)
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Complaint.objects.select_for_update().get(pk=held.pk)
            holding.set()
            done.wait(timeout=20)

    def sweep_meanwhile():
        holding.wait(timeout=20)
        sweep.sweep()
        assert Firing.objects.filter(clock__complaint=free).count() == 3
        assert not Firing.objects.filter(clock__complaint=held).exists()
        done.set()

    at_once(hold, sweep_meanwhile)
    sweep.sweep()
    assert_each_step_fired_once([held, free])


def test_a_worker_killed_in_the_middle_of_a_sweep_leaves_nothing_half_done(overdue):
    """The worker is made to wait inside its transaction: an index it must write to is locked from here."""
    complaints = overdue(5)
    with _LockedOut("complaints_event"):
        worker = _start_sweeping()
        _wait_until_it_waits()
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=20)
    _wait_until_its_connection_is_gone()
    assert not Firing.objects.exists(), "nothing of the batch was kept"
    assert Clock.objects.filter(state="running").count() == 15

    sweep.sweep()
    assert_each_step_fired_once(complaints)


def test_flushing_redis_loses_no_deadline(overdue):
    complaints = overdue(2)
    with Redis.from_url(env.redis_for_cache(settings.REDIS_URL)) as redis:
        redis.flushdb()
    sweep.sweep()
    assert_each_step_fired_once(complaints)


def test_a_sweep_that_loses_its_connection_is_taken_up_by_the_next(overdue):
    complaints = overdue(3)

    def lose(*_args, **_kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    working = climbing.write
    climbing.write = lose
    try:
        with pytest.raises(Exception, match=r"terminat|clos|connection"):
            sweep.sweep()
    finally:
        climbing.write = working
    close_old_connections()
    connection.close()
    sweep.sweep()
    assert_each_step_fired_once(complaints)
    assert selectors.engine_health().failing == 0, "a lost connection is no fault of a row"


# --- a worker of its own ------------------------------------------------------------------------------------


class _LockedOut:
    """Keeps a table so that others can neither read nor write it, on a connection of its own."""

    def __init__(self, table):
        self.table = table

    def __enter__(self):
        self.connection = connections.create_connection("default")
        self.connection.set_autocommit(False)
        with self.connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {self.table} IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_error):
        self.connection.rollback()
        self.connection.close()


def _start_sweeping():
    name = settings.DATABASES["default"]["NAME"]
    program = (
        "import django; django.setup(); from django.db import connection;"
        f" connection.settings_dict['NAME'] = {name!r};"
        " connection.settings_dict['OPTIONS'] = {'application_name': 'doomed'};"
        " from django.core.management import call_command; call_command('sweep')"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.test_settings"},
    )


def _wait_for(sentence, wanted):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(sentence)
            if cursor.fetchone()[0] == wanted:
                return
        time.sleep(0.05)
    pytest.fail(f"never came true: {sentence}")


def _wait_until_it_waits():
    _wait_for(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'doomed' AND wait_event_type = 'Lock'", 1
    )


def _wait_until_its_connection_is_gone():
    _wait_for("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'doomed'", 0)


def test_a_row_that_points_at_a_complaint_does_not_hold_up_its_escalation(overdue):
    """Another complaint that takes it further, or one merged into it: such acts hold its key, not the complaint."""
    (complaint,) = overdue(1)
    pointed, swept = threading.Event(), threading.Event()

    def point():
        with transaction.atomic():
            Complaint.objects.raw("SELECT id FROM complaints_complaint WHERE id = %s FOR KEY SHARE", [complaint.pk])[0]
            pointed.set()
            assert swept.wait(timeout=20)

    def sweep_meanwhile():
        assert pointed.wait(timeout=20)
        try:
            assert sweep.sweep().complaints == 1
        finally:
            swept.set()

    at_once(point, sweep_meanwhile)
    assert_each_step_fired_once([complaint])
