"""Which rungs are due now, which of them tell anybody, and when to look again. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from escalation.ladder.moments import Key, firing_times
from escalation.ladder.steps import Step
from escalation.replay import OPEN_STATES, ClockState, State


class Firing(NamedTuple):
    """One step to be fired now. `due_at` is its own moment (UTC), however late it is noticed."""

    step: Step
    repeat: int
    due_at: datetime
    notifies: bool

    @property
    def key(self) -> Key:
        """What the uniqueness of firings is about."""
        return self.step.number, self.repeat

    @property
    def missed(self) -> bool:
        """Whether a higher step fires together with it, so that this one is only recorded and done."""
        return not self.notifies


class Judgement(NamedTuple):
    """What a clock needs now, and when to look at it again: None if time alone will change nothing."""

    firings: tuple[Firing, ...]
    wake_at: datetime | None


def judge(*, steps: Sequence[Step], state: ClockState, fired: Collection[Key], now: datetime) -> Judgement:
    """Which steps are to fire by `now` and have not, in order, and the next moment at which anything happens.

    The passing of the deadline is such a moment also when no step stands there. `state` is the clock's state
    at `now`.
    """
    if state.state not in OPEN_STATES:
        return Judgement(firings=(), wake_at=None)
    moments = firing_times(
        steps,
        calendar=state.calendar,
        target=state.target,
        started_at=state.started_at,
        pauses=state.pauses,
        due_at=state.due_at,
        paused_at=state.paused_at,
        stops=state.stops,
        holds=state.holds,
        climbs_from=state.climbs_from,
    )
    by_number = {step.number: step for step in steps}
    waiting = [moment for moment in moments if moment.key not in fired] if fired else moments
    ripe = [moment for moment in waiting if moment.at <= now]
    firings = tuple(
        Firing(
            step=by_number[moment.step],
            repeat=moment.repeat,
            due_at=moment.at,
            notifies=moment.at == ripe[-1].at,
        )
        for moment in ripe
    )
    if state.state is State.PAUSED:
        return Judgement(firings=firings, wake_at=state.pause_ends_at)
    coming = [moment.at for moment in waiting[len(ripe) : len(ripe) + 1]]
    if state.due_at is not None and now < state.due_at:
        coming.append(state.due_at)
    return Judgement(firings=firings, wake_at=min(coming, default=None))
