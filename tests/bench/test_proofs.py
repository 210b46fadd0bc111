"""The proofs of the bench in small: processes that are killed, and people who act while the sweepers are at it."""

import random
import signal
import time

import pytest

from bench import counting, engine, lock_order
from escalation.models import Firing
from escalation.services import sweep

pytestmark = [pytest.mark.race, pytest.mark.slow]


def test_whatever_is_killed_every_step_fires_once_and_none_is_skipped(measured):
    """Sweepers are killed with SIGKILL one after the other while deadlines pass; the last of them finish the work."""
    chance = random.Random(3)
    counting.two_steps(apart=1)
    with engine.sweepers(4, "--on") as sweepers:
        counting.let_deadlines_pass(120, seconds=3, departments=measured[1:])
        for sweeper in sweepers:
            engine.say(sweeper, "go")
        for doomed in sweepers[:2]:
            time.sleep(chance.uniform(0.5, 1.5))
            doomed.send_signal(signal.SIGKILL)
        until = time.monotonic() + 20
        while Firing.objects.count() < 240 and time.monotonic() < until:
            time.sleep(0.1)
    sweep.sweep()
    found = counting.count(120)
    assert (found["steps_fired"], found["differences"]) == (240, 0)
    assert found["letters_single"] + found["letters_folded_into_digests"] > 0


def test_agents_act_while_sweepers_sweep_and_nobody_deadlocks(measured, monkeypatch):
    monkeypatch.setattr(lock_order, "COMPLAINTS", 20)
    monkeypatch.setattr(lock_order, "AGENTS", 2)
    monkeypatch.setattr(lock_order, "SWEEPERS", 1)
    figures = lock_order.measure(80)
    assert (figures["acts"], figures["deadlocks"]) == (80, 0)
    assert figures["steps_fired_meanwhile"] > 0


def test_a_step_that_did_not_fire_would_be_noticed(measured):
    counting.two_steps(apart=1)
    counting.let_deadlines_pass(3, seconds=60)
    with pytest.raises(RuntimeError, match="steps not fired"):
        counting.count(3)
