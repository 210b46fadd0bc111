"""What other rules mean for a clock: its date before and after, or why it stays as it is.

A move breaks no promise and invents none. Clocks whose deadline has passed stay as they are; so do those whose new
date would have passed already, those of complaints to which the new rules do not apply, those of a kind that these do
not promise, and moments that people agreed on.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from complaints.models import Complaint
from escalation import replay, selectors
from escalation.calendars import Calendar
from escalation.errors import CannotMigrate
from escalation.models import Clock, MigratedClock, PolicyMigration
from escalation.policies import AGREED, ClockKind, PolicyRules
from escalation.replay import OPEN_STATES, State
from escalation.selectors import Rulebook, Rules
from escalation.selectors.rulebook import Draft, policy_of, prepare, rule_of

Verdict = MigratedClock.Verdict
MOVABLE: Collection[str] = frozenset({Verdict.EARLIER, Verdict.LATER, Verdict.SAME})


@dataclass(frozen=True)
class Terms:
    """The rules that clocks would be counted by, and which complaints they fit."""

    policy_id: int
    version_id: int
    """0 while the rules are a draft."""
    rules: PolicyRules
    calendar: Calendar
    calendar_version_id: int
    book: Rulebook

    @property
    def pins(self) -> Rules:
        """What a moved clock is pinned to."""
        return Rules(self.policy_id, self.version_id, self.calendar_version_id)


@dataclass(frozen=True)
class Judged:
    """What the rules mean for one clock."""

    verdict: str
    paused: bool = False
    before: datetime | None = None
    after: datetime | None = None


def terms_of(migration: PolicyMigration) -> Terms:
    """What the document of a preview or a move says now: by the newest version of its calendar."""
    rules = PolicyRules.from_json(migration.document)
    calendar = selectors.newest_calendar(rules.calendar)
    if calendar is None:
        raise CannotMigrate(_("There is no calendar with the code “%(code)s” any more.") % {"code": rules.calendar})
    prepare(calendar_version_ids=[calendar.pk])
    return Terms(
        policy_id=migration.policy_id or 0,
        version_id=migration.to_version_id or 0,
        rules=rules,
        calendar=selectors.calendar_rules(calendar.pk),
        calendar_version_id=calendar.pk,
        book=Rulebook.read(draft=draft_of(migration, rules)),
    )


def draft_of(migration: PolicyMigration, rules: PolicyRules) -> Draft:
    """The document of a preview in the place of its policy's newest version."""
    return Draft(migration.policy_id or 0, migration.position or 0, rules)


def judge(clock: Clock, ledger: Sequence[replay.Event], complaint: Complaint, terms: Terms, now: datetime) -> Judged:
    """What the rules mean for this clock: its date before and after, or why it stays as it is."""
    stands = replay.replay(ledger, now=now)
    kind = ClockKind(clock.kind)
    if stands.state not in OPEN_STATES:
        return Judged(Verdict.ENDED)
    if policy_of(clock.policy_version_id) != terms.policy_id or clock.policy_version_id == terms.version_id:
        return Judged(Verdict.ELSEWHERE)
    paused = stands.state == State.PAUSED
    before = date_of(ledger, now)
    if is_agreed(clock, ledger):
        return Judged(Verdict.AGREED, paused, before)
    if clock.breached_at is not None or stands.state == State.BREACHED_OPEN:
        return Judged(Verdict.BROKEN, paused, before)
    if not terms.book.applies(terms.policy_id, complaint):
        return Judged(Verdict.UNMATCHED, paused, before)
    rule = terms.rules.clocks.get(kind)
    if rule is None or rule.target is None:
        return Judged(Verdict.UNPROMISED, paused, before)
    moved = replay.Retargeted(
        sequence=ledger[-1].sequence + 1,
        at=now,
        target=rule.target,
        calendar=terms.calendar,
        pausable=rule.pausable,
        rules=terms.version_id,
        from_here=True,
    )
    after = date_of([*ledger, moved], now)
    if after <= now:
        return Judged(Verdict.PAST, paused, before, after)
    if after == before:
        return Judged(Verdict.SAME, paused, before, after)
    return Judged(Verdict.EARLIER if after < before else Verdict.LATER, paused, before, after)


def is_agreed(clock: Clock, ledger: Iterable[replay.Event]) -> bool:
    """Whether people agreed on this moment, so that no policy moves it."""
    if clock.kind in AGREED:
        return True
    setters = [event for event in ledger if isinstance(event, replay.Started | replay.Retargeted)]
    return setters[-1].target != rule_of(clock.policy_version_id, clock.kind).target


def date_of(ledger: Sequence[replay.Event], now: datetime) -> datetime:
    """When the clock is due; for one that is paused, if it went on now."""
    due_at = replay.replay(ledger, now=now).due_at
    if due_at is None:
        goes_on = replay.Resumed(sequence=ledger[-1].sequence + 1, at=now)
        due_at = replay.replay([*ledger, goes_on], now=now).due_at
    if due_at is None:
        raise CannotMigrate(_("A pause of this clock cannot be ended."))
    return due_at
