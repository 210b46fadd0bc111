"""The office's rules of sign-off and its authority limits. Administrators keep them; each change counts for proposals
made from then on. Where `by` may be None, that is whoever sets the office up by command.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.permissions import may_administer
from accounts.roles import Role
from complaints.classes import ComplaintClass
from complaints.errors import NotAllowed, invalid
from complaints.models import AuthorityLimit, SignoffCheck, SignoffParty, SignoffRule
from complaints.remedying import RemedyKind, checked_amount, checked_currency
from complaints.signing import LADDER, SIGNING_ROLES
from complaints.vocabulary import Priority

MOST_PARTIES = 8
MOST_CHECKS = 12
MAX_NAME = 100
MAX_CHECK = 200


@dataclass(frozen=True)
class PartyDraft:
    """One of those who sign: by `role` where the complaint lies, or in the `department` named; without a role,
    anybody who works there.
    """

    label: str
    role: Role | None = None
    department: Department | None = None
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckDraft:
    """An item of the checklist; `party` is the place of who makes sure of it, counted from 1, or nobody in
    particular.
    """

    text: str
    party: int | None = None
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleDraft:
    """A rule as it is to be. What is left empty fits every proposal."""

    name: str
    parties: Sequence[PartyDraft]
    checks: Sequence[CheckDraft] = ()
    translations: Mapping[str, str] = field(default_factory=dict)
    position: int = 100
    department: Department | None = None
    classes: Sequence[ComplaintClass] = ()
    priorities: Sequence[Priority] = ()
    kinds: Sequence[RemedyKind] = ()
    amount: Decimal | None = None
    currency: str = ""
    in_order: bool = False


@transaction.atomic
def add_rule(*, by: User | None, code: str, draft: RuleDraft) -> SignoffRule:
    """A new rule, in force at once.

    Raises NotAllowed for whoever is no administrator, Invalid for a rule that cannot be.
    """
    _check_administers(by)
    columns = _columns(draft)
    if SignoffRule.objects.filter(code=code).exists():
        raise invalid("code", _("Another rule has this code already."))
    try:
        with transaction.atomic():
            rule = SignoffRule.objects.create(code=code, changed_by=by, changed_at=timezone.now(), **columns)
    except IntegrityError:  # somebody else has just taken the code
        raise invalid("code", _("Another rule has this code already.")) from None
    _write_lists(rule, draft)
    return rule


@transaction.atomic
def change_rule(*, by: User, code: str, draft: RuleDraft) -> SignoffRule:
    """Change all of a rule but its code. Proposals that are waiting keep the parties they have.

    Raises SignoffRule.DoesNotExist, NotAllowed, Invalid.
    """
    rule = _held(by, code)
    for name, value in _columns(draft).items():
        setattr(rule, name, value)
    _stamp(rule, by)
    rule.checks.all().delete()
    rule.parties.all().delete()
    _write_lists(rule, draft)
    return rule


@transaction.atomic
def switch_off_rule(*, by: User, code: str) -> SignoffRule:
    """The rule asks for nothing any more."""
    rule = _held(by, code)
    rule.is_active = False
    return _stamp(rule, by)


@transaction.atomic
def switch_on_rule(*, by: User, code: str) -> SignoffRule:
    """The rule asks for its signatures again."""
    rule = _held(by, code)
    rule.is_active = True
    return _stamp(rule, by)


@transaction.atomic
def set_limit(*, by: User | None, role: Role, currency: str, amount: Decimal) -> AuthorityLimit:
    """Up to which amount a role decides alone, in force at once; it takes the place of the one before."""
    _check_administers(by)
    if role not in LADDER:
        raise invalid("role", _("Choose a role of the tiers, from handler to executive."))
    currency = checked_currency(currency)
    limit, _new = AuthorityLimit.objects.update_or_create(
        role=role,
        currency=currency,
        defaults={
            "amount": checked_amount("amount", amount, currency),
            "is_active": True,
            "changed_by": by,
            "changed_at": timezone.now(),
        },
    )
    return limit


@transaction.atomic
def switch_off_limit(*, by: User, limit_id: int) -> AuthorityLimit:
    """The limit counts no more. While the currency has others, the role then decides about nothing in it.

    Raises AuthorityLimit.DoesNotExist, NotAllowed.
    """
    _check_administers(by)
    limit = AuthorityLimit.objects.select_for_update().get(pk=limit_id)
    limit.is_active, limit.changed_by, limit.changed_at = False, by, timezone.now()
    limit.save(update_fields=["is_active", "changed_by", "changed_at"])
    return limit


def _check_administers(by: User | None) -> None:
    if by is not None and not may_administer(by):
        raise NotAllowed(_("Only administrators change the rules of sign-off."))


def _held(by: User, code: str) -> SignoffRule:
    _check_administers(by)
    return SignoffRule.objects.select_for_update().get(code=code)


def _stamp(rule: SignoffRule, by: User) -> SignoffRule:
    rule.changed_by, rule.changed_at = by, timezone.now()
    rule.save()
    return rule


def _columns(draft: RuleDraft) -> dict[str, Any]:
    """What stands in the rule's own row. Raises Invalid."""
    _check_parties(draft.parties)
    _check_items(draft)
    if draft.department is not None and not draft.department.is_active:
        raise invalid("department", _("This department is no longer active."))
    amount, currency = None, ""
    if draft.amount is not None:
        currency = checked_currency(draft.currency)
        amount = checked_amount("amount", draft.amount, currency)
        if not amount:
            raise invalid("amount", _("Leave the amount empty, or give one above nothing."))
    elif draft.currency.strip():
        raise invalid("amount", _("Say how much."))
    return {
        "name": _line("name", draft.name, MAX_NAME),
        "translations": _words(draft.translations),
        "position": draft.position,
        "department": draft.department,
        "classes": [str(code) for code in draft.classes],
        "priorities": [str(code) for code in draft.priorities],
        "kinds": [str(code) for code in draft.kinds],
        "amount": amount,
        "currency": currency,
        "in_order": draft.in_order,
    }


def _check_parties(parties: Sequence[PartyDraft]) -> None:
    if not parties:
        raise invalid("parties", _("Name at least one party that signs."))
    if len(parties) > MOST_PARTIES:
        raise invalid("parties", _("A rule has at most %(limit)d parties.") % {"limit": MOST_PARTIES})
    seen = set()
    for party in parties:
        _line("parties", party.label, MAX_NAME)
        if party.role is not None and party.role not in SIGNING_ROLES:
            raise invalid("parties", _("“%(role)s” cannot be asked to sign.") % {"role": Role(party.role).label})
        if party.role is None and party.department is None:
            raise invalid("parties", _("Say of each party which role signs, in which department, or both."))
        if party.department is not None and not party.department.is_active:
            raise invalid("parties", _("This department is no longer active."))
        key = party.role, party.department.pk if party.department else None
        if key in seen:
            raise invalid("parties", _("Two parties are the same: “%(name)s”.") % {"name": party.label})
        seen.add(key)


def _check_items(draft: RuleDraft) -> None:
    if len(draft.checks) > MOST_CHECKS:
        raise invalid("checks", _("A checklist has at most %(limit)d items.") % {"limit": MOST_CHECKS})
    for check in draft.checks:
        _line("checks", check.text, MAX_CHECK)
        if check.party is not None and not 1 <= check.party <= len(draft.parties):
            raise invalid("checks", _("The rule has no party no. %(number)d.") % {"number": check.party})


def _line(name: str, text: str, limit: int) -> str:
    text = text.strip()
    if not text:
        raise invalid(name, _("This may not be empty."))
    if len(text) > limit:
        raise invalid(name, _("This has more than %(limit)d characters. Shorten it.") % {"limit": limit})
    return text


def _words(translations: Mapping[str, str]) -> dict[str, str]:
    return {language: words.strip() for language, words in translations.items() if words.strip()}


def _write_lists(rule: SignoffRule, draft: RuleDraft) -> None:
    parties = SignoffParty.objects.bulk_create(
        SignoffParty(
            rule=rule,
            position=position,
            label_text=party.label.strip(),
            translations=_words(party.translations),
            role=str(party.role or ""),
            department=party.department,
        )
        for position, party in enumerate(draft.parties, start=1)
    )
    SignoffCheck.objects.bulk_create(
        SignoffCheck(
            rule=rule,
            position=position,
            text=check.text.strip(),
            translations=_words(check.translations),
            party=parties[check.party - 1] if check.party else None,
        )
        for position, check in enumerate(draft.checks, start=1)
    )
