"""The escalation board 升級看板: open complaints by tier, in the order in which the climb moves them. (ui.md.)

What it costs follows what is shown, not what is open: each column reads its first cards by the index of wake-ups.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import paging
from complaints import selectors as complaint_selectors
from complaints.models import Complaint
from escalation import ladder, replay
from escalation.ladder import Step
from escalation.models import Clock, Firing, Tier
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, ClockState, State
from escalation.selectors.clocks import NextClock, next_clocks
from escalation.selectors.ledgers import fired_keys, ledgers, round_of
from escalation.selectors.rulebook import prepare, rule_of
from escalation.selectors.takeovers import takeable

CARDS = 10
"""So many cards a column; the rest are found in the list."""

SOON = timedelta(hours=1)
MOST_SOON = 8

OPEN_VALUES = sorted(OPEN_STATES)


@dataclass(frozen=True)
class Coming:
    """What happens to a complaint next if nobody does anything, and when (UTC): steps of a ladder, or without any the
    deadline passes, or a pause ends.
    """

    at: datetime
    kind: str
    steps: tuple[Step, ...] = ()
    ends_pause: bool = False

    @property
    def words(self) -> str:
        """In the reader's language: "raise to tier 3, hand to whoever holds that tier"."""
        if self.steps:
            return "; ".join(dict.fromkeys(ladder.describe_effects(step) for step in self.steps))
        if self.ends_pause:
            return _("the pause ends, time runs again")
        return _("the deadline passes: %(promise)s") % {"promise": ClockKind(self.kind).label}


@dataclass(frozen=True)
class Card:
    """One complaint on the board. `since` is when it came to its tier, `rests_until` when its climb goes on."""

    complaint: Complaint
    next: NextClock | None
    coming: Coming | None
    since: datetime
    rests_until: datetime | None
    may_take_over: bool
    paused: bool
    """Whether no deadline of it runs because all of them are paused."""


@dataclass(frozen=True)
class Column:
    """One tier, with as many cards as there is room for."""

    tier: Tier
    cards: Sequence[Card]
    total: paging.Total

    @property
    def shows_all(self) -> bool:
        """Whether there is no complaint on this tier beyond the cards."""
        return self.total.rows <= len(self.cards)


@dataclass(frozen=True)
class Board:
    """The tiers, and above them what the climb will do within the hour, of whatever tier."""

    columns: Sequence[Column]
    soon: Sequence[Card]
    soon_shows_all: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is no card at all."""
        return not any(column.cards for column in self.columns)


def board(user: User, complaints: QuerySet[Complaint], *, now: datetime, cards: int = CARDS) -> Board:
    """The board of these open complaints, which the caller found through `visible_to`. The number of queries does not
    depend on how many there are.
    """
    tiers = list(Tier.objects.all())
    places = {tier.number: _of_tier(complaints.filter(tier=tier.number), cards) for tier in tiers}
    soon = _moving(complaints, MOST_SOON + 1, until=now + SOON)
    shown = _cards(user, {pk for ids in (*places.values(), soon) for pk in ids}, now)
    return Board(
        columns=[
            Column(
                tier,
                [shown[pk] for pk in places[tier.number]],
                paging.total(complaints.filter(tier=tier.number)),
            )
            for tier in tiers
        ],
        soon=[shown[pk] for pk in soon[:MOST_SOON]],
        soon_shows_all=len(soon) <= MOST_SOON,
    )


def _of_tier(complaints: QuerySet[Complaint], size: int) -> list[int]:
    """The complaints that move next, and if there is room after them those that time alone does not move."""
    moving = _moving(complaints, size)
    if len(moving) >= size:
        return moving
    waking = Clock.objects.filter(complaint_id=OuterRef("pk"), wake_at__isnull=False)
    still = complaints.exclude(Exists(waking)).order_by(F("due_at").asc(nulls_last=True), "id")
    return moving + list(still.values_list("pk", flat=True)[: size - len(moving)])


def _moving(complaints: QuerySet[Complaint], size: int, *, until: datetime | None = None) -> list[int]:
    """The complaints in the order in which a clock of theirs wakes next. Walks the index of wake-ups."""
    waking = Clock.objects.filter(wake_at__isnull=False)
    sooner = waking.filter(complaint_id=OuterRef("complaint_id")).filter(
        Q(wake_at__lt=OuterRef("wake_at")) | Q(wake_at=OuterRef("wake_at"), id__lt=OuterRef("id"))
    )
    first = waking.filter(complaint__in=complaints.values("pk")).exclude(Exists(sooner))
    if until is not None:
        first = first.filter(wake_at__lte=until)
    return list(first.order_by("wake_at", "id").values_list("complaint_id", flat=True)[:size])


def _cards(user: User, ids: Collection[int], now: datetime) -> dict[int, Card]:
    """The cards of these complaints, in a constant number of queries."""
    complaints = list(complaint_selectors.listed(Complaint.objects.filter(pk__in=ids)))
    clocks = list(Clock.objects.filter(complaint_id__in=ids, state__in=OPEN_VALUES).order_by("pk"))
    prepare(policy_version_ids={clock.policy_version_id for clock in clocks})
    found = ledgers({clock.pk: clock.kind for clock in clocks})
    fired = fired_keys([clock.pk for clock in clocks])
    states = {clock.pk: replay.replay(found[clock.pk], now=now) for clock in clocks}
    of_each: dict[int, list[Clock]] = defaultdict(list)
    for clock in clocks:
        of_each[clock.complaint_id].append(clock)
    rests = {
        pk: until for pk, theirs in of_each.items() if (until := _rests_until([states[c.pk] for c in theirs], now))
    }
    coming = {
        pk: _first(
            _coming(clock, states[clock.pk], round_of(found[clock.pk]), fired.get(clock.pk, ()), now)
            for clock in theirs
        )
        for pk, theirs in of_each.items()
    }
    kinds = {pk: {clock.kind for clock in theirs} for pk, theirs in of_each.items()}
    may = takeable(user, complaints, open_kinds=kinds, rests=rests)
    chips = next_clocks(complaints, now=now)
    raised = _raised_at(ids)
    return {
        complaint.pk: Card(
            complaint=complaint,
            next=chips.get(complaint.pk),
            coming=coming.get(complaint.pk),
            since=raised.get(complaint.pk, complaint.received_at),
            rests_until=rests.get(complaint.pk),
            may_take_over=complaint.pk in may,
            paused=bool(of_each[complaint.pk])
            and all(states[clock.pk].state is State.PAUSED for clock in of_each[complaint.pk]),
        )
        for complaint in complaints
    }


def _coming(
    clock: Clock, state: ClockState, round_: int, fired: Iterable[tuple[int, int, int]], now: datetime
) -> Coming | None:
    """What time alone does to this clock next: the ladder is asked now, and again for the moment it names."""
    steps = rule_of(clock.policy_version_id, clock.kind).steps
    done = {key[1:] for key in fired if key[0] == round_}
    judgement = ladder.judge(steps=steps, state=state, fired=done, now=now)
    if judgement.firings:  # ripe: the next sweep does it
        return Coming(judgement.firings[-1].due_at, clock.kind, tuple(firing.step for firing in judgement.firings))
    if judgement.wake_at is None:
        return None
    then = ladder.judge(steps=steps, state=state, fired=done, now=judgement.wake_at)
    return Coming(
        judgement.wake_at,
        clock.kind,
        tuple(firing.step for firing in then.firings),
        ends_pause=state.state is State.PAUSED,
    )


def _first(found: Iterable[Coming | None]) -> Coming | None:
    """The one that comes first; of several at the same moment one that does something."""
    return min(
        (coming for coming in found if coming is not None),
        key=lambda coming: (coming.at, not coming.steps),
        default=None,
    )


def _rests_until(states: Iterable[ClockState], now: datetime) -> datetime | None:
    return max((until for state in states for _taken, until in state.holds if until > now), default=None)


def _raised_at(ids: Collection[int]) -> Mapping[int, datetime]:
    """When each complaint was last raised by a tier."""
    raised = Firing.objects.filter(clock__complaint_id__in=ids, tier_after__gt=F("tier_before")).order_by()
    return dict(raised.values_list("clock__complaint_id").annotate(Max("fired_at")))
