"""Journeys move the clock as the tests of deadlines do, but everybody hears the news."""

from tests.escalation.conftest import at, sweep_at

__all__ = ["at", "sweep_at"]
