"""Upgrades: what their grounds call for, and how each ground compares with what the record says. Pure.

A complainant who is not content with how a complaint is handled may have it taken further: to a higher tier, to
somebody independent, with a number or without one. (Design section 3, class upgrade; missions M21 to M23, M41.)
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import TOP_TIER
from complaints.classes import KINDS, ComplaintClass, Kind
from complaints.remedying import in_money

GROUNDS: Sequence[Kind] = KINDS[ComplaintClass.UPGRADE]

LOWEST_TIER = 2
"""An upgrade never goes back to the tier that handles complaints every day."""

UNRECORDED_TIER = 4
"""Where no record of the earlier contact is found, somebody of the line may have failed to make one: whoever looks
into that stands outside the line, at the desk for upgraded complaints (M41: S3-32, S4-57).
"""

ONE_DAY = timedelta(days=1)

CALLS_FOR: Mapping[Kind, int] = MappingProxyType(
    {
        Kind.OVERDUE: 2,
        Kind.NOT_INFORMED: 2,
        Kind.UNRESOLVED: 3,
        Kind.BEYOND_AUTHORITY: 3,
        Kind.MAJOR_IMPACT: 4,
    }
)
"""The tier each ground calls for: what is late goes to whoever supervises, what was not settled or is beyond the
handler's authority to whoever answers for the department, what has major impact out of the department.
"""


class Record(TextChoices):
    """Whose record the grounds are compared with."""

    EARLIER = "earlier", _("An earlier complaint")
    ITSELF = "itself", _("The complaint itself")
    NONE = "none", _("No record found")
    UNSETTLED = "unsettled", _("Not looked for yet")


class Verdict(TextChoices):
    """What the record says of a ground."""

    CONFIRMED = "confirmed", _("Confirmed by the record")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed by the record")
    SILENT = "silent", _("The record is silent")


class Says(TextChoices):
    """What exactly it says: a sentence with places for moments, numbers and amounts."""

    BROKEN = "broken", _("What was due by %(due)s has still not been done.")
    LATE = "late", _("What was due by %(due)s was done on %(kept)s.")
    KEPT = "kept", _("Every promised date has been kept so far.")
    NOT_DUE = "not_due", _("Nothing is late. What comes next is due by %(due)s.")
    NO_DATES = "no_dates", _("No date was ever promised.")
    NEVER_TOLD = "never_told", _("It came in on %(received)s, and we have not written to them since.")
    WORD_LATE = "word_late", _("They last heard from us on %(told)s. Word was due by %(due)s.")
    WORD_IN_TIME = "word_in_time", _("They last heard from us on %(told)s, in time.")
    WORD_NOT_DUE = "word_not_due", _("They have not heard from us yet. Word is due by %(due)s.")
    TOLD = "told", _("They last heard from us on %(told)s. No date for word in between was promised.")
    OPEN = "open", _("It has not been answered.")
    OPENED_AGAIN = "opened_again", _("It was answered, and has been opened again (times: %(times)s).")
    DISSATISFIED = "dissatisfied", _("It was answered on %(answered)s, and they are not satisfied with the answer.")
    ANSWERED = "answered", _("It was answered on %(answered)s.")
    DECLINED = "declined", _("It was declined on %(ended)s: nothing was looked into.")
    ENDED = "ended", _("It ended on %(ended)s without an answer.")
    ABOVE_LIMIT = "above_limit", _("At stake: %(amount)s. Whoever holds it may not decide that alone.")
    WITHIN_LIMIT = "within_limit", _("At stake: %(amount)s. Whoever holds it may decide that alone.")
    NO_LIMIT = "no_limit", _("At stake: %(amount)s. No authority limits have been set.")
    NOBODY_HOLDS = "nobody_holds", _("At stake: %(amount)s. Nobody holds it.")
    NO_AMOUNT = "no_amount", _("No amount is on record.")
    IS_MAJOR = "is_major", _("It stands as major.")
    NOT_MAJOR = "not_major", _("It does not stand as major.")
    NO_RECORD = "no_record", _("No record of the earlier contact was found.")
    NOT_COMPARED = "not_compared", _("It was classed before grounds were compared with the record.")
    NOT_LOOKED = "not_looked", _("Nobody has looked for the earlier complaint yet.")


@dataclass(frozen=True)
class Promise:
    """A date promised to the complainant. `of_word`: that they would hear from us, whatever there is to say."""

    due_at: datetime
    kept_at: datetime | None
    broken: bool
    of_word: bool = False


@dataclass(frozen=True)
class Facts:
    """What the record of a complaint says at a moment. Amounts by currency; `decides`: whether whoever holds it may
    decide about them alone, None where nobody holds it or no limits are set.
    """

    received_at: datetime
    is_open: bool
    declined: bool = False
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    opened_again: int = 0
    dissatisfied: bool = False
    told_at: datetime | None = None
    promises: Sequence[Promise] = ()
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    is_held: bool = False
    decides: bool | None = None
    is_major: bool = False


@dataclass(frozen=True)
class Finding:
    """A ground beside the record. `values` fills the sentence: moments as ISO text, numbers and amounts as text."""

    ground: Kind
    verdict: Verdict
    says: Says
    values: Mapping[str, str] = field(default_factory=dict)


def compare(grounds: Collection[Kind], facts: Facts) -> list[Finding]:
    """Each ground beside the facts, in the order of `GROUNDS`."""
    return [_COMPARED[ground](facts) for ground in GROUNDS if ground in grounds]


def without_record(grounds: Collection[Kind], record: Record) -> list[Finding]:
    """Where there is no record to compare with: that is itself what is found (M22)."""
    says = Says.NO_RECORD if record == Record.NONE else Says.NOT_LOOKED
    return [Finding(ground, Verdict.SILENT, says) for ground in GROUNDS if ground in grounds]


def entry_tier(findings: Collection[Finding], *, stood_at: int | None) -> int:
    """The tier at which an upgrade enters: the highest that its grounds call for, and always above the tier at which
    the earlier complaint stood (None: there is none). A ground that the record does not confirm lifts it no further
    than that one tier: nobody jumps the line by what they claim.
    """
    called = [CALLS_FOR[finding.ground] for finding in findings if finding.verdict != Verdict.NOT_CONFIRMED]
    foot = UNRECORDED_TIER if stood_at is None else max(stood_at + 1, LOWEST_TIER)
    return min(max([foot, *called]), TOP_TIER)


def tier_of_itself(findings: Collection[Finding], *, stands_at: int) -> int:
    """The same for a complaint that becomes an upgrade itself: it has climbed already, and never goes down."""
    called = [CALLS_FOR[finding.ground] for finding in findings if finding.verdict != Verdict.NOT_CONFIRMED]
    return min(max([stands_at, LOWEST_TIER, *called]), TOP_TIER)


def leading(grounds: Collection[Kind]) -> Kind:
    """The ground that the class goes by where several are given: the one that calls for most."""
    return max((ground for ground in GROUNDS if ground in grounds), key=lambda ground: CALLS_FOR[ground])


def is_repeated(contacts: int, *, threshold: int) -> bool:
    """Whether somebody has turned to the office so often that a rule proposes an upgrade (M23). 0 switches it off."""
    return 0 < threshold <= contacts


def asked_between(day: datetime, *, margin: timedelta) -> tuple[datetime, datetime]:
    """The stretch of time that “roughly on that day” means."""
    return day - margin, day + ONE_DAY + margin


def _overdue(facts: Facts) -> Finding:
    broken = [promise for promise in facts.promises if promise.broken]
    open_ones = [promise for promise in broken if promise.kept_at is None]
    if open_ones:
        first = min(open_ones, key=lambda promise: promise.due_at)
        return _found(Kind.OVERDUE, Verdict.CONFIRMED, Says.BROKEN, due=first.due_at)
    if broken:
        worst = max(broken, key=lambda promise: (promise.kept_at or promise.due_at) - promise.due_at)
        return _found(Kind.OVERDUE, Verdict.CONFIRMED, Says.LATE, due=worst.due_at, kept=worst.kept_at)
    coming = [promise.due_at for promise in facts.promises if promise.kept_at is None]
    if coming:
        return _found(Kind.OVERDUE, Verdict.NOT_CONFIRMED, Says.NOT_DUE, due=min(coming))
    if facts.promises:
        return _found(Kind.OVERDUE, Verdict.NOT_CONFIRMED, Says.KEPT)
    return _found(Kind.OVERDUE, Verdict.SILENT, Says.NO_DATES)


def _not_informed(facts: Facts) -> Finding:
    """The last broken promise of word counts, and of those that are kept none."""
    words = [promise for promise in facts.promises if promise.of_word]
    broken = [promise for promise in words if promise.broken and promise.kept_at is None]
    coming = [promise.due_at for promise in words if not promise.broken and promise.kept_at is None]
    if facts.told_at is None:
        if coming and not broken:
            return _found(Kind.NOT_INFORMED, Verdict.NOT_CONFIRMED, Says.WORD_NOT_DUE, due=min(coming))
        return _found(Kind.NOT_INFORMED, Verdict.CONFIRMED, Says.NEVER_TOLD, received=facts.received_at)
    if broken:
        first = min(promise.due_at for promise in broken)
        return _found(Kind.NOT_INFORMED, Verdict.CONFIRMED, Says.WORD_LATE, told=facts.told_at, due=first)
    if words:
        return _found(Kind.NOT_INFORMED, Verdict.NOT_CONFIRMED, Says.WORD_IN_TIME, told=facts.told_at)
    return _found(Kind.NOT_INFORMED, Verdict.SILENT, Says.TOLD, told=facts.told_at)


def _unresolved(facts: Facts) -> Finding:
    ground = Kind.UNRESOLVED
    if facts.declined:
        return _found(ground, Verdict.CONFIRMED, Says.DECLINED, ended=facts.ended_at)
    if facts.is_open and facts.opened_again:
        return Finding(ground, Verdict.CONFIRMED, Says.OPENED_AGAIN, {"times": str(facts.opened_again)})
    if facts.is_open:
        return Finding(ground, Verdict.CONFIRMED, Says.OPEN)
    if facts.answered_at is None:
        return _found(ground, Verdict.SILENT, Says.ENDED, ended=facts.ended_at)
    if facts.dissatisfied:
        return _found(ground, Verdict.CONFIRMED, Says.DISSATISFIED, answered=facts.answered_at)
    return _found(ground, Verdict.NOT_CONFIRMED, Says.ANSWERED, answered=facts.answered_at)


def _beyond_authority(facts: Facts) -> Finding:
    ground = Kind.BEYOND_AUTHORITY
    if not facts.amounts:
        return Finding(ground, Verdict.SILENT, Says.NO_AMOUNT)
    amount = ", ".join(in_money(facts.amounts[currency], currency) for currency in sorted(facts.amounts))
    if facts.decides is None:
        says = Says.NO_LIMIT if facts.is_held else Says.NOBODY_HOLDS
        return Finding(ground, Verdict.SILENT, says, {"amount": amount})
    if facts.decides:
        return Finding(ground, Verdict.NOT_CONFIRMED, Says.WITHIN_LIMIT, {"amount": amount})
    return Finding(ground, Verdict.CONFIRMED, Says.ABOVE_LIMIT, {"amount": amount})


def _major_impact(facts: Facts) -> Finding:
    if facts.is_major:
        return Finding(Kind.MAJOR_IMPACT, Verdict.CONFIRMED, Says.IS_MAJOR)
    return Finding(Kind.MAJOR_IMPACT, Verdict.NOT_CONFIRMED, Says.NOT_MAJOR)


def _found(ground: Kind, verdict: Verdict, says: Says, **moments: datetime | None) -> Finding:
    return Finding(ground, verdict, says, {name: at.isoformat() for name, at in moments.items() if at is not None})


_COMPARED: Mapping[Kind, Callable[[Facts], Finding]] = MappingProxyType(
    {
        Kind.OVERDUE: _overdue,
        Kind.NOT_INFORMED: _not_informed,
        Kind.UNRESOLVED: _unresolved,
        Kind.BEYOND_AUTHORITY: _beyond_authority,
        Kind.MAJOR_IMPACT: _major_impact,
    }
)
