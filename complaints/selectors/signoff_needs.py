"""Whose signatures a proposal needs: the office's rules and limits, read for one complaint. (Design section 3.)"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from accounts import selectors as offices
from accounts.models import User
from accounts.roles import Role
from complaints import signing
from complaints.errors import NobodyToSign
from complaints.models import (
    AuthorityLimit,
    Complaint,
    Proposal,
    Remedy,
    Signature,
    SignoffCheck,
    SignoffParty,
    SignoffRule,
)
from complaints.remedying import RemedyState
from complaints.signers import Asked, Pool
from complaints.signing import Check, Facts, Party, Planned, ProposalState, Rule

LIVE: frozenset[RemedyState] = frozenset(
    {
        RemedyState.PLANNED,
        RemedyState.OFFERED,
        RemedyState.ACCEPTED,
        RemedyState.CARRIED_OUT,
        RemedyState.FAILED,
    }
)
"""What the complainant is given or may be: an amount counts all of it, so that it cannot be split to stay below a
limit. Remedies planned for choice count together until one is chosen.
"""


_ANY = Q()
_ABOUT_NO_REMEDY = Q(kinds=[], amount=None)


@dataclass(frozen=True)
class Plan:
    """What a proposal needs: which rules say so, who must sign, what must be made sure of first."""

    rules: Sequence[str]
    asked: Sequence[Asked]
    checks: Sequence[Check]


def rules(which: Q = _ANY) -> list[Rule]:
    """The rules in force, in their order. Three queries, or one where there are none."""
    rows = SignoffRule.objects.filter(which, is_active=True).prefetch_related(
        Prefetch("parties", SignoffParty.objects.order_by("position")),
        Prefetch("checks", SignoffCheck.objects.select_related("party").order_by("position")),
    )
    return [_rule(row) for row in rows]


def _rule(row: SignoffRule) -> Rule:
    return Rule(
        code=row.code,
        parties=[_party(party) for party in row.parties.all()],
        checks=[
            Check(check.text, check.translations, _party(check.party).key if check.party else None)
            for check in row.checks.all()
        ],
        classes=row.classes,
        priorities=row.priorities,
        kinds=row.kinds,
        department=row.department_id,
        amount=row.amount,
        currency=row.currency,
        in_order=row.in_order,
    )


def _party(row: SignoffParty) -> Party:
    role = Role(row.role) if row.role else None
    return Party(role, row.department_id, row.label_text, row.translations)


def limits() -> signing.Limits:
    """Up to which amount each role decides alone."""
    rows = AuthorityLimit.objects.filter(is_active=True)
    return {(Role(row.role), row.currency): row.amount for row in rows}


def facts(complaint: Complaint, remedies: Iterable[Remedy], proposed: Collection[int]) -> Facts:
    """What rules look at: the complaint as it is now, and its remedies; `proposed` are those to be signed."""
    return Facts(
        complaint_class=str(complaint.complaint_class),
        priority=str(complaint.priority),
        departments=frozenset(offices.lineage(complaint.department_id)),
        remedies=[
            Planned(str(remedy.kind), remedy.offered, remedy.currency, proposed=remedy.pk in proposed)
            for remedy in remedies
            if remedy.state in LIVE
        ],
    )


def needed(complaint: Complaint, proposed: Collection[int], *, proposer: User) -> Plan:
    """Whose signatures rules and limits ask for, for these remedies of the complaint, proposed by that person.

    `asked` is empty where none is needed. Raises NobodyToSign, naming the party, when somebody must sign and nobody
    can: everybody signs once, nobody what they proposed or planned, nobody whom the complaint concerns.
    """
    remedies = list(complaint.remedies.prefetch_related("items"))
    known = facts(complaint, remedies, proposed)
    matching = [rule for rule in rules() if signing.matches(rule, known)]
    parties = signing.asked_by(matching)
    to_sign = [remedy for remedy in remedies if remedy.pk in proposed]
    named = {party.department for party in parties if party.department is not None}
    pool = Pool.of(complaint, proposer, to_sign, named)
    asked = [pool.find(party) for party in parties]
    amounts = signing.exposed(known)
    allowed = limits()
    must, role = signing.decider(amounts, allowed, pool.roles_of(proposer), pool.has)
    if must and not any(_decides(each, amounts, allowed, pool.roles_of(proposer)) for each in asked):
        if role is None:
            sentence = _(
                "The amount is above what anybody who could sign here may decide. Ask an administrator to look at"
                " the authority limits."
            )
            raise NobodyToSign(_within_the_circle(sentence, complaint))
        turn = max((party.turn for party in parties), default=1) + any(rule.in_order for rule in matching)
        asked.append(replace(pool.find(Party(role, turn=turn)), by_limit=True))
    _check_filled(asked, complaint)
    return Plan([rule.code for rule in matching], asked, _checks(matching))


def missing_for_answer(complaint: Complaint) -> list[Party]:
    """Those who must sign before this complaint is answered: the parties of the rules that hold its answer and that no
    proposal signed in this cycle has gone by. A constant number of queries.
    """
    holding = [rule for rule in rules(_ABOUT_NO_REMEDY) if rule.holds_answer]
    if not holding:
        return []
    known = facts(complaint, (), ())
    signed = complaint.proposals.filter(state=ProposalState.SIGNED, cycle=complaint.cycle)
    gone_by = {code for codes in signed.values_list("rules", flat=True) for code in codes}
    return signing.asked_by(rule for rule in holding if rule.code not in gone_by and signing.matches(rule, known))


def plan(complaint: Complaint, proposed: Collection[int], *, proposer: User) -> Plan:
    """The same for a proposal: where nobody has to sign, the next above the proposer looks at it (S1-22, S4-37)."""
    found = needed(complaint, proposed, proposer=proposer)
    if found.asked:
        return found
    pool = Pool.of(complaint, proposer, complaint.remedies.filter(pk__in=proposed), set())
    superior = next((role for role in signing.above(signing.tier_of(pool.roles_of(proposer))) if pool.has(role)), None)
    if superior is None:
        raise NobodyToSign(_("No rule asks for a signature, and nobody above you could give one."))
    return replace(found, asked=[pool.find(Party(superior))])


def needed_since(proposal: Proposal, signatures: Sequence[Signature]) -> Plan:
    """What rules ask besides that did not match yet when the proposal was made: the parties that are not among its
    own, with those people left who have not signed it.
    """
    remedies = list(proposal.complaint.remedies.prefetch_related("items"))
    held = {held.remedy_id for held in proposal.held.all()}
    known = facts(proposal.complaint, remedies, held)
    new = [rule for rule in rules() if rule.code not in proposal.rules and signing.matches(rule, known)]
    if not new:
        return Plan([], [], [])
    parties = signing.asked_by(new)
    named = {party.department for party in parties if party.department is not None}
    to_sign = [remedy for remedy in remedies if remedy.pk in held]
    pool = Pool.of(proposal.complaint, proposal.prepared_by, to_sign, named)
    before = {(each.role, each.department_id) for each in signatures}
    signed = {each.signer_id for each in signatures}
    found = [pool.find(party) for party in parties]
    asked = [
        replace(each, people=[person for person in each.people if person not in signed])
        for each in found
        if (str(each.party.role or ""), each.department) not in before
    ]
    _check_filled(asked, proposal.complaint)
    theirs = {each.party.key for each in asked}
    checks = [check for check in _checks(new) if check.party is None or check.party in theirs]
    return Plan([rule.code for rule in new], asked, checks if asked else [])


def _decides(
    asked: Asked, amounts: Mapping[str, Decimal], allowed: signing.Limits, proposer: Collection[Role]
) -> bool:
    """Whether a party asked by a rule stands above the proposer and may decide about the amounts as well."""
    role = asked.party.role
    return (
        role is not None
        and role in signing.TIERS
        and signing.TIERS[role] > signing.tier_of(proposer)
        and signing.suffices(role, amounts, allowed)
    )


def _checks(matching: Iterable[Rule]) -> list[Check]:
    """The checklists of these rules, one after the other; what two of them want is made sure of once."""
    found: dict[tuple[str, object], Check] = {}
    for rule in matching:
        for check in rule.checks:
            found.setdefault((check.text, check.party), check)
    return list(found.values())


def _check_filled(asked: Sequence[Asked], complaint: Complaint) -> None:
    place = signing.unfilled([each.people for each in asked])
    if place is not None:
        sentence = _(
            "Nobody is left to sign as “%(party)s”: each party signs by another person, not by whoever made the"
            " proposal or planned a remedy of it, and not by anybody whom the complaint concerns. Let somebody"
            " else plan it, or ask an administrator to look at the rule and at who holds that role."
        ) % {"party": asked[place].label()}
        raise NobodyToSign(_within_the_circle(sentence, complaint))


def _within_the_circle(sentence: str, complaint: Complaint) -> str:
    """The sentence; of a restricted complaint with what is to be done first."""
    if not complaint.restriction:
        return sentence
    admit = _("Of a restricted complaint only its circle signs: first admit whoever is to sign.")
    return _("%(sentence)s %(more)s") % {"sentence": admit, "more": sentence}
