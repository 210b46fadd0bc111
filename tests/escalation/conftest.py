"""The deadline office: working hours, and the people of every tier."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from escalation import selectors
from escalation.services import sweep
from tests.factories.escalation import publish_calendar, publish_policy

TAIPEI = ZoneInfo("Asia/Taipei")


def taipei(text: str) -> datetime:
    """`taipei("2026-03-02 09:00")`: a Monday morning."""
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


@pytest.fixture(autouse=True)
def _news_goes_no_further(settings):
    """Mail has tests of its own; here an act is told to the deadline office alone."""
    settings.COMPLAINT_EVENT_HANDLERS = ["escalation.handlers.keep_clocks"]


@pytest.fixture
def office(db, agent, handler, supervisor, manager, specialist, executive, administrator):
    """People of every tier, office hours, and one policy for every complaint."""
    publish_calendar()
    return publish_policy()


@pytest.fixture
def at() -> Callable[[str], time_machine.travel]:
    """`with at("2026-03-02 09:00"):` makes it that moment in Taipei for the office; PostgreSQL keeps its own clock."""
    return lambda text: time_machine.travel(taipei(text), tick=False)


@pytest.fixture
def sweep_at(monkeypatch):
    """`sweep_at("2026-03-02 09:00")` sweeps as if the database's clock showed that moment."""

    def _sweep(text: str | datetime) -> sweep.Swept:
        moment = taipei(text) if isinstance(text, str) else text
        with monkeypatch.context() as patched, time_machine.travel(moment, tick=False):
            patched.setattr(selectors, "database_now", lambda: moment)
            return sweep.sweep()

    return _sweep
