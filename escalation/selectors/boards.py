"""The escalation board 升級看板: open complaints by tier, in the order in which the climb moves them. (ui.md.)

What it costs follows what is shown, not what is open: each column reads its first cards by the index of wake-ups.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import FIRST_TIER, TIER_HOLDERS
from common import paging
from complaints import selectors as complaint_selectors
from complaints.models import Complaint
from escalation import ladder, replay
from escalation.errors import BadLedger
from escalation.ladder import Step
from escalation.models import Clock, Firing, Tier
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, ClockState, State
from escalation.selectors.clocks import NextClock, next_clocks
from escalation.selectors.ledgers import fired_keys, ledgers, round_of
from escalation.selectors.rulebook import prepare, rule_of
from escalation.selectors.takeovers import takeable

log = logging.getLogger(__name__)

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
            return _("; ").join(dict.fromkeys(ladder.describe_effects(step) for step in self.steps))
        if self.ends_pause:
            return _("the pause ends, time runs again")
        return _("the deadline passes: %(promise)s") % {"promise": ClockKind(self.kind).label}


@dataclass(frozen=True)
class Card:
    """One complaint on the board. `since` is when it was raised to its tier, on the first one when it was received;
    None for one that began further up. `rests_until` is when its climb goes on.
    """

    complaint: Complaint
    next: NextClock | None
    coming: Coming | None
    since: datetime | None
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
    tiers = _tiers()
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


def _tiers() -> list[Tier]:
    """Every rung of the ladder; one that the office has taken out of its table goes by the role that holds it."""
    kept = {tier.number: tier for tier in Tier.objects.all()}
    return [
        kept.get(number) or Tier(number=number, name=str(role.label), role=role)
        for number, role in TIER_HOLDERS.items()
    ]


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


@dataclass(frozen=True)
class _Running:
    """An open clock, what its ledger says, and which steps of its present ladder have fired."""

    clock: Clock
    state: ClockState
    fired: Collection[ladder.Key]

    def coming(self, now: datetime) -> Coming | None:
        """What time alone does to it next: the ladder is asked now, and again for the moment it names."""
        judgement = self._judged(now)
        if judgement.firings:  # ripe: the next sweep does them, and the highest is what counts
            highest = tuple(firing.step for firing in judgement.firings if firing.notifies)
            return Coming(judgement.firings[0].due_at, self.clock.kind, highest)
        if judgement.wake_at is None:
            return None
        steps = tuple(firing.step for firing in self._judged(judgement.wake_at).firings)
        return Coming(judgement.wake_at, self.clock.kind, steps, ends_pause=self.state.state is State.PAUSED)

    def _judged(self, at: datetime) -> ladder.Judgement:
        steps = rule_of(self.clock.policy_version_id, self.clock.kind).steps
        return ladder.judge(steps=steps, state=self.state, fired=self.fired, now=at)


def _running(ids: Collection[int], now: datetime) -> dict[int, list[_Running]]:
    """The open clocks of each complaint. One whose ledger cannot be read is left to the page of the engine."""
    clocks = list(Clock.objects.filter(complaint_id__in=ids, state__in=OPEN_VALUES).order_by("pk"))
    prepare(policy_version_ids={clock.policy_version_id for clock in clocks})
    found = ledgers({clock.pk: clock.kind for clock in clocks})
    fired = fired_keys([clock.pk for clock in clocks])
    running: dict[int, list[_Running]] = defaultdict(list)
    for clock in clocks:
        try:
            state = replay.replay(found.get(clock.pk, ()), now=now)
        except BadLedger:
            log.exception("the ledger of clock %d cannot be read", clock.pk)
            continue
        present = round_of(found[clock.pk])
        done = {key[1:] for key in fired.get(clock.pk, ()) if key[0] == present}
        running[clock.complaint_id].append(_Running(clock, state, done))
    return running


def _cards(user: User, ids: Collection[int], now: datetime) -> dict[int, Card]:
    """The cards of these complaints, in a constant number of queries."""
    complaints = list(complaint_selectors.listed(Complaint.objects.filter(pk__in=ids)))
    running = _running(ids, now)
    rests = {pk: until for pk in ids if (until := _rests_until(running[pk], now)) is not None}
    kinds = {pk: {one.clock.kind for one in running[pk]} for pk in ids}
    may = takeable(user, complaints, open_kinds=kinds, rests=rests)
    chips = next_clocks(complaints, now=now)
    raised = _raised_at(ids)
    return {
        complaint.pk: Card(
            complaint=complaint,
            next=chips.get(complaint.pk),
            coming=_first(one.coming(now) for one in running[complaint.pk]),
            since=complaint.received_at if complaint.tier == FIRST_TIER else raised.get(complaint.pk),
            rests_until=rests.get(complaint.pk),
            may_take_over=complaint.pk in may,
            paused=bool(running[complaint.pk])
            and all(one.state.state is State.PAUSED for one in running[complaint.pk]),
        )
        for complaint in complaints
    }


def _first(found: Iterable[Coming | None]) -> Coming | None:
    """The one that comes first; of several at the same moment one that does something."""
    return min(
        (coming for coming in found if coming is not None),
        key=lambda coming: (coming.at, not coming.steps),
        default=None,
    )


def _rests_until(running: Iterable[_Running], now: datetime) -> datetime | None:
    return max((until for one in running for _taken, until in one.state.holds if until > now), default=None)


def _raised_at(ids: Collection[int]) -> Mapping[int, datetime]:
    """When each complaint was last raised by a tier."""
    raised = Firing.objects.filter(clock__complaint_id__in=ids, tier_after__gt=F("tier_before")).order_by()
    return dict(raised.values_list("clock__complaint_id").annotate(Max("fired_at")))
