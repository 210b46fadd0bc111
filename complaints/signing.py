"""Sign-off: who must sign a proposal, in which turn, and from which amount on it goes up by itself. Pure.

Every rule that matches asks for its parties: a return of goods that is also dear needs those of the return and those
of the amount, and no rule can hide another. A party asked by several rules signs once. Beyond the rules, authority
limits say up to which amount each role decides alone. (Design section 3, "Sign-off"; missions M15 and M16; S1-22,
S4-19, S4-29 to S4-37.)
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import FIRST_TIER, TIER_HOLDERS, TOP_TIER, Role
from common.text import localised


class ProposalState(TextChoices):
    """Where a proposal stands. Refused: by one of those who should sign; taken back: by those who made it, or because
    the complaint ended.
    """

    OPEN = "open", _("Waiting for signatures")
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Sent back")
    TAKEN_BACK = "taken_back", _("Taken back")


class SignatureState(TextChoices):
    """Where the signature of one party stands."""

    WAITING = "waiting", _("Not yet signed")
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Refused to sign")


SIGNING_ROLES: frozenset[Role] = frozenset(
    {
        Role.AGENT,
        Role.HANDLER,
        Role.SUPERVISOR,
        Role.MANAGER,
        Role.SPECIALIST,
        Role.EXECUTIVE,
        Role.DUTY_OFFICER,
    }
)
"""Whom a rule may ask for a signature: those who work on complaints, not those who look at the work."""

LADDER: tuple[Role, ...] = tuple(TIER_HOLDERS[tier] for tier in sorted(TIER_HOLDERS))
"""The roles of the tiers from the bottom to the top: whoever stands higher decides about more."""

TIERS: Mapping[Role, int] = {role: tier for tier, role in TIER_HOLDERS.items()}

Limits = Mapping[tuple[Role, str], Decimal]
"""Role and currency → the amount up to which whoever holds the role decides alone."""


@dataclass(frozen=True)
class Party:
    """One of those who must sign: somebody with `role` where the complaint lies, or in the `department` named; without
    a role, anybody who works in that department. `label` names it for people: shop manager, control room.

    Parties of one `turn` sign in any order; those of a later turn wait for all before it.
    """

    role: Role | None
    department: int | None = None
    label: str = ""
    translations: Mapping[str, str] | None = None
    turn: int = 1

    @property
    def key(self) -> tuple[Role | None, int | None]:
        """What makes it the same party in two rules."""
        return self.role, self.department

    def words(self) -> str:
        """Who is asked, in the reader's language."""
        if self.label:
            return localised(self.label, self.translations or {})
        return str(self.role.label) if self.role else ""


@dataclass(frozen=True)
class Check:
    """Something to be made sure of before somebody signs. `party` is the key of who has to; without one, whoever signs
    first.
    """

    text: str
    translations: Mapping[str, str]
    party: tuple[Role | None, int | None] | None = None


@dataclass(frozen=True)
class Rule:
    """Which proposals need which signatures. What is left empty fits every complaint; an amount counts in its own
    currency, over the remedies of the kinds named.
    """

    code: str
    parties: Sequence[Party]
    checks: Sequence[Check] = ()
    classes: Collection[str] = ()
    priorities: Collection[str] = ()
    kinds: Collection[str] = ()
    department: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    in_order: bool = False

    @property
    def holds_answer(self) -> bool:
        """Whether the answer waits for its signatures as well as remedies."""
        return holds_answer(classes=self.classes, priorities=self.priorities, kinds=self.kinds, amount=self.amount)


@dataclass(frozen=True)
class Planned:
    """A remedy of the complaint. `proposed`: it waits to be signed now; what was signed before counts in amounts."""

    kind: str
    amount: Decimal | None = None
    currency: str = ""
    proposed: bool = True


@dataclass(frozen=True)
class Facts:
    """What rules look at: `departments` are the complaint's own and all above it."""

    complaint_class: str
    priority: str
    departments: Collection[int]
    remedies: Sequence[Planned] = ()


def matches(rule: Rule, facts: Facts) -> bool:
    """Whether the rule asks for signatures on this proposal.

    A rule about kinds or an amount looks at what is proposed now, but adds up all that the complaint is given: an
    amount cannot be split to stay below it.
    """
    if rule.classes and facts.complaint_class not in rule.classes:
        return False
    if rule.priorities and facts.priority not in rule.priorities:
        return False
    if rule.department is not None and rule.department not in facts.departments:
        return False
    about = [remedy for remedy in facts.remedies if not rule.kinds or remedy.kind in rule.kinds]
    if rule.amount is not None:
        about = [remedy for remedy in about if remedy.currency == rule.currency and remedy.amount is not None]
        if totals(about).get(rule.currency, Decimal(0)) < rule.amount:
            return False
    elif not rule.kinds:
        return True
    return any(remedy.proposed for remedy in about)


def holds_answer(
    *, classes: Collection[str], priorities: Collection[str], kinds: Collection[str], amount: Decimal | None
) -> bool:
    """Whether a rule that names these wants the answer signed as well as remedies: it is about grave complaints, by
    their class or priority, and not about what is given.
    """
    return bool(classes or priorities) and not kinds and amount is None


def totals(remedies: Iterable[Planned]) -> dict[str, Decimal]:
    """The sum in each currency."""
    found: dict[str, Decimal] = {}
    for remedy in remedies:
        if remedy.amount is not None:
            found[remedy.currency] = found.get(remedy.currency, Decimal(0)) + remedy.amount
    return found


def asked_by(rules: Iterable[Rule]) -> list[Party]:
    """The parties of all these rules, each once; one that several rules ask for signs in its latest turn."""
    found: dict[tuple[Role | None, int | None], Party] = {}
    for rule in rules:
        for place, party in enumerate(rule.parties, start=1):
            turn = place if rule.in_order else 1
            known = found.get(party.key)
            found[party.key] = replace(known or party, turn=max(turn, known.turn if known else 1))
    return sorted(found.values(), key=lambda party: party.turn)


def exposed(facts: Facts) -> dict[str, Decimal]:
    """The amount in each currency about which somebody has to decide now: with what the complaint is given already."""
    proposed = {remedy.currency for remedy in facts.remedies if remedy.proposed and remedy.amount}
    return {currency: amount for currency, amount in totals(facts.remedies).items() if currency in proposed}


def suffices(role: Role, amounts: Mapping[str, Decimal], limits: Limits) -> bool:
    """Whether the role decides about these amounts alone.

    An office without limits has said nothing. Once there are some, a role without one in a currency decides about
    nothing in it, but for the top of the ladder, who then decides about everything.
    """
    if not limits:
        return True
    for currency, amount in amounts.items():
        limit = limits.get((role, currency))
        if limit is None and TIERS.get(role) == TOP_TIER:
            continue
        if amount > (limit or Decimal(0)):
            return False
    return True


def tier_of(roles: Collection[Role]) -> int:
    """How high these roles stand; those outside the ladder stand at its foot."""
    return max((TIERS.get(role, FIRST_TIER) for role in roles), default=FIRST_TIER)


def above(tier: int) -> list[Role]:
    """The roles of the tiers above, the nearest first."""
    return [TIER_HOLDERS[each] for each in range(tier + 1, TOP_TIER + 1)]


def decider(
    amounts: Mapping[str, Decimal], limits: Limits, proposer: Collection[Role], has: Callable[[Role], bool]
) -> tuple[bool, Role | None]:
    """Whether somebody above the proposer must decide because of the amounts, and the first role that may: a superior
    whose own limit is too low is passed over. `has` says whether anybody with the role can sign. (needed, nobody) is
    for the caller to refuse.
    """
    if any(suffices(role, amounts, limits) for role in (*proposer, TIER_HOLDERS[FIRST_TIER]) if role in SIGNING_ROLES):
        return False, None
    for role in above(tier_of(proposer)):
        if suffices(role, amounts, limits) and has(role):
            return True, role
    return True, None


def unfilled(candidates: Sequence[Collection[int]]) -> int | None:
    """The place of a party for which nobody is left when everybody signs once; None when all can be filled.

    `candidates` are the people who could sign for each party. (Matching by augmenting paths.)
    """
    taken: dict[int, int] = {}

    def seat(place: int, tried: set[int]) -> bool:
        for person in candidates[place]:
            if person in tried:
                continue
            tried.add(person)
            if person not in taken or seat(taken[person], tried):
                taken[person] = place
                return True
        return False

    return next((place for place in range(len(candidates)) if not seat(place, set())), None)


def about(number: int) -> str:
    """How the clock of a proposal names it."""
    return f"proposal:{number}"
