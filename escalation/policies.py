"""Policies: which complaint gets which promises. Pure. (Design section 4, "Policy".)

A policy is a JSON document, kept in versions. The first one that matches a complaint gives it the calendar,
and for each kind of clock the target and the ladder.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.classes import ComplaintClass
from complaints.vocabulary import Channel, Priority, Track
from escalation import ladder
from escalation.documents import Fields, loads
from escalation.errors import BadPolicy
from escalation.ladder import Step
from escalation.targets import Target

Found = TypeVar("Found")


class ClockKind(TextChoices):
    """The promises a complaint can carry, each with its own clock."""

    ACKNOWLEDGE = "acknowledge", gettext_lazy("Acknowledgement")
    FIRST_RESPONSE = "first_response", gettext_lazy("First reply")
    RESOLUTION = "resolution", gettext_lazy("Resolution")


class Reopen(TextChoices):
    """What happens to the clocks when a resolved complaint is opened again."""

    RESUME = "resume", gettext_lazy("Go on with the time that was left")
    NEW_CYCLE = "new_cycle", gettext_lazy("Begin a new cycle with the full time")
    RESTART = "restart", gettext_lazy("Count the full time again from the beginning")
    NONE = "none", gettext_lazy("No deadline")


KNOWN_CODES: Mapping[str, tuple[str, ...] | None] = {
    "class": tuple(ComplaintClass.values),
    "priority": tuple(Priority.values),
    "track": tuple(Track.values),
    "category": None,
    "channel": tuple(Channel.values),
    "department": None,
}
"""What a policy may match on. Categories and departments are the office's own, so their codes are not checked
here.
"""

Facts = Mapping[str, str | Collection[str]]
"""What is known of a complaint, by the names of KNOWN_CODES. Several codes, such as a department and those
above it,
match if any of them does.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """One promise: how long it may take, and who hears of it when."""

    target: Target
    steps: tuple[Step, ...] = ()
    pausable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRules:
    """One version of a policy. `match` holds the codes of each fact that fit; a fact not named fits
    always.
    """

    calendar: str
    clocks: Mapping[ClockKind, ClockRule]
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reopen: Reopen = Reopen.NEW_CYCLE

    @classmethod
    def from_text(cls, text: str) -> "PolicyRules":
        """Read the JSON text of one policy. Raises BadPolicy, BadTarget or BadLadder, naming the field."""
        return cls.from_json(loads(text, refuse=BadPolicy))

    @classmethod
    def from_json(cls, document: Any, *, path: str = "") -> "PolicyRules":
        """Read `{match, calendar, clocks: {kind: {target, steps, pausable}}, reopen}`, lying at `path`.

        Raises BadPolicy, BadTarget or BadLadder, which name the field and what to write instead.
        """
        fields = Fields(document, path, BadPolicy)
        match = _match(fields.get("match", {}), fields.field("match"))
        calendar = fields.text("calendar")
        clocks = _clocks(fields.get("clocks", {}), fields.field("clocks"))
        reopen = Reopen(fields.one_of("reopen", tuple(Reopen.values), default=Reopen.NEW_CYCLE.value))
        fields.finish()
        return cls(calendar=calendar, clocks=clocks, match=match, reopen=reopen)

    def to_json(self) -> dict[str, Any]:
        """The JSON form, which `from_json` reads back to equal rules."""
        return {
            "match": {name: list(codes) for name, codes in self.match.items()},
            "calendar": self.calendar,
            "clocks": {
                kind.value: {
                    "target": rule.target.to_json(),
                    "pausable": rule.pausable,
                    "steps": ladder.steps_to_json(rule.steps),
                }
                for kind, rule in self.clocks.items()
            },
            "reopen": self.reopen.value,
        }

    def matches(self, facts: Facts) -> bool:
        """Whether every fact the policy names fits."""
        return all(_fits(codes, facts.get(name, ())) for name, codes in self.match.items())


def first_match(policies: Iterable[tuple[Found, PolicyRules]], facts: Facts) -> tuple[Found, PolicyRules] | None:
    """The first policy that matches, with whatever stood beside it; None if there is none."""
    for found, rules in policies:
        if rules.matches(facts):
            return found, rules
    return None


def _fits(codes: tuple[str, ...], known: str | Collection[str]) -> bool:
    return known in codes if isinstance(known, str) else any(code in codes for code in known)


def _match(document: Any, path: str) -> dict[str, tuple[str, ...]]:
    fields = Fields(document, path, BadPolicy)
    match: dict[str, tuple[str, ...]] = {}
    for name, known in KNOWN_CODES.items():
        codes = fields.get(name)
        if codes is None:
            continue
        place = fields.field(name)
        if not isinstance(codes, list) or not codes or not all(isinstance(code, str) and code for code in codes):
            raise BadPolicy(place, _("This must be a list of codes; leave it out to match every complaint."))
        if len(set(codes)) != len(codes):
            raise BadPolicy(place, _("A code is listed twice; list each once."))
        for code in codes:
            if known is not None and code not in known:
                raise BadPolicy(
                    place,
                    _("No complaint ever has “%(code)s” here; choose from: %(choices)s.")
                    % {"code": code, "choices": ", ".join(known)},
                )
        match[name] = tuple(codes)
    fields.finish()
    return match


def _clocks(document: Any, path: str) -> dict[ClockKind, ClockRule]:
    fields = Fields(document, path, BadPolicy)
    clocks: dict[ClockKind, ClockRule] = {}
    for kind in ClockKind:
        form = fields.get(kind.value)
        if form is not None:
            clocks[kind] = _clock(form, fields.field(kind.value))
    fields.finish()
    if not clocks:
        raise BadPolicy(
            path,
            _("The policy has no target, so it promises nothing; give a target for at least one of: %(kinds)s.")
            % {"kinds": ", ".join(ClockKind.values)},
        )
    return clocks


def _clock(document: Any, path: str) -> ClockRule:
    fields = Fields(document, path, BadPolicy)
    target = Target.from_json(fields.required("target"), path=fields.field("target"))
    steps = ladder.steps_from_json(fields.get("steps", []), path=fields.field("steps"))
    pausable = fields.boolean("pausable", default=not target.statutory)
    fields.finish()
    if pausable and target.statutory:
        raise BadPolicy(
            fields.field("pausable"), _("A statutory target cannot pause; write false, or leave this out.")
        )
    return ClockRule(target=target, steps=steps, pausable=pausable)
