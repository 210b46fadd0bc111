"""Judging a complaint: what was found out, are the grounds founded, is the demand reasonable, who answers. Pure.

Grounds and demand are two separate findings. Neither is made before somebody has looked into the matter, and how far
one must look follows from what is at stake. (Design section 3, steps 2 and 4 of the procedure; missions M10, M12, M14;
S0-49 to S0-51, S1-16, S1-20, S2-20, S2-33, S2-45, S2-46.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.tasking import TaskKind
from complaints.vocabulary import Outcome


class Source(TextChoices):
    """Where something that was found out comes from."""

    COMPLAINANT = "complainant", _("Told by the complainant")
    RESPONDENT = "respondent", _("Told by the respondent")
    WITNESS = "witness", _("Told by somebody else")
    DOCUMENT = "document", _("Paper or file")
    RECORD = "record", _("Record of a system")
    VISIT = "visit", _("Seen on the spot")
    EXPERT = "expert", _("Test or expert opinion")


SHOWN_BY: Mapping[TaskKind, Source] = MappingProxyType(
    {
        TaskKind.STATEMENT: Source.RESPONDENT,
        TaskKind.SITE_VISIT: Source.VISIT,
        TaskKind.CONSULTATION: Source.EXPERT,
        TaskKind.APPRAISAL: Source.EXPERT,
    }
)
"""Where a fact comes from that a task of this kind has brought."""


class Grounds(TextChoices):
    """The first finding: is it so, and was it wrong?"""

    FOUNDED = "founded", _("Founded")
    PARTLY = "partly", _("Partly founded")
    UNFOUNDED = "unfounded", _("Not founded")
    NOT_ESTABLISHED = "not_established", _("Could not be established")


class DemandFinding(TextChoices):
    """The second finding: may they ask for that?"""

    REASONABLE = "reasonable", _("Reasonable")
    PARTLY = "partly", _("Partly reasonable")
    UNREASONABLE = "unreasonable", _("Not reasonable")
    NONE = "none", _("Nothing is asked for")


class Cause(TextChoices):
    """What brought it about."""

    CONDUCT = "conduct", _("Conduct of a person")
    MISTAKE = "mistake", _("A slip or a mistake")
    PROCEDURE = "procedure", _("How the work is organised")
    INFORMATION = "information", _("Wrong or missing information")
    PRODUCT = "product", _("Fault of goods or material")
    EQUIPMENT = "equipment", _("Fault of a system or of equipment")
    SUPPLIER = "supplier", _("Delivery or work of a supplier")
    COMPLAINANT = "complainant", _("What the complainant did")
    OUTSIDE = "outside", _("Circumstances outside")
    UNKNOWN = "unknown", _("Could not be found out")


class Party(TextChoices):
    """Who answers for it."""

    DEPARTMENT = "department", _("A department")
    PERSON = "person", _("A member of the staff")
    SUPPLIER = "supplier", _("A supplier")
    OTHER = "other", _("Somebody else outside")
    COMPLAINANT = "complainant", _("The complainant")
    NOBODY = "nobody", _("Nobody in particular")


NAMED_IN_WORDS: frozenset[Party] = frozenset({Party.SUPPLIER, Party.OTHER})
"""Parties that are no rows of ours: their name is written down."""


class Depth(TextChoices):
    """How far one looks into a complaint, in proportion to what is at stake."""

    BRIEF = "brief", _("Brief")
    ORDINARY = "ordinary", _("Ordinary")
    THOROUGH = "thorough", _("Thorough")


class Why(TextChoices):
    """What the proposed depth rests on."""

    LEGAL = "legal", _("A lawsuit is threatened or under way.")
    MAJOR = "major", _("The complaint is a major one.")
    LARGE = "large", _("The amount at stake is large.")
    SMALL = "small", _("The amount at stake is small: it is not worth arguing about.")
    MIDDLE = "middle", _("The amount at stake is neither small nor large.")
    NO_AMOUNT = "no_amount", _("No amount at stake has been stated yet.")
    NO_THRESHOLDS = "no_thresholds", _("The office has not said what is small and what is large in this currency.")


class Gap(TextChoices):
    """What an inquiry of some depth asks for and does not have."""

    NOT_HEARD = "not_heard", _("The respondent has not been heard.")
    NOTHING_VERIFIED = "nothing_verified", _("No fact is verified.")
    ONE_SOURCE = "one_source", _("The verified facts all come from one kind of source.")
    LEFT_OPEN = "left_open", _("There are facts that nobody has verified.")


ASKED_FOR: Mapping[Depth, tuple[Gap, ...]] = MappingProxyType(
    {
        Depth.BRIEF: (),
        Depth.ORDINARY: (Gap.NOT_HEARD, Gap.NOTHING_VERIFIED),
        Depth.THOROUGH: (Gap.NOT_HEARD, Gap.NOTHING_VERIFIED, Gap.ONE_SOURCE, Gap.LEFT_OPEN),
    }
)
"""What may not be missing at each depth, or the judgement says why it is enough all the same."""

FITTING: Mapping[Grounds, frozenset[Outcome]] = MappingProxyType(
    {
        Grounds.FOUNDED: frozenset({Outcome.UPHELD, Outcome.PARTLY_UPHELD}),
        Grounds.PARTLY: frozenset({Outcome.PARTLY_UPHELD}),
        Grounds.UNFOUNDED: frozenset({Outcome.NOT_UPHELD, Outcome.NO_FAULT}),
        Grounds.NOT_ESTABLISHED: frozenset({Outcome.NOT_UPHELD, Outcome.NO_FAULT}),
    }
)
"""The outcomes that do not contradict a finding about the grounds."""


@dataclass(frozen=True)
class Thresholds:
    """In one currency: less than `small_below` is small, `large_from` and more is large. Exact amounts."""

    small_below: Decimal
    large_from: Decimal


@dataclass(frozen=True)
class Stake:
    """What is at stake, as far as anybody has said. `amount` is exact, in `currency` (ISO 4217)."""

    amount: Decimal | None = None
    currency: str = ""
    legal: bool = False


@dataclass(frozen=True)
class Fact:
    """What a judgement rests on, as the rules see it."""

    source: Source
    verified: bool


@dataclass(frozen=True)
class Proposal:
    """How far to look into it, and why so far."""

    depth: Depth
    why: Why


def proposed(stake: Stake, *, major: bool, thresholds: Thresholds | None) -> Proposal:
    """The depth of inquiry that what is at stake calls for. (Mission M14; S0-49, S0-50.)

    `thresholds` are those of the stake's currency, None where the office has set none. Whatever is major, or may end
    in court, is looked into thoroughly whatever the amount.
    """
    if stake.legal:
        return Proposal(Depth.THOROUGH, Why.LEGAL)
    if major:
        return Proposal(Depth.THOROUGH, Why.MAJOR)
    if stake.amount is None:
        return Proposal(Depth.ORDINARY, Why.NO_AMOUNT)
    if thresholds is None:
        return Proposal(Depth.ORDINARY, Why.NO_THRESHOLDS)
    if stake.amount >= thresholds.large_from:
        return Proposal(Depth.THOROUGH, Why.LARGE)
    if stake.amount < thresholds.small_below:
        return Proposal(Depth.BRIEF, Why.SMALL)
    return Proposal(Depth.ORDINARY, Why.MIDDLE)


def gaps(depth: Depth, facts: Sequence[Fact], *, heard: bool) -> list[Gap]:
    """What an inquiry of this depth still lacks, in the order of `Gap`.

    `facts` are those that have not been replaced; `heard`: the respondent has had their say, or refused to.
    """
    verified = {fact.source for fact in facts if fact.verified}
    lacking = {
        Gap.NOT_HEARD: not heard,
        Gap.NOTHING_VERIFIED: not verified,
        Gap.ONE_SOURCE: len(verified) == 1,
        Gap.LEFT_OPEN: any(not fact.verified for fact in facts),
    }
    return [gap for gap in ASKED_FOR[depth] if lacking[gap]]


def contradicts(grounds: Grounds, outcome: Outcome) -> bool:
    """Whether telling the complainant this outcome would say something else than the finding."""
    return outcome not in FITTING[grounds]


def too_large_a_share(share: int, grounds: Grounds, party: Party | None) -> str:
    """Why the complainant's share (per cent) does not fit the other findings; empty when it does. (S2-45.)"""
    if share == 100 and grounds in (Grounds.FOUNDED, Grounds.PARTLY):
        return str(_("Where the grounds are founded, even in part, the complainant does not bear all of it."))
    if party == Party.COMPLAINANT and share != 100:
        return str(_("If the complainant answers for it, their share is 100 per cent."))
    if share == 100 and party not in (None, Party.COMPLAINANT):
        return str(_("If the complainant bears all of it, nobody else answers for it."))
    return ""
