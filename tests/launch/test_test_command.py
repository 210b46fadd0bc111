"""When the suite runs in two processes."""

import pytest

from launch.commands import test as command


@pytest.mark.parametrize(
    ("words", "split"),
    [
        ([], True),
        (["-q", "-x"], True),
        (["tests/launch"], False),
        (["-k", "clock"], False),
        (["-n0"], False),
        (["--pdb"], False),
    ],
)
def test_the_whole_suite_runs_in_two_processes_and_a_pick_in_one(monkeypatch, words, split):
    monkeypatch.setattr(command.os, "cpu_count", lambda: 4)
    assert bool(command.side_by_side(words)) == split
    monkeypatch.setattr(command.os, "cpu_count", lambda: 1)
    assert command.side_by_side(words) == []
