"""Climbing the ladder: what the steps that are due do to complaints that are held. Set-based; `sweep.py` calls it."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import NamedTuple

from accounts.roles import TOP_TIER
from common.iso import iso
from common.rows import copy
from complaints import circles, conflicts, events, lifecycle
from complaints.lifecycle import Status, Verb
from complaints.models import Complaint
from complaints.services import upgrade_proposals
from complaints.vocabulary import Priority
from escalation import ladder, replay, selectors
from escalation.happenings import Happening
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.selectors import Found, Roster
from escalation.selectors.people import NOBODY
from escalation.services import referrals

log = logging.getLogger(__name__)

RISING = (Priority.ORDINARY, Priority.URGENT, Priority.MAJOR)


@dataclass
class DueClock:
    """A due clock and what the ladder says about it."""

    clock: Clock
    state: replay.ClockState
    round: int
    firings: Sequence[ladder.Firing]
    wake_at: datetime | None

    @property
    def newly_broken(self) -> bool:
        """Whether the deadline has passed and nobody has written it down."""
        return self.state.breached_at is not None and self.clock.breached_at is None


@dataclass
class Standing:
    """Where a complaint stands while its steps are done one after another."""

    complaint: Complaint
    tier: int
    holder_id: int | None
    priority: str
    acts: list[events.Act] = field(default_factory=list)
    upgraded_by: int | None = None
    """The clock of which a step proposes the upgrade."""
    referred_by: int | None = None
    """The clock of which a step refers the complaint to an external body."""

    def allows(self, verb: Verb) -> bool:
        """Whether the act that a step calls for is possible now. What was promised besides the answer outlasts the
        complaint, and so do its steps.
        """
        return lifecycle.possible(Status(self.complaint.status), verb)


class Fired(NamedTuple):
    """A row of `Firing`, its fields in the order of the columns it is written to."""

    clock_id: int
    cycle: int
    step: int
    repeat: int
    due_at: datetime
    fired_at: datetime
    notified: bool
    tier_before: int
    tier_after: int
    holder_before_id: int | None
    holder_after_id: int | None
    effects: str


FIRED = {
    "clock_id": "bigint",
    "cycle": "int",
    "step": "int",
    "repeat": "int",
    "due_at": "timestamptz",
    "fired_at": "timestamptz",
    "notified": "boolean",
    "tier_before": "int",
    "tier_after": "int",
    "holder_before_id": "bigint",
    "holder_after_id": "bigint",
    "effects": "jsonb",
}


def fire(cases: Iterable[DueClock], standings: Mapping[int, Standing], now: datetime) -> list[Fired]:
    """Do the steps of all complaints, each complaint's in the order of their moments, on the standings in hand."""
    steps = sorted(
        ((firing, case) for case in cases for firing in case.firings),
        key=lambda pair: (pair[0].due_at, pair[1].clock.id, pair[0].key),
    )
    if not steps:
        return []
    assigned = {case.clock.complaint_id for firing, case in steps if firing.step.effects.assign}
    people = _People(now, [standings[pk].complaint for pk in assigned])
    fired = [_fire_one(firing, case, standings[case.clock.complaint_id], people, now) for firing, case in steps]
    _propose_upgrades(standings.values(), now)
    _prepare_referrals(standings.values(), now)
    return fired


def _fire_one(firing: ladder.Firing, case: DueClock, standing: Standing, people: "_People", now: datetime) -> Fired:
    effects, clock = firing.step.effects, case.clock
    tier, holder, priority = standing.tier, standing.holder_id, standing.priority
    if effects.raise_to_tier is not None:
        standing.tier = min(TOP_TIER, max(tier, effects.raise_to_tier or tier + 1))
    found = people.hand_over(standing) if effects.assign else None
    if effects.raise_priority:
        standing.priority = RISING[min(RISING.index(Priority(priority)) + 1, len(RISING) - 1)]
    if effects.propose_upgrade and standing.allows(Verb.CONFIRM_CLASS):
        standing.upgraded_by = clock.pk
    if effects.refer and standing.allows(Verb.REFER):
        standing.referred_by = clock.pk
    handed_up = standing.tier > tier or standing.holder_id != holder
    moved = handed_up or standing.priority != priority
    notify = firing.notifies and bool(effects.notify)
    data = {
        "clock": clock.id,
        "clock_kind": str(clock.kind),
        "cycle": clock.cycle,
        "step": firing.step.number,
        "repeat": firing.repeat,
        "due_at": iso(firing.due_at),
        "late": round((now - firing.due_at).total_seconds()),
        "missed": firing.missed,
        "notify": notify,
        "roles": [role for role in effects.notify if role != ladder.HOLDER],
        "tell_holder": ladder.HOLDER in effects.notify,
        "tier_before": tier,
        "tier": standing.tier,
        "holder_before": holder,
        "holder": standing.holder_id,
        "priority_before": str(priority),
        "priority": str(standing.priority),
        "urgent": firing.step.urgent,
        "refer": effects.refer,
        "passed_over": list(found.concerned) if found else [],
        "away": list(found.away) if found else [],
        "unmanned": found is not None and found.unmanned,
        "takeover": handed_up
        and firing.notifies
        and standing.holder_id is not None
        and _asks_to_take_over(clock)
        and standing.allows(Verb.TAKE_OVER),
    }
    if standing.complaint.restriction and standing.holder_id != holder:
        data["joins_the_circle"] = True
    kind = Happening.ESCALATED if moved else Happening.REMINDED
    standing.acts.append(events.Act(standing.complaint, kind, None, now, data))
    return Fired(
        clock_id=clock.id,
        cycle=case.round,
        step=firing.step.number,
        repeat=firing.repeat,
        due_at=firing.due_at,
        fired_at=now,
        notified=notify,
        tier_before=tier,
        tier_after=standing.tier,
        holder_before_id=holder,
        holder_after_id=standing.holder_id,
        effects=_spelt(effects, priority, standing.priority),
    )


@cache
def _spelt(effects: ladder.Effects, priority_before: str, priority_after: str) -> str:
    """What a step did, as JSON: the same few texts for all the thousands of a storm."""
    return json.dumps(
        {
            "raise_to_tier": effects.raise_to_tier,
            "assign": effects.assign,
            "raise_priority": effects.raise_priority,
            "propose_upgrade": effects.propose_upgrade,
            "refer": effects.refer,
            "notify": effects.notify,
            "priority_before": priority_before,
            "priority_after": priority_after,
        }
    )


def _asks_to_take_over(clock: Clock) -> bool:
    return ClockKind.TAKEOVER in selectors.policy_rules(clock.policy_version_id).clocks


def _propose_upgrades(standings: Iterable[Standing], now: datetime) -> None:
    """Put the class “upgrade” before a senior person, where a step says so and nothing of the kind waits yet."""
    proposing = {standing.complaint.pk: standing for standing in standings if standing.upgraded_by is not None}
    for decision in upgrade_proposals.propose_upgrades(
        [standing.complaint for standing in proposing.values()], at=now
    ):
        standing = proposing[decision.complaint_id]
        data = {"decision": decision.pk, "class_kind": decision.class_kind, "clock": standing.upgraded_by}
        standing.acts.append(events.Act(standing.complaint, Happening.UPGRADE_PROPOSED, None, now, data))


def _prepare_referrals(standings: Iterable[Standing], now: datetime) -> None:
    """Prepare the letter to the external body, where a step says so and there is none in this cycle."""
    referring = {standing.complaint.pk: standing for standing in standings if standing.referred_by is not None}
    for referral in referrals.prepare_many([standing.complaint for standing in referring.values()], at=now):
        standing = referring[referral.complaint_id]
        data = {
            "referral": referral.pk,
            "cycle": referral.cycle,
            "body": referral.body_id,
            "clock": standing.referred_by,
        }
        standing.acts.append(events.Act(standing.complaint, Happening.REFERRED, None, now, data))


class _People:
    """Who is asked when steps assign: the roster at this moment, whom each complaint concerns, and who sees those that
    are restricted.
    """

    def __init__(self, now: datetime, complaints: Collection[Complaint]) -> None:
        self._now = now
        self._concerned = conflicts.concerned_in([complaint.pk for complaint in complaints])
        self._restricted = [complaint.pk for complaint in complaints if complaint.restriction]

    @cached_property
    def _roster(self) -> Roster:
        return Roster.read(self._now)

    @cached_property
    def _circles(self) -> Mapping[int, Sequence[int]]:
        return circles.members_in(self._restricted) if self._restricted else {}

    def hand_over(self, standing: Standing) -> Found:
        """Put the complaint into the hands of whoever holds its tier for its department now, other than the people
        whom it concerns. Whoever holds it already keeps it if they still may, and where there is nobody at all. Before
        a restricted one goes to an administrator somebody of its circle takes it.
        """
        complaint, before = standing.complaint, standing.holder_id
        found = self._roster.find(
            complaint.department_id,
            standing.tier,
            concerned=self._concerned.get(complaint.id, NOBODY),
            present=before,
        )
        inside = self._circles.get(complaint.pk, ()) if found.unmanned else ()
        if inside:
            found = found._replace(holder_id=before if before in inside else inside[0])
        if found.holder_id is None:
            log.error("nobody can take complaint %s: this office has no active people", complaint)
        elif found.holder_id != before:
            standing.holder_id = found.holder_id
            self._roster.handed_over(before=before, after=found.holder_id)
        return found


def write(firings: Sequence[Fired]) -> None:
    """Write the firings. The unique key refuses a step that has fired already."""
    copy("escalation_firing", FIRED, firings)
