"""The ladder of a clock: which steps are due, and what they do. Pure. (Design section 4, "Ladder".)

A step stands at a fraction of the unpaused time to the deadline, at the deadline, or some working hours after
it; the last two may repeat. Each firing is one (step, repeat): repeat 0 is the step itself, 1 to m its
repetitions.

What decides the hard cases:
- After an outage every missed step fires, each dated at its own moment, but only the highest notifies; the
  others are `missed`. Steps that stand at the very same moment are one rung: they notify together.
- While a clock is paused nothing fires that lies after the beginning of the pause.
- A clock that was met or cancelled fires nothing any more, not even a step whose moment passed unnoticed
  before: raising a case that has been answered helps nobody. That it was late remains a fact of the clock.
- A pause that begins after the deadline does not stop the climb, just as it does not move the deadline.
- The time in which a clock had ended, before it was reopened, counts for no step after the deadline.
- While somebody has taken the complaint over, the climb rests: a step whose moment falls into that time waits for its
  end, and none of it counts for the steps after the deadline. Then silence climbs on.
- A clock that was moved to another version of its policy together with many others has passed the steps on the way
  that lie before the move: nobody is told a second time. The deadline and what follows it are never passed over.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import TOP_TIER, Role
from common.moments import span
from escalation import targets
from escalation.calendars import Calendar
from escalation.documents import Fields
from escalation.errors import BadLadder
from escalation.replay import OPEN_STATES, ClockState, State
from escalation.targets import MOST_HOURS, Pause, Target

HOLDER = "holder"
"""In `notify`: whoever holds the complaint when the step fires, after any assignment by the same step."""

NOTIFIABLE: tuple[str, ...] = (HOLDER, *Role.values)
DEADLINE = Fraction(1)
NEXT_TIER = 0
"""In `raise_to_tier`, written "next" in JSON: one tier up, to the top at most."""
MOST_STEPS = 30
MOST_REPEATS = 100
SHORTEST_REPEAT_HOURS = 1 / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a step does when it fires; several at once are done in the order of the fields.

    `raise_to_tier` never lowers a tier; NEXT_TIER is the one above whichever the complaint is on. `assign` hands the
    complaint to whoever holds its tier now. `propose_upgrade` proposes the class “upgrade” to a senior person. `refer`
    prepares the referral to the external body. `notify` names the holder or roles.
    """

    raise_to_tier: int | None = None
    assign: bool = False
    raise_priority: bool = False
    propose_upgrade: bool = False
    refer: bool = False
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A step fires again every so many working hours, up to `times` times more."""

    every_working_hours: int | float
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung. `after_working_hours` counts from the deadline and is only there when `at` is the
    deadline. What an urgent step has to say leaves at once, out of hours to the duty officer; the rest waits for the
    working hours of whoever reads it.
    """

    number: int
    at: Fraction = DEADLINE
    after_working_hours: int | float = 0
    repeat: Repeat | None = None
    effects: Effects = field(default_factory=Effects)
    urgent: bool = False

    @property
    def order(self) -> tuple[Fraction, int | float]:
        """Sorts steps in the order in which their moments come."""
        return self.at, self.after_working_hours


Key = tuple[int, int]
"""(step, repeat): what must fire once in a cycle of a clock."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Moment:
    """When one step, or one of its repetitions, is to fire (UTC)."""

    at: datetime
    step: int
    repeat: int

    @property
    def key(self) -> Key:
        """What the uniqueness of firings is about."""
        return self.step, self.repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
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
    waiting = [moment for moment in moments if moment.key not in fired]
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


def firing_times(
    steps: Sequence[Step],
    *,
    calendar: Calendar,
    target: Target,
    started_at: datetime,
    pauses: Sequence[Pause],
    due_at: datetime | None,
    paused_at: datetime | None = None,
    stops: Sequence[Pause] = (),
    holds: Sequence[Pause] = (),
    climbs_from: datetime | None = None,
) -> list[Moment]:
    """When each step and repetition is to fire, in order. `stops` are the times in which the clock had ended, `holds`
    those for which somebody had taken the complaint over. Steps on the way up to `climbs_from` have been passed.

    With `due_at` None (a pause is open since `paused_at`) only the steps before the pause have a moment.
    """
    before = [step for step in steps if step.at < DEADLINE]
    on_the_way = targets.points(calendar, target, started_at, pauses, [step.at for step in before]) if before else []
    moments = [
        Moment(at=_rested(at, holds), step=step.number, repeat=0)
        for step, at in zip(before, on_the_way, strict=True)
        if due_at is not None or paused_at is None or at <= paused_at
    ]
    if climbs_from is not None:
        moments = [moment for moment in moments if moment.at > climbs_from]
    if due_at is not None:
        for step in steps:
            if step.at == DEADLINE:
                moments.extend(_from_deadline(step, calendar, due_at, stops, holds))
    return sorted(moments)


def _rested(at: datetime, holds: Sequence[Pause]) -> datetime:
    """The moment, or the end of the hold it falls into."""
    for taken, until in holds:
        if taken <= at < until:
            at = until
    return at


def _from_deadline(
    step: Step, calendar: Calendar, due_at: datetime, stops: Sequence[Pause], holds: Sequence[Pause]
) -> Iterator[Moment]:
    every, times = (step.repeat.every_working_hours, step.repeat.times) if step.repeat else (0, 0)
    for repeat in range(times + 1):
        seconds = (step.after_working_hours + repeat * every) * 3600
        at = targets.after(calendar, due_at, seconds)
        for ended, reopened in stops:
            if due_at <= ended < at:
                at = calendar.advance(reopened, calendar.measure(ended, at))
        rested_until = due_at
        for taken, until in holds:
            begin = max(taken, rested_until)
            if begin < until and (begin < at or taken <= at < until):
                at = calendar.advance(until, calendar.measure(begin, at))
                rested_until = until
        yield Moment(at=at, step=step.number, repeat=repeat)


# --- in words -----------------------------------------------------------------------------------------------


def describe(steps: Sequence[Step]) -> str:
    """The whole ladder as one line, in the reader's language."""
    return " → ".join(describe_step(step) for step in steps)


def describe_step(step: Step) -> str:
    """When a step fires and what it does: "at the deadline: raise to tier 2, hand to whoever holds that
    tier".
    """
    words = {"when": _when(step), "effects": describe_effects(step)}
    if step.repeat is None:
        # Translators: a step of the ladder, such as "at the deadline: raise to tier 2, tell the holder".
        return _("%(when)s: %(effects)s") % words
    words["every"] = span(step.repeat.every_working_hours * 3600)
    again = ngettext(
        "%(when)s: %(effects)s; once more after %(every)s of working time",
        "%(when)s: %(effects)s; again every %(every)s of working time, %(times)d times",
        step.repeat.times,
    )
    return again % {**words, "times": step.repeat.times}


def describe_effects(step: Step) -> str:
    """What a step does, whenever it does: "raise to tier 2, hand to whoever holds that tier"."""
    effects = list(_effects_in_words(step.effects))
    if step.urgent and step.effects.notify:
        effects.append(_("at once, also out of hours"))
    return _listed(effects)


def _when(step: Step) -> str:
    if step.after_working_hours:
        return _("%(length)s of working time after the deadline") % {"length": span(step.after_working_hours * 3600)}
    if step.at == DEADLINE:
        return _("at the deadline")
    return _("after %(part)s of the time") % {"part": f"{float(step.at * 100):.4g} %"}


def _effects_in_words(effects: Effects) -> Iterator[str]:
    if effects.raise_to_tier == NEXT_TIER:
        yield _("raise to the next tier")
    elif effects.raise_to_tier is not None:
        yield _("raise to tier %(tier)d") % {"tier": effects.raise_to_tier}
    if effects.assign:
        yield _("hand to whoever holds that tier")
    if effects.raise_priority:
        yield _("raise the priority")
    if effects.propose_upgrade:
        yield _("propose the class “upgrade”")
    if effects.refer:
        yield _("prepare the referral to the external body")
    if effects.notify:
        names = [_("the person in charge") if name == HOLDER else str(Role(name).label) for name in effects.notify]
        yield _("notify %(names)s") % {"names": _listed(names)}


def _listed(words: Sequence[str]) -> str:
    line = words[0]
    for word in words[1:]:
        # Translators: joins the members of a list; Chinese puts 、 between them.
        line = _("%(before)s, %(next)s") % {"before": line, "next": word}
    return line


# --- the JSON form ------------------------------------------------------------------------------------------


def steps_from_json(document: Any, *, path: str = "") -> tuple[Step, ...]:
    """Read a list of steps, lying at `path` of a larger document, in the order in which they come.

    A step is `{number, at, after_working_hours, repeat: {every_working_hours, times}, urgent, effects:
    {raise_to_tier, assign, raise_priority, propose_upgrade, refer, notify}}`; `at` is "deadline" (the default), "80%"
    or "4/5"; `raise_to_tier` is a number or "next".
    Without `number` steps count from 1. Raises BadLadder, which names the field.
    """
    if not isinstance(document, list) or len(document) > MOST_STEPS:
        raise BadLadder(
            path or _("ladder"), _("This must be a list of at most %(most)d steps.") % {"most": MOST_STEPS}
        )
    steps: list[Step] = []
    for place, form in enumerate(document):
        step = _step(form, f"{path}[{place}]", default_number=place + 1)
        _check_order(step, steps, f"{path}[{place}]")
        steps.append(step)
    return tuple(steps)


def steps_to_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The JSON form, which `steps_from_json` reads back to equal steps."""
    return [_step_to_json(step) for step in steps]


def _step(form: Any, path: str, *, default_number: int) -> Step:
    fields = Fields(form, path, BadLadder)
    number = fields.whole("number", least=1, most=1000, default=default_number)
    at = _fraction(fields.get("at", "deadline"), fields.field("at"))
    hours: int | float = 0
    if fields.get("after_working_hours", 0) != 0:
        hours = fields.number("after_working_hours", above=0, most=MOST_HOURS)
        if at != DEADLINE:
            raise BadLadder(
                fields.field("after_working_hours"),
                _("This counts from the deadline; leave out “at”, or leave this out."),
            )
    repeat = None
    if (again := fields.get("repeat")) is not None:
        if at != DEADLINE:
            raise BadLadder(fields.field("repeat"), _("Only a step at or after the deadline can repeat."))
        repeat = _repeat(again, fields.field("repeat"))
    effects = _effects(fields.required("effects"), fields.field("effects"))
    urgent = fields.boolean("urgent", default=False)
    fields.finish()
    return Step(number=number, at=at, after_working_hours=hours, repeat=repeat, effects=effects, urgent=urgent)


def _fraction(value: Any, path: str) -> Fraction:
    """ "deadline", "80%", "4/5" or a number such as 0.8, as a fraction above 0 and up to 1."""
    if value == "deadline":
        return DEADLINE
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 20:
            raise ValueError
        text = str(value).strip()
        part = Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)
        if not 0 < part <= 1:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise BadLadder(
            path,
            _("Write “deadline”, or a part of the time above 0 and up to 1, for example “4/5” or 0.8."),
        ) from None
    return part


def _repeat(form: Any, path: str) -> Repeat:
    fields = Fields(form, path, BadLadder)
    every = fields.number("every_working_hours", above=0, most=MOST_HOURS)
    if every < SHORTEST_REPEAT_HOURS:
        raise BadLadder(fields.field("every_working_hours"), _("Repeating more often than every minute helps nobody."))
    times = fields.whole("times", least=1, most=MOST_REPEATS)
    fields.finish()
    return Repeat(every_working_hours=every, times=times)


def _effects(form: Any, path: str) -> Effects:
    fields = Fields(form, path, BadLadder)
    tier = None
    if fields.get("raise_to_tier") == "next":
        tier = NEXT_TIER
    elif fields.get("raise_to_tier") is not None:
        tier = fields.whole("raise_to_tier", least=2, most=TOP_TIER)
    notify = fields.get("notify", [])
    if not isinstance(notify, list) or any(name not in NOTIFIABLE for name in notify):
        raise BadLadder(
            fields.field("notify"),
            _("This must be a list with any of: %(names)s.") % {"names": ", ".join(NOTIFIABLE)},
        )
    if len(set(notify)) != len(notify):
        raise BadLadder(fields.field("notify"), _("Somebody is named twice; name each once."))
    effects = Effects(
        raise_to_tier=tier,
        assign=fields.boolean("assign", default=False),
        raise_priority=fields.boolean("raise_priority", default=False),
        propose_upgrade=fields.boolean("propose_upgrade", default=False),
        refer=fields.boolean("refer", default=False),
        notify=tuple(notify),
    )
    fields.finish()
    if effects == Effects():
        raise BadLadder(path, _("The step does nothing; let it raise the tier, assign, raise the priority or notify."))
    return effects


def _check_order(step: Step, steps: Sequence[Step], path: str) -> None:
    """Steps stand in the order of their moments, and no step sends a complaint down again."""
    if not steps:
        return
    above = steps[-1]
    if step.number <= above.number:
        raise BadLadder(f"{path}.number", _("The numbers of the steps must go up from one step to the next."))
    if step.order < above.order:
        raise BadLadder(path, _("This step comes before the one above it in time; put the steps in order of time."))
    highest = max((earlier.effects.raise_to_tier or 1 for earlier in steps), default=1)
    if step.effects.raise_to_tier and step.effects.raise_to_tier < highest:
        raise BadLadder(
            f"{path}.effects.raise_to_tier",
            _("An earlier step already raises to tier %(tier)d; a ladder only leads up.") % {"tier": highest},
        )


def _step_to_json(step: Step) -> dict[str, Any]:
    form: dict[str, Any] = {"number": step.number}
    if step.after_working_hours:
        form["after_working_hours"] = step.after_working_hours
    else:
        form["at"] = "deadline" if step.at == DEADLINE else f"{step.at.numerator}/{step.at.denominator}"
    if step.repeat is not None:
        form["repeat"] = {
            "every_working_hours": step.repeat.every_working_hours,
            "times": step.repeat.times,
        }
    effects: dict[str, Any] = {}
    if step.effects.raise_to_tier is not None:
        effects["raise_to_tier"] = "next" if step.effects.raise_to_tier == NEXT_TIER else step.effects.raise_to_tier
    if step.effects.assign:
        effects["assign"] = True
    if step.effects.raise_priority:
        effects["raise_priority"] = True
    if step.effects.propose_upgrade:
        effects["propose_upgrade"] = True
    if step.effects.refer:
        effects["refer"] = True
    if step.effects.notify:
        effects["notify"] = list(step.effects.notify)
    form["effects"] = effects
    if step.urgent:
        form["urgent"] = True
    return form
