"""Rebuilding the columns of clocks from their ledgers, or checking that it would change nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from complaints.models import Complaint
from complaints.services import escalating
from complaints.services.escalating import Placement
from escalation import replay, selectors
from escalation.models import Clock
from escalation.replay import OPEN_STATES, State
from escalation.selectors.ledgers import round_of
from escalation.services import clocks as keeping

SIZE = 500


@dataclass(frozen=True)
class Difference:
    """A column that does not say what the ledger says."""

    reference: str
    clock: str
    column: str
    says: Any
    ledger: Any


def rebuild(*, check: bool) -> Iterator[Difference]:
    """Yield every difference between columns and ledgers; unless `check`, put the columns right.

    What a sweep has yet to note is no difference: a deadline that has passed since the last one, or a pause whose
    budget is used up since.
    Complaints are held a few hundred at a time; the next due date on the complaint is compared as well.
    """
    last = 0
    while True:
        with transaction.atomic():
            rows = Complaint.objects.filter(pk__gt=last, clocks__isnull=False).order_by("pk").distinct()
            ids = list(rows.values_list("pk", flat=True)[:SIZE])
            if not ids:
                return
            complaints = list(Complaint.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
            found = list(_put_right(complaints, check=check))
        yield from found
        last = ids[-1]


def _put_right(complaints: list[Complaint], *, check: bool) -> Iterator[Difference]:
    now = selectors.database_now()  # as the sweeps that noted what has passed
    clocks = list(Clock.objects.filter(complaint__in=complaints).order_by("pk"))
    selectors.prepare(policy_version_ids={clock.policy_version_id for clock in clocks})
    ledgers = selectors.ledgers({clock.pk: clock.kind for clock in clocks})
    fired = selectors.fired_keys([clock.pk for clock in clocks])
    references = {complaint.pk: complaint.reference for complaint in complaints}
    wrong = []
    for clock in clocks:
        if clock.state == State.PAUSED and clock.wake_at is not None and clock.wake_at <= now:
            continue
        state = replay.replay(ledgers[clock.pk], now=now)
        differences = {
            column: (getattr(clock, column), said)
            for column, said in _columns(clock, state).items()
            if getattr(clock, column) != said
        }
        wake_at = clock.wake_at
        if state.state not in OPEN_STATES:
            wake_at = None
        elif clock.failures == 0:  # else a sweep has pushed it back, or set it aside
            keys = fired.get(clock.pk, set())
            wake_at = keeping.wake_at(clock, state, keys, round_of(ledgers[clock.pk]), now)
        if wake_at != clock.wake_at:
            differences["wake_at"] = (clock.wake_at, wake_at)
        if not differences:
            continue
        for column, (says, said) in differences.items():
            yield Difference(references[clock.complaint_id], f"{clock.kind} {clock.cycle}", column, says, said)
            setattr(clock, column, said)
        if state.state not in OPEN_STATES:
            clock.set_aside_at = None
        wrong.append(clock)
    if not check:
        keeping.save(wrong)
    placements = _misplaced(complaints, clocks)
    for placement in placements:
        complaint = placement.complaint
        yield Difference(complaint.reference, "complaint", "due_at", complaint.due_at, placement.due_at)
    if not check:
        escalating.place(placements)


def _columns(clock: Clock, state: replay.ClockState) -> dict[str, Any]:
    """What the columns should say. Whether a breach of an open clock has been noted is not the ledger's to say."""
    noted = clock.breached_at is not None
    said: dict[str, Any] = {
        "started_at": state.started_at,
        "due_at": state.due_at,
        "met_at": state.met_at,
        "cancelled_at": state.cancelled_at,
        "remaining": state.remaining,
        "provisional": state.provisional,
        "state": state.state.value,
        "breached_at": state.breached_at,
    }
    if state.state == State.BREACHED_OPEN and not noted:
        said |= {"state": State.RUNNING.value, "breached_at": None}
    return said


def _misplaced(complaints: list[Complaint], clocks: list[Clock]) -> list[Placement]:
    of: dict[int, list[Clock]] = {}
    for clock in clocks:
        of.setdefault(clock.complaint_id, []).append(clock)
    placements = [
        Placement(c, c.tier, c.holder_id, c.priority, keeping.next_due(of.get(c.pk, []))) for c in complaints
    ]
    return [placement for placement in placements if placement.due_at != placement.complaint.due_at]
