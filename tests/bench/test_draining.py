"""Draining is measured in rounds, each figure beside its yardstick."""

import pytest

from bench import draining


@pytest.fixture
def rounds(monkeypatch):
    """What the rounds come to: in the second one the machine was slow at everything."""

    def _rounds(*seconds):
        coming = iter(seconds)
        monkeypatch.setattr(draining, "_round", lambda due: draining.beside_the_statement(*next(coming)))

    return _rounds


def test_the_median_of_the_rounds_own_ratios_counts(rounds, monkeypatch):
    monkeypatch.setattr(draining, "ROUNDS", 3)
    rounds((1, 2, 1), (4, 10, 5), (1, 3, 2))
    figures = draining.measure(600)
    assert (figures["times_plain_sql"], figures["two_workers_to_one"]) == (2.5, 2)
    assert (figures["one_worker_seconds"], figures["per_second"]) == (3, 200)
    assert len(figures["rounds"]) == 3


def test_what_takes_long_is_measured_once(rounds):
    rounds((10, 20, 11))
    assert draining.measure(600)["times_plain_sql"] == 2
