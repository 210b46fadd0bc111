"""The engine's page on the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from escalation.models import Clock, Heartbeat
from escalation.services import sweep
from tests.factories import DepartmentFactory, UserFactory


def broken(complaint, *, set_aside=True, error="ZeroDivisionError: the row is poisoned"):
    clock = Clock.objects.get(complaint=complaint, kind="resolution")
    Clock.objects.filter(pk=clock.pk).update(
        failures=F("failures") + 8,
        last_error=error,
        set_aside_at=timezone.now() if set_aside else None,
        wake_at=None if set_aside else timezone.now() + timedelta(minutes=5),
    )
    return clock


@pytest.fixture
def page(client, office, administrator):
    client.force_login(administrator)
    return lambda: client.get(reverse("escalation:engine"))


def test_before_the_first_sweep_the_page_says_what_to_start(page):
    text = page().content.decode()
    assert "No sweep has ever run" in text
    assert "No clock fails" in text


def test_a_page_after_a_sweep_says_that_deadlines_are_kept(page):
    sweep.sweep()
    assert "The engine is keeping the deadlines." in page().content.decode()


def test_a_sweep_that_was_long_ago_is_an_alarm(page):
    sweep.sweep()
    Heartbeat.objects.update(swept_at=timezone.now() - timedelta(hours=3))
    text = page().content.decode()
    assert "Deadlines are late" in text
    assert "3 h 00 min ago" in text


def test_what_waits_for_a_sweep_is_counted(page, register):
    clock = Clock.objects.filter(complaint=register().complaint).first()
    Clock.objects.filter(pk=clock.pk).update(wake_at=timezone.now() - timedelta(minutes=2))
    response = page()
    assert response.context["due_now"] == 1
    assert "behind" in response.content.decode()


def test_what_was_set_aside_is_listed_with_its_error_and_a_retry(page, register):
    complaint = register().complaint
    sweep.sweep()
    clock = broken(complaint)
    text = page().content.decode()
    assert "The engine is keeping the deadlines." not in text
    assert "fails at the clocks listed below" in text
    assert complaint.reference in text
    assert "ZeroDivisionError: the row is poisoned" in text
    assert reverse("escalation:try-again", args=[clock.pk]) in text


def test_what_fails_for_now_says_when_it_is_tried_again_and_has_no_button(page, register):
    clock = broken(register().complaint, set_aside=False)
    text = page().content.decode()
    assert "Nothing: the next try is at <time" in text
    assert reverse("escalation:try-again", args=[clock.pk]) not in text


def test_a_retry_lets_the_next_sweep_look_again(page, register, client):
    clock = broken(register().complaint)
    response = client.post(reverse("escalation:try-again", args=[clock.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("escalation:engine")
    assert "The next sweep looks at it again." in response.content.decode()
    clock.refresh_from_db()
    assert (clock.set_aside_at, clock.failures, clock.last_error) == (None, 0, "")
    assert clock.wake_at is not None


def test_a_second_retry_says_that_nothing_is_set_aside(page, register, client):
    clock = broken(register().complaint)
    client.post(reverse("escalation:try-again", args=[clock.pk]))
    again = client.post(reverse("escalation:try-again", args=[clock.pk]), follow=True)
    assert "This clock is no longer set aside." in again.content.decode()


def test_complaints_that_the_administrator_does_not_see_are_counted_not_named(office, register, client, head_office):
    elsewhere = DepartmentFactory(code="elsewhere", name="Elsewhere")
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, department=elsewhere))
    complaint = register().complaint
    clock = broken(complaint)
    text = client.get(reverse("escalation:engine")).content.decode()
    assert complaint.reference not in text
    assert "ZeroDivisionError" not in text
    assert "1 clock fails at a complaint that is not open to you." in text
    assert client.post(reverse("escalation:try-again", args=[clock.pk])).status_code == 404
    clock.refresh_from_db()
    assert clock.set_aside_at is not None


@pytest.mark.parametrize("person", ["agent", "supervisor", "executive"])
def test_it_is_for_administrators(office, register, client, request, person):
    clock = broken(register().complaint)
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("escalation:engine")).status_code == 403
    assert client.post(reverse("escalation:try-again", args=[clock.pk])).status_code == 403
    assert reverse("escalation:engine") not in client.get(reverse("escalation:what-if")).content.decode()


def test_a_superuser_without_a_role_may_look(office, client):
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(reverse("escalation:engine")).status_code == 200


def test_it_needs_a_person_and_retries_are_sent(office, register, client, administrator):
    clock = broken(register().complaint)
    assert client.get(reverse("escalation:engine")).status_code == 302
    client.force_login(administrator)
    assert client.get(reverse("escalation:try-again", args=[clock.pk])).status_code == 405


def test_more_clocks_cost_no_more_queries(page, register):
    broken(register().complaint)
    page()
    with CaptureQueriesContext(connection) as few:
        page()
    for _ in range(3):
        broken(register().complaint)
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few) <= 24
