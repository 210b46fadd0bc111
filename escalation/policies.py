"""Policies: which complaint gets which promises. Pure. (Design section 4, "Policy".)

A policy is a JSON document, kept in versions. The first one that matches a complaint gives it the calendar,
and for each kind of clock the target and the ladder.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.lifecycle import Verb
from complaints.vocabulary import PauseReason
from escalation import ladder
from escalation.documents import Fields, loads
from escalation.errors import BadPolicy
from escalation.ladder import Step
from escalation.matching import Facts, fits, match_from_json
from escalation.targets import DAY_UNITS, MOST_DAYS, MOST_HOURS, CountFrom, Target

Found = TypeVar("Found")


class ClockKind(TextChoices):
    """The promises a complaint can carry, each with its own clock."""

    ACKNOWLEDGE = "acknowledge", gettext_lazy("Acknowledgement")
    FIRST_RESPONSE = "first_response", gettext_lazy("First reply")
    PROGRESS = "progress", gettext_lazy("Word on progress")
    RESOLUTION = "resolution", gettext_lazy("Resolution")
    SIGNOFF = "signoff", gettext_lazy("Sign-off")
    TASK = "task", gettext_lazy("Task")
    PROMISE = "promise", gettext_lazy("Promised date")
    AUTHORITY_REPORT = "authority_report", gettext_lazy("Report to the authority")
    FOLLOW_UP = "follow_up", gettext_lazy("Follow-up")
    OBJECTION = "objection", gettext_lazy("Review of a grave class")
    TAKEOVER = "takeover", gettext_lazy("Taking over")
    MAJOR_NOTICE = "major_notice", gettext_lazy("The management's acknowledgement")
    PROCEEDING = "proceeding", gettext_lazy("Outside proceeding")
    TRANSFER = "transfer", gettext_lazy("Answer to a transfer")
    BRIEFING = "briefing", gettext_lazy("Answer to a briefing")


EVERYTHING: frozenset[ClockKind] = frozenset(ClockKind)

OWED_FROM_RECEIPT: tuple[ClockKind, ...] = (
    ClockKind.ACKNOWLEDGE,
    ClockKind.FIRST_RESPONSE,
    ClockKind.PROGRESS,
    ClockKind.RESOLUTION,
    ClockKind.AUTHORITY_REPORT,
)
"""What a policy promises to every complaint it matches. The other clocks start when something else happens, and stand
whatever the complaint becomes."""

AGREED: frozenset[ClockKind] = frozenset({ClockKind.PROMISE, ClockKind.PROCEEDING, ClockKind.BRIEFING})
"""Clocks without a target of their own: people agree on the moment, or somebody outside sets it."""

OUTLASTING: frozenset[ClockKind] = frozenset(
    {
        ClockKind.AUTHORITY_REPORT,
        ClockKind.FOLLOW_UP,
        ClockKind.OBJECTION,
        ClockKind.TASK,
        ClockKind.MAJOR_NOTICE,
        ClockKind.PROCEEDING,
        ClockKind.BRIEFING,
    }
)
"""What answering the complainant does not settle. A task that holds up the answer is over by then; another is not."""

FULFILLABLE: frozenset[ClockKind] = frozenset({ClockKind.PROMISE})
"""What no other act keeps: somebody records that it was done."""

KEPT_BY: Mapping[ClockKind, Verb] = MappingProxyType(
    {
        ClockKind.ACKNOWLEDGE: Verb.ACKNOWLEDGE,
        ClockKind.FIRST_RESPONSE: Verb.REPLY,
        ClockKind.PROGRESS: Verb.REPLY,
        ClockKind.RESOLUTION: Verb.RESOLVE,
        ClockKind.SIGNOFF: Verb.SIGN,
        ClockKind.TASK: Verb.FINISH_TASK,
        ClockKind.AUTHORITY_REPORT: Verb.REPORT_TO_AUTHORITY,
        ClockKind.FOLLOW_UP: Verb.FOLLOW_UP,
        ClockKind.OBJECTION: Verb.RENEW_CLASS,
        ClockKind.TAKEOVER: Verb.TAKE_OVER,
        ClockKind.MAJOR_NOTICE: Verb.ACKNOWLEDGE_MAJOR,
        ClockKind.PROCEEDING: Verb.END_PROCEEDING,
        ClockKind.TRANSFER: Verb.ACCEPT_TRANSFER,
        ClockKind.BRIEFING: Verb.REPORT_BACK,
    }
)
"""The act that keeps each of the others, or the first that comes to mind where several do."""

AFTER_THE_ANSWER: frozenset[ClockKind] = FULFILLABLE | {ClockKind.AUTHORITY_REPORT, ClockKind.PROCEEDING}
"""What whoever holds a complaint still owes when it has been answered, besides the follow-up."""

WHOLE = 100
"""Per cent."""


class Reopen(TextChoices):
    """What happens to the clocks when a resolved complaint is opened again."""

    RESUME = "resume", gettext_lazy("Go on with the time that was left")
    NEW_CYCLE = "new_cycle", gettext_lazy("Begin a new cycle with the full time")
    RESTART = "restart", gettext_lazy("Count the full time again from the beginning")
    NONE = "none", gettext_lazy("No deadline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """How often a deadline may be put off, and by how much at a time, in the units of its target."""

    times: int
    most: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """One promise: how long it may take, and who hears of it when. `target` is None for what is AGREED, `extensions`
    where the deadline cannot be put off. `share` is of how many answered complaints in a hundred a follow-up is due;
    of every other promise it is the whole.
    """

    target: Target | None
    steps: tuple[Step, ...] = ()
    pausable: bool = True
    extensions: Extensions | None = None
    share: int = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The local dates of receipt to which rules apply, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def covers(self, received_on: date) -> bool:
        """Whether a complaint received on that date falls under the rules."""
        return (self.since is None or self.since <= received_on) and (self.until is None or received_on <= self.until)


UNLIMITED: Mapping[str, int | float | None] = MappingProxyType({PauseReason.COMPLAINANT.value: None})
"""Without a word on pauses in the policy, time stops only while the complainant is asked, however long that takes."""

USUAL_TAKEOVER_HOURS = 4
"""For how many working hours taking a complaint over stops the climb, unless the policy says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRules:
    """One version of a policy. `match` holds the codes of each fact that fit; a fact not named fits
    always.
    """

    calendar: str
    clocks: Mapping[ClockKind, ClockRule]
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reopen: Reopen = Reopen.NEW_CYCLE
    in_force: InForce = InForce()
    pauses: Mapping[str, int | float | None] = field(default_factory=lambda: UNLIMITED)
    """For each reason for which clocks may pause, the working hours they may in all; None is without limit."""
    takeover_hours: int | float = USUAL_TAKEOVER_HOURS
    silence: Target | None = None
    """How long after the answer the complainant can object; who is silent that long is taken to agree. None: nothing
    is closed by itself."""

    @classmethod
    def from_text(cls, text: str) -> "PolicyRules":
        """Read the JSON text of one policy. Raises BadPolicy, BadTarget or BadLadder, naming the field."""
        return cls.from_json(loads(text, refuse=BadPolicy))

    @classmethod
    def from_json(cls, document: Any, *, path: str = "") -> "PolicyRules":
        """Read `{match, in_force: {from, to}, calendar, clocks: {kind: {target, steps, pausable, extensions: {times,
        most}, share}}, pauses: {reason: {budget_working_hours}}, takeover: {working_hours}, silence: target, reopen}`,
        lying at `path`.

        Raises BadPolicy, BadTarget or BadLadder, which name the field and what to write instead.
        """
        fields = Fields(document, path, BadPolicy)
        match = match_from_json(fields.get("match", {}), path=fields.field("match"))
        calendar = fields.text("calendar")
        clocks = _clocks(fields.get("clocks", {}), fields.field("clocks"))
        reopen = Reopen(fields.one_of("reopen", tuple(Reopen.values), default=Reopen.NEW_CYCLE.value))
        in_force = _in_force(fields.get("in_force", {}), fields.field("in_force"))
        pauses = _pauses(fields.get("pauses"), fields.field("pauses"))
        takeover = Fields(fields.get("takeover", {}), fields.field("takeover"), BadPolicy)
        hours: int | float = USUAL_TAKEOVER_HOURS
        if takeover.get("working_hours") is not None:
            hours = takeover.number("working_hours", above=0, most=MOST_HOURS)
        takeover.finish()
        silence = _silence(fields.get("silence"), fields.field("silence"))
        fields.finish()
        return cls(
            calendar=calendar,
            clocks=clocks,
            match=match,
            reopen=reopen,
            in_force=in_force,
            pauses=pauses,
            takeover_hours=hours,
            silence=silence,
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON form, which `from_json` reads back to equal rules."""
        form: dict[str, Any] = {
            "match": {name: list(codes) for name, codes in self.match.items()},
            "calendar": self.calendar,
            "clocks": {kind.value: _clock_to_json(rule) for kind, rule in self.clocks.items()},
            "reopen": self.reopen.value,
        }
        if self.in_force != InForce():
            dates = {"from": self.in_force.since, "to": self.in_force.until}
            form["in_force"] = {name: on.isoformat() for name, on in dates.items() if on is not None}
        if self.pauses != UNLIMITED:
            form["pauses"] = {
                reason: {} if hours is None else {"budget_working_hours": hours}
                for reason, hours in self.pauses.items()
            }
        if self.takeover_hours != USUAL_TAKEOVER_HOURS:
            form["takeover"] = {"working_hours": self.takeover_hours}
        if self.silence is not None:
            form["silence"] = self.silence.to_json()
        return form

    def matches(self, facts: Facts) -> bool:
        """Whether every fact the policy names fits. Its dates are another question: `in_force`."""
        return fits(self.match, facts)


def first_match(policies: Iterable[tuple[Found, PolicyRules]], facts: Facts) -> tuple[Found, PolicyRules] | None:
    """The first policy that matches, with whatever stood beside it; None if there is none."""
    for found, rules in policies:
        if rules.matches(facts):
            return found, rules
    return None


def _clocks(document: Any, path: str) -> dict[ClockKind, ClockRule]:
    fields = Fields(document, path, BadPolicy)
    clocks: dict[ClockKind, ClockRule] = {}
    for kind in ClockKind:
        form = fields.get(kind.value)
        if form is not None:
            clocks[kind] = _clock(kind, form, fields.field(kind.value))
    fields.finish()
    if not clocks:
        raise BadPolicy(
            path,
            _("The policy has no target, so it promises nothing; give a target for at least one of: %(kinds)s.")
            % {"kinds": ", ".join(ClockKind.values)},
        )
    return clocks


def _clock(kind: ClockKind, document: Any, path: str) -> ClockRule:
    fields = Fields(document, path, BadPolicy)
    target = _target(kind, fields)
    steps = ladder.steps_from_json(fields.get("steps", []), path=fields.field("steps"))
    may_pause = target is not None and not target.statutory
    pausable = fields.boolean("pausable", default=may_pause)
    extensions = _extensions(fields.get("extensions"), target, fields.field("extensions"))
    share = _share(kind, fields)
    fields.finish()
    if pausable and not may_pause:
        raise BadPolicy(
            fields.field("pausable"),
            _("A statutory target, or a moment people agreed on, cannot pause; write false, or leave this out."),
        )
    return ClockRule(target=target, steps=steps, pausable=pausable, extensions=extensions, share=share)


def _share(kind: ClockKind, fields: Fields) -> int:
    if fields.get("share") is None:
        return WHOLE
    if kind != ClockKind.FOLLOW_UP:
        raise BadPolicy(fields.field("share"), _("Only follow-ups are made of a part; leave the share out."))
    return fields.whole("share", least=1, most=WHOLE)


def _target(kind: ClockKind, fields: Fields) -> Target | None:
    if kind not in AGREED:
        return Target.from_json(fields.required("target"), path=fields.field("target"))
    if fields.get("target") is not None:
        raise BadPolicy(fields.field("target"), _("People agree on this moment each time; leave the target out."))
    return None


def _extensions(document: Any, target: Target | None, path: str) -> Extensions | None:
    if document is None:
        return None
    if target is None:
        raise BadPolicy(path, _("A promised date is not put off: promise another one."))
    fields = Fields(document, path, BadPolicy)
    times = fields.whole("times", least=1, most=20)
    most: int | float
    if target.unit in DAY_UNITS:
        most = fields.whole("most", least=1, most=MOST_DAYS)
    else:
        most = fields.number("most", above=0, most=MOST_HOURS)
    fields.finish()
    return Extensions(times=times, most=most)


def _in_force(document: Any, path: str) -> InForce:
    fields = Fields(document, path, BadPolicy)
    dates: dict[str, date | None] = {}
    for name in ("from", "to"):
        value = fields.get(name)
        try:
            dates[name] = None if value is None else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise BadPolicy(fields.field(name), _("This is not a date; write for example 2026-04-15.")) from None
    fields.finish()
    since, until = dates["from"], dates["to"]
    if since is not None and until is not None and until < since:
        raise BadPolicy(fields.field("to"), _("The rules would end before they begin."))
    return InForce(since=since, until=until)


def _pauses(document: Any, path: str) -> Mapping[str, int | float | None]:
    if document is None:
        return UNLIMITED
    fields = Fields(document, path, BadPolicy)
    pauses: dict[str, int | float | None] = {}
    for reason in PauseReason:
        form = fields.get(reason.value)
        if form is None:
            continue
        budget = Fields(form, fields.field(reason.value), BadPolicy)
        limited = budget.get("budget_working_hours") is not None
        pauses[reason.value] = budget.number("budget_working_hours", above=0, most=MOST_HOURS) if limited else None
        budget.finish()
    fields.finish()
    return pauses


def _silence(document: Any, path: str) -> Target | None:
    """An amount, its unit, and for calendar days whether the last one rolls: the rest says nothing here."""
    if document is None:
        return None
    target = Target.from_json(document, path=path)
    if target.statutory or target.count_from is not CountFrom.NEXT_DAY:
        raise BadPolicy(path, _("The time to object is neither statutory nor does the day of the answer count."))
    if target.amount == 0:
        raise BadPolicy(
            f"{path}.amount", _("That leaves no time to object. Without this part nothing is closed by itself.")
        )
    return target


def _clock_to_json(rule: ClockRule) -> dict[str, Any]:
    form: dict[str, Any] = {"pausable": rule.pausable, "steps": ladder.steps_to_json(rule.steps)}
    if rule.target is not None:
        form["target"] = rule.target.to_json()
    if rule.extensions is not None:
        form["extensions"] = {"times": rule.extensions.times, "most": rule.extensions.most}
    if rule.share != WHOLE:
        form["share"] = rule.share
    return form
