"""No worker runs for 48 hours. What was answered late meanwhile was late, each breach stands at its promise, and those
who come back on Monday are told once, not once for each step that was missed.
"""

from collections import Counter

import pytest
from django.core.management import call_command

from complaints.models import Event
from complaints.services import casework
from complaints.vocabulary import Outcome
from escalation.models import Clock, Firing
from escalation.replay import State
from notifications.models import OutboxMessage
from tests.escalation.conftest import taipei
from tests.factories.escalation import publish_calendar, publish_policy, working_hours


@pytest.fixture
def office(db, agent, handler, supervisor, manager, specialist, executive, administrator):
    publish_calendar()
    steps = [
        {"at": "deadline", "effects": {"raise_to_tier": 2, "assign": True, "notify": ["holder"]}},
        {"after_working_hours": 4, "effects": {"raise_to_tier": 3, "assign": True, "notify": ["holder"]}},
        {"after_working_hours": 8, "effects": {"raise_to_tier": 4, "assign": True, "notify": ["holder"]}},
    ]
    return publish_policy(clocks={"resolution": {"target": working_hours(8), "steps": steps}})


def test_what_was_late_while_no_worker_ran_is_late(office, register, at, sweep_at, handler, specialist, capsys):
    promised = taipei("2026-03-03 10:00")  # Tuesday: eight working hours after Monday at ten
    with at("2026-03-02 10:00"):
        in_time, too_late, forgotten = (register().complaint for _case in range(3))
    sweep_at("2026-03-02 18:00")  # the last sweep before the workers go down

    answer = {"outcome": Outcome.UPHELD, "reasons": "True.", "message": "We are sorry."}
    with at("2026-03-03 09:59"):
        casework.resolve(complaint_id=in_time.pk, by=handler, **answer)
    with at("2026-03-03 16:00"):
        casework.resolve(complaint_id=too_late.pk, by=handler, **answer)
    sweep_at("2026-03-04 18:00")  # 48 hours later

    states = {clock.complaint_id: clock for clock in Clock.objects.all()}
    assert (states[in_time.pk].state, states[in_time.pk].breached_at) == (State.MET, None)
    assert (states[too_late.pk].state, states[too_late.pk].breached_at) == (State.MET_LATE, promised)
    assert (states[forgotten.pk].state, states[forgotten.pk].breached_at) == (State.BREACHED_OPEN, promised)

    breaches = Event.objects.filter(kind="breached").order_by("complaint_id")
    assert [(breach.complaint_id, breach.occurred_at) for breach in breaches] == [
        (too_late.pk, promised),
        (forgotten.pk, promised),
    ]

    fired = Firing.objects.values_list("clock__complaint_id", "step", "due_at", "notified")
    assert list(fired) == [
        (forgotten.pk, 1, promised, False),
        (forgotten.pk, 2, taipei("2026-03-03 15:00"), False),
        (forgotten.pk, 3, taipei("2026-03-04 10:00"), True),
    ]
    forgotten.refresh_from_db()
    assert (forgotten.tier, forgotten.holder) == (4, specialist)
    told = Counter(OutboxMessage.objects.filter(kind="escalated").values_list("recipient__email", flat=True))
    assert told == {specialist.email: 1}

    call_command("rebuild_clocks", "--check")
    call_command("verify_events")
    capsys.readouterr()
