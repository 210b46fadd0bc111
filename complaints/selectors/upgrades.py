"""Reads: what the record says of a complaint that is to be taken further, the earlier one that is looked for, and all
upgrades for the supervision desk.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet, TextChoices
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.text import query_terms
from complaints import permissions, signing
from complaints.aftercare import UNHAPPY
from complaints.classes import Kind
from complaints.lifecycle import OPEN, Status
from complaints.models import Complainant, Complaint, Decision, Message, Upgrade, UpgradeGround
from complaints.models.complainant import PHONE_TAIL, phone_tail
from complaints.selectors import inquiries, listed, signoff_needs, with_text
from complaints.selectors.promised import promises_made
from complaints.upgrading import Facts, asked_between
from complaints.vocabulary import Priority

ROUGHLY = timedelta(days=14)
"""How far from the day that somebody remembers a complaint is still looked for."""

MOST_FOUND = 20
MOST_COUNTED = 100
SHORTEST_NUMBER = 5
"""Fewer digits than this are no phone number."""


def facts_of(complaint: Complaint, at: datetime) -> Facts:
    """What the record of the complaint says at that moment, in a constant number of queries."""
    status = Status(complaint.status)
    amounts = _at_stake(complaint)
    rating = complaint.ratings.filter(cycle=complaint.cycle).first()
    follow_up = complaint.follow_ups.filter(cycle=complaint.cycle).order_by("-number").first()
    return Facts(
        received_at=complaint.received_at,
        is_open=complaint.is_open,
        declined=status == Status.DECLINED,
        answered_at=complaint.resolved_at,
        ended_at=complaint.closed_at,
        opened_again=complaint.cycle - 1,
        dissatisfied=(rating is not None and not rating.satisfied)
        or (follow_up is not None and follow_up.result in UNHAPPY),
        told_at=_told_at(complaint),
        promises=promises_made(complaint, at),
        amounts=amounts,
        is_held=complaint.holder_id is not None,
        decides=_decides(complaint, amounts),
        is_major=complaint.priority == Priority.MAJOR,
    )


def _told_at(complaint: Complaint) -> datetime | None:
    """When the complainant last heard from us."""
    replies = complaint.messages.filter(kind=Message.Kind.REPLY).order_by("-created_at")
    moments = [replies.values_list("created_at", flat=True).first(), complaint.acknowledged_at]
    return max((at for at in moments if at is not None), default=None)


def _at_stake(complaint: Complaint) -> dict[str, Decimal]:
    """The amount in each currency that is spoken of: stated in the inquiry, or the sum of what is planned or given,
    whichever is more.
    """
    remedies = complaint.remedies.prefetch_related("items")
    amounts = signing.totals(signoff_needs.facts(complaint, remedies, ()).remedies)
    stake = inquiries.stake_in(list(complaint.investigation.all()))
    if stake.amount is not None:
        amounts[stake.currency] = max(stake.amount, amounts.get(stake.currency, stake.amount))
    return {currency: amount for currency, amount in amounts.items() if amount}


def _decides(complaint: Complaint, amounts: Mapping[str, Decimal]) -> bool | None:
    """Whether whoever holds the complaint may decide about these amounts alone."""
    if complaint.holder is None or not amounts:
        return None
    limits = signoff_needs.limits()
    if not limits:
        return None
    roles = permissions.standing(complaint.holder).roles_in(complaint.department_id)
    return any(signing.suffices(role, amounts, limits) for role in roles)


@dataclass(frozen=True)
class Remembered:
    """What somebody knows of an earlier contact without its number."""

    phone: str = ""
    name: str = ""
    day: date | None = None
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing to look for: a day alone would find half the office's work."""
        return not (query_terms(self.name) or query_terms(self.words) or _tail(self.phone))


class By(TextChoices):
    """What a complaint that was looked for was found by."""

    PHONE = "phone", _("Phone")
    NAME = "name", _("Name")
    WORDS = "words", _("Words")
    DAY = "day", _("Time")


@dataclass(frozen=True)
class Candidate:
    """A complaint that may be the one meant, and what speaks for it."""

    complaint: Complaint
    found_by: Sequence[By]

    @property
    def reasons(self) -> list[str]:
        """What speaks for it, in the reader's words."""
        return [str(by.label) for by in self.found_by]


def candidates(user: User, remembered: Remembered, *, besides: Complaint | None = None) -> list[Candidate]:
    """Complaints that the reader may see and that fit what somebody remembers, those for which most speaks first.

    Any of phone, name and words finds one; the time only tells those found apart. Four queries at most.
    """
    seen = permissions.visible_to(user)
    if besides is not None:
        seen = seen.exclude(pk=besides.pk)
    found: dict[int, list[By]] = defaultdict(list)
    rows: dict[int, Complaint] = {}
    for by, fitting in _searches(seen, remembered):
        for complaint in listed(fitting).order_by("-received_at", "-id")[:MOST_FOUND]:
            rows[complaint.pk] = complaint
            found[complaint.pk].append(by)
    for pk, complaint in rows.items():
        if remembered.day is not None and _is_near(complaint, remembered.day):
            found[pk].append(By.DAY)
    ranked = sorted(rows.values(), key=lambda one: (len(found[one.pk]), one.received_at), reverse=True)
    return [Candidate(complaint, found[complaint.pk]) for complaint in ranked[:MOST_FOUND]]


def _searches(seen: QuerySet[Complaint], remembered: Remembered) -> Iterator[tuple[By, QuerySet[Complaint]]]:
    if tail := _tail(remembered.phone):
        yield By.PHONE, with_phone(seen, tail)
    if query_terms(remembered.name):
        yield By.NAME, with_text(seen, remembered.name)
    if query_terms(remembered.words):
        yield By.WORDS, with_text(seen, remembered.words)


def with_phone(complaints: QuerySet[Complaint], phone: str) -> QuerySet[Complaint]:
    """Those whose complainant has this phone number, however it is written."""
    people = Complainant.objects.alias(tail=phone_tail("phone")).exclude(phone="").filter(tail=_tail(phone))
    return complaints.filter(complainant__in=people)


def _tail(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign in "0123456789")
    return digits[-PHONE_TAIL:] if len(digits) >= SHORTEST_NUMBER else ""


def _is_near(complaint: Complaint, day: date) -> bool:
    start = timezone.make_aware(datetime.combine(day, time.min))
    earliest, latest = asked_between(start, margin=ROUGHLY)
    return any(at is not None and earliest <= at < latest for at in (complaint.received_at, complaint.occurred_at))


def contacts_of(complaint: Complaint, at: datetime) -> int:
    """How often this person has turned to the office in the time that the rule of repeated contacts looks at: their
    open complaints that are not restricted, this one included, and what they wrote about it since our last answer.
    """
    since = _counted_since(at)
    counting = Q(restriction="", status__in=sorted(OPEN), received_at__gte=since)
    theirs = Complaint.objects.filter(Q(pk=complaint.pk) | (_same_person(complaint) & counting))
    heard = complaint.messages.filter(kind=Message.Kind.HEARD, created_at__gte=since)
    if (told_at := _told_at(complaint)) is not None:
        heard = heard.filter(created_at__gt=told_at)
    return letters(theirs.order_by().values("pk")[:MOST_COUNTED]) + heard[:MOST_COUNTED].count()


def letters(complaints: Collection[int] | QuerySet[Complaint, Any]) -> int:
    """How many times somebody wrote to bring about these complaints (their ids): what the office split off a letter
    counts as that letter. One query.
    """
    origins = (
        Complaint.objects.filter(pk__in=complaints).order_by().values_list(Coalesce("came_from__complaint", "pk"))
    )
    return origins.distinct().count()


def is_noticed(complaint: Complaint, at: datetime) -> bool:
    """Whether the rule of repeated contacts has already spoken about another complaint of this person of late."""
    others = Complaint.objects.filter(_same_person(complaint), restriction="").exclude(pk=complaint.pk)
    proposed = Decision.objects.filter(
        complaint__in=others, decided_by__isnull=True, demanded=False, class_kind=Kind.UNRESOLVED
    )
    return proposed.filter(decided_at__gte=_counted_since(at)).exists()


def _counted_since(at: datetime) -> datetime:
    return at - timedelta(days=settings.REPEAT_CONTACT_DAYS)


def _same_person(complaint: Complaint) -> Q:
    """The complaints of whoever has the same e-mail address or phone number."""
    person, same = complaint.complainant, Q(pk=complaint.pk)
    if person.email:
        same |= Q(complainant__in=Complainant.objects.filter(email__iexact=person.email))
    if tail := _tail(person.phone):
        people = Complainant.objects.alias(tail=phone_tail("phone")).exclude(phone="").filter(tail=tail)
        same |= Q(complainant__in=people)
    return same


def is_taken_further(complaint: Complaint) -> bool:
    """Whether an upgrade takes the complaint further as it stands in its present cycle."""
    return Upgrade.objects.filter(earlier=complaint, earlier_cycle=complaint.cycle).exists()


def upgrade_of(complaint: Complaint) -> Upgrade | None:
    """The complaint as an upgrade, with its grounds; None if it is none. Two queries at most."""
    return with_all(Upgrade.objects.filter(complaint=complaint)).first()


def taken_further(user: User, complaint: Complaint) -> list[Complaint]:
    """The upgrades that take this complaint further, as far as the reader may see them; the first one first."""
    seen = permissions.visible_to(user).filter(upgrade__earlier=complaint)
    return list(seen.only("reference", "status").order_by("registered_at"))


def going_further(complaint: Complaint) -> list[int]:
    """The open ones among those."""
    found = all_going_further(complaint)
    return list(Complaint.objects.filter(pk__in=found, status__in=sorted(OPEN)).values_list("pk", flat=True))


def all_going_further(complaint: Complaint) -> list[int]:
    """The complaints that take this one further, or one that does; whether anybody may see them is not asked."""
    found: list[int] = []
    level = [complaint.pk]
    while level:
        level = list(Complaint.objects.filter(earlier__in=level).exclude(pk__in=found).values_list("pk", flat=True))
        found += level
    return found


def with_all(upgrades: QuerySet[Upgrade]) -> QuerySet[Upgrade]:
    """With everything that is shown of them, in a constant number of queries."""
    return upgrades.select_related(
        "complaint__complainant", "complaint__department", "complaint__holder", "earlier"
    ).prefetch_related(Prefetch("grounds", UpgradeGround.objects.order_by("id")))


def supervised(user: User) -> QuerySet[Upgrade]:
    """All upgrades that this person sees, for the supervision desk. (M41: S2-61.)"""
    return with_all(Upgrade.objects.filter(complaint__in=permissions.visible_to(user)))
