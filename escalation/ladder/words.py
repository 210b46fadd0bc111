"""A ladder in the reader's language. Pure."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from common.moments import span
from escalation.ladder.steps import DEADLINE, HOLDER, NEXT_TIER, Effects, Step


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
