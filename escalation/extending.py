"""Putting a deadline off: what a policy allows, and what becomes of a request. Pure. (Design section 4, "Extension".)

More time is asked for before the deadline, of somebody else, for a coded reason, so often and so much at a time as the
policy says. A statutory deadline is put off only where the policy names extensions for it. (The complainant is told,
with a reason: 北京市接诉即办工作条例 15.)
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.errors import invalid
from escalation import amounts
from escalation.errors import ClockEnded, DeadlinePassed, NotExtendable
from escalation.policies import ClockKind, Extensions
from escalation.replay import OPEN_STATES, ClockState, State
from escalation.targets import DAY_UNITS, Target


class Ground(TextChoices):
    """Why more time is needed."""

    COMPLEX = "complex", gettext_lazy("The matter is complicated")
    EXPERT = "expert", gettext_lazy("A test or an expert opinion takes longer")
    THIRD_PARTY = "third_party", gettext_lazy("Somebody outside has not answered yet")
    COMPLAINANT = "complainant", gettext_lazy("The complainant needs more time")
    LAW = "law", gettext_lazy("The law asks for a further step")
    OTHER = "other", gettext_lazy("Another reason")


TOLD: Mapping[str, Promise] = MappingProxyType(
    {
        Ground.COMPLEX.value: gettext_lazy("The matter is more complicated than it looked at first."),
        Ground.EXPERT.value: gettext_lazy("A test or an expert opinion takes longer than we thought."),
        Ground.THIRD_PARTY.value: gettext_lazy("We still wait for an answer from somebody outside our house."),
        Ground.COMPLAINANT.value: gettext_lazy("You need more time for your part, and so do we for ours."),
        Ground.LAW.value: gettext_lazy("The law asks us to take a further step before we answer."),
        Ground.OTHER.value: gettext_lazy("We could not finish in time and want to do it properly."),
    }
)
"""The same in words fit for the complainant; what the office wrote to itself stays inside."""


class Standing(TextChoices):
    """What has become of a request."""

    ASKED = "asked", gettext_lazy("Waits for a decision")
    GRANTED = "granted", gettext_lazy("Granted")
    REFUSED = "refused", gettext_lazy("Refused")
    LAPSED = "lapsed", gettext_lazy("Lapsed")


def check(state: ClockState, rule: Extensions | None, *, kind: ClockKind, granted: int, broken: bool) -> Extensions:
    """What the policy allows this clock. `granted` is how often it was put off before; `broken` is whether a sweep has
    noted the breach, by the database's clock, which counts as well.

    Raises ClockEnded, DeadlinePassed or NotExtendable, each with a sentence.
    """
    named = {"promise": kind.label}
    if state.state not in OPEN_STATES:
        raise ClockEnded(_("“%(promise)s” has ended, so there is nothing to put off any more.") % named)
    if broken or state.state == State.BREACHED_OPEN:
        raise DeadlinePassed(
            _(
                "The deadline for “%(promise)s” has passed: it cannot be put off any more."
                " Tell the complainant that we are late, and why."
            )
            % named
        )
    if kind == ClockKind.OBJECTION:
        raise NotExtendable(
            _("The date stands, because the complainant was told. The class can be renewed before it.")
        )
    if rule is None:
        raise NotExtendable(
            _("The policy does not let the deadline for “%(promise)s” be put off; the law sets it.") % named
            if state.target.statutory
            else _("The policy does not let the deadline for “%(promise)s” be put off.") % named
        )
    if granted >= rule.times:
        raise NotExtendable(
            _("The deadline for “%(promise)s” was put off as often as the policy allows (%(times)d).")
            % {**named, "times": rule.times}
        )
    return rule


def check_amount(amount: float, target: Target, rule: Extensions) -> None:
    """Raises Invalid for what is no amount of the target's unit, or more than the policy allows at a time."""
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not math.isfinite(amount) or amount <= 0:
        raise invalid("amount", _("Say how much more time is needed: a number above zero."))
    if target.unit in DAY_UNITS and amount != int(amount):
        raise invalid("amount", _("Days are counted whole: give a whole number."))
    if amount > rule.most:
        most = amounts.in_words(target.unit, rule.most)
        raise invalid("amount", _("The policy allows at most %(most)s at a time.") % {"most": most})
