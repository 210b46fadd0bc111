"""Clocks as pages, the API and commands show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from complaints.models import Complaint
from escalation import explanation, replay, targets
from escalation.instants import SECOND, to_micros
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, State
from escalation.selectors.ledgers import ledgers
from escalation.selectors.rulebook import calendar_rules, prepare, rule_of

OPEN_VALUES = sorted(OPEN_STATES)
ELAPSED_DAY_SECONDS = 24 * 3_600


@dataclass(frozen=True)
class NextClock:
    """The next promise of a complaint, for a chip in a list.

    `remaining` is what is left in seconds, negative when overdue: working seconds where the promise counts in
    working time. `ticking` is whether those seconds pass at this moment, `holds_for` how long, in seconds, that
    stays so. `day_seconds` is the length of a working day, or 24 hours where elapsed time counts.
    """

    clock: Clock
    remaining: float
    ticking: bool
    holds_for: float | None = None
    day_seconds: int = 0

    @property
    def paused(self) -> bool:
        """Whether the promise waits for the complainant."""
        return self.clock.state == State.PAUSED

    @property
    def kind_label(self) -> str:
        """Which promise, in the reader's words."""
        return str(ClockKind(self.clock.kind).label)


def next_clocks(complaints: Sequence[Complaint], *, now: datetime | None = None) -> dict[int, NextClock]:
    """The next promise of each complaint that has one, by complaint id: the earliest due, paused ones last.

    One query for a whole page.
    """
    now = now or timezone.now()
    rows = list(
        Clock.objects.filter(complaint_id__in=[complaint.pk for complaint in complaints], state__in=OPEN_VALUES)
    )
    prepare(
        policy_version_ids={row.policy_version_id for row in rows},
        calendar_version_ids={row.calendar_version_id for row in rows},
    )
    first: dict[int, Clock] = {}
    for row in rows:
        standing = first.get(row.complaint_id)
        if standing is None or _order(row) < _order(standing):
            first[row.complaint_id] = row
    return {complaint_id: shown(clock, now) for complaint_id, clock in first.items()}


def shown(clock: Clock, now: datetime) -> NextClock:
    """One open clock as a chip shows it."""
    if clock.due_at is None:
        return NextClock(clock, clock.remaining or 0.0, ticking=False)
    calendar = calendar_rules(clock.calendar_version_id)
    target = rule_of(clock.policy_version_id, clock.kind).target
    if target is None or not target.counts_working_time:
        return NextClock(clock, (clock.due_at - now).total_seconds(), ticking=True, day_seconds=ELAPSED_DAY_SECONDS)
    at, due = to_micros(now), to_micros(clock.due_at)
    left = targets.progress(calendar, target, at, due) or -targets.progress(calendar, target, due, at)
    return NextClock(
        clock,
        remaining=left / SECOND,
        ticking=calendar.is_working(now),
        holds_for=(calendar.next_change(now) - now).total_seconds(),
        day_seconds=calendar.usual_day_seconds,
    )


def clocks_of(complaint: Complaint) -> list[Clock]:
    """All clocks of a complaint with their versions: the present cycle first, then by what is due."""
    rows = complaint.clocks.select_related("policy_version__policy", "calendar_version__calendar")
    return _in_order(rows)


def clocks_of_many(complaints: Sequence[Complaint]) -> list[Clock]:
    """All clocks of a page of complaints, those of each in the order of `clocks_of`. One query."""
    return _in_order(Clock.objects.filter(complaint_id__in=[complaint.pk for complaint in complaints]))


def _in_order(clocks: Iterable[Clock]) -> list[Clock]:
    return sorted(clocks, key=lambda clock: (-clock.cycle, _order(clock)))


@dataclass(frozen=True)
class Explained:
    """A clock and how its deadline came about: every stretch of time that counted or did not."""

    clock: Clock
    state: replay.ClockState
    stretches: Sequence[explanation.Stretch]

    @property
    def lines(self) -> list[explanation.Line]:
        """The stretches in the reader's words."""
        return explanation.lines(self.stretches)


def explained(complaint: Complaint, *, now: datetime | None = None) -> list[Explained]:
    """Why each deadline of the complaint is what it is, from the ledgers."""
    rows = clocks_of(complaint)
    found = ledgers({clock.pk: clock.kind for clock in rows})
    states = [replay.replay(found[clock.pk], now=now or timezone.now()) for clock in rows]
    return [
        Explained(clock, state, explanation.explain_clock(state)) for clock, state in zip(rows, states, strict=True)
    ]


def _order(clock: Clock) -> tuple[bool, float, int]:
    """Deadlines in order, paused clocks after them."""
    return clock.due_at is None, clock.due_at.timestamp() if clock.due_at else 0.0, clock.pk
