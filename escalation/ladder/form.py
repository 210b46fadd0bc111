"""The JSON form of a ladder, read with the path of whatever is wrong, and written. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts.roles import TOP_TIER
from escalation.documents import Fields
from escalation.errors import BadLadder
from escalation.ladder.steps import (
    DEADLINE,
    MOST_REPEATS,
    MOST_STEPS,
    NEXT_TIER,
    NOTIFIABLE,
    SHORTEST_REPEAT_HOURS,
    Effects,
    Repeat,
    Step,
)
from escalation.targets import MOST_HOURS


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
        if isinstance(value, str) and "e" in text.lower():  # 1e9999999 is ten million digits
            raise ValueError
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
