"""Which reasons stop the time of a complaint, and for how long still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from common import moments
from complaints.models import Complaint
from complaints.vocabulary import PauseReason
from escalation import amounts, replay
from escalation.models import Clock
from escalation.replay import OPEN_STATES
from escalation.selectors.clocks import clocks_of
from escalation.selectors.ledgers import ledgers
from escalation.selectors.rulebook import calendar_rules, policy_rules, rule_of
from escalation.targets import Unit


@dataclass(frozen=True)
class PauseTerms:
    """What one policy says of pauses to the clocks it counts: the clocks that can stop, those that run on, and a
    sentence for each reason.
    """

    policy: str
    stop: str
    run_on: str
    sentences: Sequence[str]


def pause_terms(complaint: Complaint, now: datetime) -> list[PauseTerms]:
    """The terms of each policy that counts an open clock of the complaint. Three queries."""
    clocks = [clock for clock in clocks_of(complaint) if clock.state in OPEN_STATES]
    found = ledgers({clock.pk: clock.kind for clock in clocks}) if clocks else {}
    by_policy: dict[int, list[Clock]] = {}
    for clock in clocks:
        by_policy.setdefault(clock.policy_version_id, []).append(clock)
    return [_terms(version, counted, found, now) for version, counted in by_policy.items()]


def _terms(version: int, clocks: Sequence[Clock], found: dict[int, list[replay.Event]], now: datetime) -> PauseTerms:
    stopping = [clock for clock in clocks if _may_pause(clock)]
    # Translators: stands between the parts of a list.
    comma = _(", ")
    return PauseTerms(
        policy=clocks[0].policy_version.policy.name,
        stop=comma.join(clock.get_kind_display() for clock in stopping),
        run_on=comma.join(clock.get_kind_display() for clock in clocks if clock not in stopping),
        sentences=[_sentence(reason, version, stopping, found, now) for reason in PauseReason] if stopping else [],
    )


def _may_pause(clock: Clock) -> bool:
    rule = rule_of(clock.policy_version_id, clock.kind)
    return rule.pausable and rule.target is not None and not rule.target.statutory


def _sentence(
    reason: PauseReason, version: int, clocks: Sequence[Clock], found: dict[int, list[replay.Event]], now: datetime
) -> str:
    pauses = policy_rules(version).pauses
    words: dict[str, object] = {"reason": reason.label}
    if reason.value not in pauses:
        return _("%(reason)s: time goes on.") % words
    budget = pauses[reason.value]
    if budget is None:
        return _("%(reason)s: time stops until we go on.") % words
    spent = max(
        replay.spent_on(found[clock.pk], reason.value, calendar=calendar_rules(clock.calendar_version_id), now=now)
        for clock in clocks
    )
    left = budget * 3_600 - spent
    words |= {"budget": amounts.in_words(Unit.WORKING_HOURS, budget), "left": moments.span(max(0, left))}
    if left <= 0:
        return _("%(reason)s: time stopped for %(budget)s, and that is used up; time goes on.") % words
    return _("%(reason)s: time stops for at most %(budget)s; %(left)s of working time are left.") % words
