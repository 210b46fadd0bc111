"""Ledgers as the pure rules read them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.rows import fetch, numbers
from escalation import replay
from escalation.errors import BadLedger
from escalation.models import EventKind
from escalation.selectors.rulebook import calendar_rules, prepare, rule_of
from escalation.targets import Target

MIGRATED = "migrated"
"""The reason of an entry by which a clock was moved, with many others, to another version of its policy."""


def ledgers(kinds: Mapping[int, str]) -> dict[int, list[replay.Event]]:
    """The ledgers of the clocks given by id and kind, each in its order, in one query."""
    rows = fetch(
        "SELECT clock_id, sequence, kind, at, policy_version_id, calendar_version_id, reason, until, amount"
        " FROM escalation_clockevent WHERE clock_id = ANY(%s::bigint[]) ORDER BY clock_id, sequence",
        [numbers(kinds)],
    )
    prepare(
        policy_version_ids={row[4] for row in rows if row[4] is not None},
        calendar_version_ids={row[5] for row in rows if row[5] is not None},
    )
    found: dict[int, list[replay.Event]] = defaultdict(list)
    for clock_id, sequence, kind, at, policy_version_id, calendar_version_id, reason, until, amount in rows:
        found[clock_id].append(
            entry(
                clock_kind=kinds[clock_id],
                sequence=sequence,
                kind=kind,
                at=at,
                policy_version_id=policy_version_id,
                calendar_version_id=calendar_version_id,
                reason=reason,
                until=until,
                amount=amount,
            )
        )
    return found


def entry(
    *,
    clock_kind: str,
    sequence: int,
    kind: str,
    at: datetime,
    policy_version_id: int | None = None,
    calendar_version_id: int | None = None,
    reason: str = "",
    until: datetime | None = None,
    amount: float | None = None,
) -> replay.Event:
    """One entry of a ledger with the target and calendar it pins, as the pure rules read it."""
    if policy_version_id is not None and calendar_version_id is not None:
        rule = rule_of(policy_version_id, clock_kind)
        target = Target.agreed(at, until) if until is not None else rule.target
        if target is None:
            raise BadLedger(_("The ledger of this clock names no moment, and its policy no target."))
        pinned: dict[str, Any] = {
            "sequence": sequence,
            "at": at,
            "target": target,
            "calendar": calendar_rules(calendar_version_id),
            "pausable": rule.pausable and until is None,  # an agreed moment stands
            "rules": policy_version_id,
        }
        if kind == EventKind.STARTED:
            return replay.Started(**pinned)
        return replay.Retargeted(**pinned, from_here=reason == MIGRATED)
    match kind:
        case EventKind.RECALENDARED if calendar_version_id is not None:
            return replay.Recalendared(sequence=sequence, at=at, calendar=calendar_rules(calendar_version_id))
        case EventKind.PAUSED:
            return replay.Paused(sequence=sequence, at=at, reason=reason, until=until)
        case EventKind.EXTENDED if amount is not None:
            return replay.Extended(sequence=sequence, at=at, amount=int(amount) if amount.is_integer() else amount)
        case EventKind.HELD if until is not None:
            return replay.Held(sequence=sequence, at=at, until=until)
    return _PLAIN[EventKind(kind)](sequence=sequence, at=at)


_PLAIN: Mapping[EventKind, type[replay.Resumed | replay.Met | replay.Cancelled | replay.Reopened]] = {
    EventKind.RESUMED: replay.Resumed,
    EventKind.MET: replay.Met,
    EventKind.CANCELLED: replay.Cancelled,
    EventKind.REOPENED: replay.Reopened,
}


SETTERS = (replay.Started, replay.Retargeted)
"""The entries that say by which rules a clock is counted."""


def round_of(ledger: Collection[replay.Event]) -> int:
    """Which round of a ladder a clock climbs: another one begins when it is counted by other rules. Coming back to
    rules it had before, it comes back to their round, so that nothing they have fired fires again.
    """
    setters = [event.rules for event in ledger if isinstance(event, SETTERS)]
    return setters.index(setters[-1]) + 1


def fired_keys(clock_ids: Collection[int]) -> dict[int, set[tuple[int, int, int]]]:
    """Which (round, step, repeat) of these clocks have fired, in one query; of none, in none."""
    found: dict[int, set[tuple[int, int, int]]] = defaultdict(set)
    if not clock_ids:
        return found
    for clock_id, *key in fetch(
        "SELECT clock_id, cycle, step, repeat FROM escalation_firing WHERE clock_id = ANY(%s::bigint[])",
        [numbers(clock_ids)],
    ):
        found[clock_id].add((key[0], key[1], key[2]))
    return found
