"""`/metrics`: what a monitor watches, and who may read it."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from common import paging
from complaints.lifecycle import Status
from config import metrics
from escalation.models import Clock, Heartbeat
from escalation.selectors import database_now
from notifications.models import OutboxMessage
from tests.factories import ComplaintFactory
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = pytest.mark.django_db


def numbers(answer) -> dict[str, float]:
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {
        sample.name + "".join(f"/{value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def message(key, **facts) -> OutboxMessage:
    return OutboxMessage.objects.create(
        kind="reply", key=key, address="lin@example.org", language="en", subject="Hello", **facts
    )


def test_an_office_at_rest(client):
    Heartbeat.objects.create(swept_at=database_now())
    told = numbers(client.get("/metrics"))
    assert told.pop("redress_sweep_age_seconds") < 5
    assert set(told.values()) == {0.0}
    assert {"redress_deadline_lag_seconds", "redress_clocks_due", "redress_complaints_open/received"} <= set(told)


def test_before_the_first_sweep_there_is_no_age_to_tell(client):
    assert "redress_sweep_age_seconds" not in numbers(client.get("/metrics"))


def test_what_is_due_late_failing_set_aside_and_provisional(client, register):
    publish_calendar(covers_until="2026-01-01")
    publish_policy()
    register(received_at=timezone.now() - timedelta(days=30))
    clocks = list(Clock.objects.order_by("pk"))
    assert len(clocks) == 3
    now = database_now()
    Clock.objects.filter(pk=clocks[0].pk).update(wake_at=now - timedelta(seconds=90))
    Clock.objects.filter(pk=clocks[1].pk).update(wake_at=now - timedelta(seconds=30), failures=2)
    Clock.objects.filter(pk=clocks[2].pk).update(wake_at=None, failures=6, set_aside_at=now)
    told = numbers(client.get("/metrics"))
    assert 90 <= told["redress_deadline_lag_seconds"] < 100
    assert told["redress_clocks_due"] == 2
    assert told["redress_clocks_failing"] == 1
    assert told["redress_clocks_set_aside"] == 1
    assert told["redress_clocks_provisional"] == 3
    assert told["redress_complaints_open/received"] == 1
    assert told["redress_complaints_overdue"] == 1


def test_a_clock_that_has_ended_is_provisional_no_longer(client, register, agent):
    publish_calendar(covers_until="2026-01-01")
    publish_policy()
    register()
    Clock.objects.filter(kind="acknowledge").update(state="met", met_at=timezone.now(), wake_at=None)
    assert numbers(client.get("/metrics"))["redress_clocks_provisional"] == 2


def test_open_complaints_by_status_and_never_those_that_ended(client, branch):
    ComplaintFactory.create_batch(2, department=branch)
    ComplaintFactory(department=branch, status=Status.WAITING, overdue=True)
    ComplaintFactory(department=branch, resolved=True)
    told = numbers(client.get("/metrics"))
    assert told["redress_complaints_open/received"] == 2
    assert told["redress_complaints_open/waiting"] == 1
    assert "redress_complaints_open/resolved" not in told
    assert told["redress_complaints_overdue"] == 1


def test_many_complaints_are_estimated(client, branch, monkeypatch):
    ComplaintFactory.create_batch(4, department=branch)
    monkeypatch.setattr(paging, "COUNTED_EXACTLY", 3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_complaint")
    assert numbers(client.get("/metrics"))["redress_complaints_open/received"] >= 3


def test_the_outbox(client):
    now = timezone.now()
    message("one", created_at=now - timedelta(hours=2), next_try_at=now + timedelta(hours=1))
    message("two", created_at=now - timedelta(minutes=5), next_try_at=now - timedelta(minutes=4))
    message("three", state="set_aside")
    message("four", state="sent", sent_at=now, created_at=now - timedelta(days=3))
    told = numbers(client.get("/metrics"))
    assert told["redress_outbox_waiting"] == 2
    assert told["redress_outbox_set_aside"] == 1
    assert 7200 <= told["redress_outbox_oldest_seconds"] < 7260
    assert 240 <= told["redress_outbox_lag_seconds"] < 300


def test_more_of_everything_costs_no_more_queries(client, branch, register, django_assert_max_num_queries):
    publish_calendar()
    publish_policy()
    for _number in range(3):
        register()
    with django_assert_max_num_queries(12) as few:
        client.get("/metrics")
    for number in range(6):
        register()
        message(f"m{number}")
    with django_assert_max_num_queries(len(few)):
        client.get("/metrics")


def test_only_this_machine_may_read_them_while_there_is_no_token(client):
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    for elsewhere in ("10.1.2.3", "", "unix:"):
        answer = client.get("/metrics", REMOTE_ADDR=elsewhere)
        assert answer.status_code == 403
        assert b"redress_" not in answer.content


def test_a_proxy_on_this_machine_asks_for_somebody_else(client):
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403
    assert client.get("/metrics", headers={"Forwarded": "for=10.1.2.3"}).status_code == 403


def test_with_a_token_the_token_alone_counts(client, settings):
    settings.METRICS_TOKEN = "swordfish"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics").headers["WWW-Authenticate"] == "Bearer"
    for wrong in ("Bearer shark", "Bearer ", "swordfish", "Basic swordfish", "Bearer 劍魚"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer swordfish"}, REMOTE_ADDR="10.1.2.3")
    assert answer.status_code == 200


def test_the_form_is_the_one_prometheus_asks_for(client):
    assert client.get("/metrics")["Content-Type"].startswith("text/plain; version=0.0.4")
    asked = client.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert asked["Content-Type"].startswith("application/openmetrics-text")
    assert asked.content.endswith(b"# EOF\n")


def test_without_a_database(client, monkeypatch, caplog):
    def gone():
        raise OperationalError("10.1.2.3 does not answer")

    monkeypatch.setattr(metrics.escalation, "engine_health", gone)
    answer = client.get("/metrics")
    assert answer.status_code == 503
    assert b"10.1.2.3" not in answer.content


def test_they_are_only_read(client):
    assert client.post("/metrics").status_code == 405


def test_a_monitor_on_the_inside_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/metrics").status_code == 200


def test_every_number_is_read_from_an_index(client, register):
    """With tables read from end to end forbidden wherever there is another way, PostgreSQL finds one everywhere."""
    register()
    message("one")
    with CaptureQueriesContext(connection) as asked:
        client.get("/metrics")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked.captured_queries:
            if not query["sql"].startswith("SELECT"):
                continue
            cursor.execute("EXPLAIN " + query["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
            for table in ("escalation_clock", "complaints_complaint", "notifications_outboxmessage"):
                assert f"Seq Scan on {table}" not in plan, query["sql"]
                assert not re.search(rf"Scan using {table}_pkey", plan), query["sql"]
