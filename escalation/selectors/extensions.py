"""Requests for more time: which deadlines may be put off, what waits for a decision, and whose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import permissions
from complaints.lifecycle import OPEN, Verb
from complaints.models import Complaint
from escalation import amounts, extending, replay, targets
from escalation.errors import EscalationError
from escalation.models import Clock, Extension
from escalation.policies import FULFILLABLE, ClockKind, Extensions
from escalation.replay import OPEN_STATES
from escalation.selectors.ledgers import ledgers
from escalation.selectors.rulebook import rule_of

OPEN_VALUES = sorted(OPEN_STATES)


@dataclass(frozen=True)
class Extendable:
    """A deadline that may be put off now: by how much at a time, and how often still."""

    clock: Clock
    rule: Extensions
    unit: str
    left: int

    @property
    def most(self) -> str:
        """The longest extension, in the reader's words."""
        return amounts.in_words(self.unit, self.rule.most)


@dataclass(frozen=True)
class Possible:
    """The deadlines that may be put off; where there is none, `reason` says why."""

    clocks: Sequence[Extendable]
    reason: str = ""


def requests_of(complaint: Complaint) -> list[Extension]:
    """All requests for more time, with who asked and who decided. One query."""
    return list(
        Extension.objects.filter(clock__complaint=complaint).select_related(
            "clock__complaint", "asked_by", "decided_by"
        )
    )


def waiting_of(requests: Sequence[Extension], now: datetime) -> list[Extension]:
    """Those of these requests that wait for a decision."""
    return [request for request in requests if request.waits_at(now)]


def extendable(clocks: Sequence[Clock], requests: Sequence[Extension], now: datetime) -> Possible:
    """Which of a complaint's clocks may be put off now by their policies. One query."""
    open_ones = [clock for clock in clocks if clock.state in OPEN_STATES]
    waiting = {request.clock_id for request in waiting_of(requests, now)}
    granted = Counter(request.clock_id for request in requests if request.state == Extension.State.GRANTED)
    found = ledgers({clock.pk: clock.kind for clock in open_ones}) if open_ones else {}
    possible, refusals = [], []
    for clock in sorted(open_ones, key=lambda clock: clock.kind != ClockKind.RESOLUTION):
        state = replay.replay(found[clock.pk], now=now)
        rule = rule_of(clock.policy_version_id, clock.kind).extensions
        kind, times = ClockKind(clock.kind), granted[clock.pk]
        try:
            rule = extending.check(state, rule, kind=kind, granted=times, broken=clock.breached_at is not None)
        except EscalationError as refusal:
            refusals.append(str(refusal))
            continue
        if clock.pk in waiting:
            refusals.append(_("A request for more time waits for a decision. Let it be decided first."))
        else:
            possible.append(Extendable(clock, rule, state.target.unit, rule.times - times))
    if possible:
        return Possible(possible)
    return Possible([], reason=refusals[0] if refusals else _("No deadline is running that could be put off."))


def fulfillable(clocks: Sequence[Clock]) -> list[Clock]:
    """Those of these clocks that are kept by recording that it was done."""
    return [clock for clock in clocks if clock.kind in FULFILLABLE and clock.state in OPEN_STATES]


def due_if_granted(extension: Extension, now: datetime) -> datetime | None:
    """When the clock would be due with so much more time; None while it is paused."""
    clock = extension.clock
    state = replay.replay(ledgers({clock.pk: clock.kind})[clock.pk], now=now)
    if state.due_at is None:
        return None
    return targets.due(state.calendar, state.target.longer(extension.amount), state.started_at, state.pauses)


def requests_to_decide(user: User, now: datetime) -> list[Extension]:
    """What waits for the decision of this person, who did not ask for it; what lapses first comes first."""
    roles = frozenset(role for role, verbs in permissions.GRANTS.items() if Verb.GRANT_EXTENSION in verbs)
    departments = permissions.standing(user).departments(roles)
    if not departments:
        return []
    return list(
        Extension.objects.filter(
            Q(clock__due_at__gt=now) | Q(clock__due_at__isnull=True),
            state=Extension.State.ASKED,
            clock__state__in=OPEN_VALUES,
            clock__breached_at__isnull=True,
            clock__complaint__status__in=sorted(OPEN),
            clock__complaint__department__in=departments,
            cycle=F("clock__complaint__cycle"),
            clock__complaint__in=permissions.visible_to(user),
        )
        .exclude(asked_by=user)
        .select_related("clock__complaint", "asked_by")
        .order_by(F("clock__due_at").asc(nulls_last=True), "id")
    )
