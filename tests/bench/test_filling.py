"""Complaints added by COPY are as whole as one that was really taken in; the yardstick writes what a sweep writes."""

import pytest

from bench import engine, filling, yardstick
from complaints import verification
from complaints.models import Complaint, Event
from escalation.models import Clock, Firing
from escalation.services import rebuilding, sweep

pytestmark = pytest.mark.slow


def test_their_chains_hold_and_their_clocks_are_what_their_ledgers_say(measured):
    filling.add_open(7)
    filling.add_overdue(5)
    assert Complaint.objects.count() == Event.objects.count() == 12
    assert Clock.objects.count() == 24
    assert list(verification.broken_chains()) == []
    assert list(rebuilding.rebuild(check=True)) == []
    assert len({complaint.reference for complaint in Complaint.objects.all()}) == 12


def test_filling_again_and_again_is_no_repeated_contact(measured, settings):
    settings.REPEAT_CONTACTS = 3
    for _time in range(5):
        filling.add_overdue(4)
    assert set(Event.objects.values_list("kind", flat=True)) == {"register"}


def test_those_that_are_overdue_climb_and_the_others_do_not(measured):
    filling.add_open(3)
    filling.add_overdue(4)
    swept = sweep.sweep()
    assert (swept.complaints, swept.breaches, swept.firings, swept.failed) == (4, 4, 4, 0)
    assert Complaint.objects.filter(tier=2).count() == 4
    assert list(verification.broken_chains()) == []


def test_the_yardstick_writes_what_a_sweep_writes(measured, monkeypatch):
    """It compares itself: chains that do not hold, or too few firings, raise."""
    monkeypatch.setattr(yardstick, "SAMPLE", 12)
    assert yardstick.seconds_for(8) > 0
    assert list(rebuilding.rebuild(check=True)) == []
    assert Event.objects.filter(kind="escalated").count() == Firing.objects.count() == 20
    facts = Firing.objects.values_list("notified", "tier_before", "tier_after", "holder_after_id", "effects")
    assert len({str(fact) for fact in facts}) == 1
    assert set(Clock.objects.filter(firings__isnull=False).values_list("state", flat=True)) == {"breached_open"}


def test_a_sweep_with_nothing_due_reads_one_index(measured):
    filling.add_open(50)
    figures = engine.idle_sweep()
    assert figures["open"] == 50
    assert figures["plan"]
