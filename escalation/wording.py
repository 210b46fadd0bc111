"""Policies in words: what one version says, and what changed between two. Pure.

Departments and categories are told by the names that are passed in, and by their codes where there is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.classes import ComplaintClass
from complaints.vocabulary import Channel, PauseReason, Priority, Track
from escalation import amounts, ladder
from escalation.policies import WHOLE, ClockKind, ClockRule, InForce, PolicyRules, Reopen
from escalation.targets import CountFrom, Target, Unit

Names = Mapping[str, Mapping[str, str]]
"""For `department` and `category`: the names by their codes. For `calendar`: the names of the calendars."""


@dataclass(frozen=True)
class Said:
    """One thing a policy says: what it is about, and what it says of it."""

    about: str
    says: str


@dataclass(frozen=True)
class ClockSaid:
    """What a policy says of one kind of clock: the promise, its conditions, and the ladder as a line of steps."""

    kind: ClockKind
    promise: str
    conditions: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def ladder(self) -> str:
        """The steps on one line."""
        return " → ".join(self.steps)


@dataclass(frozen=True)
class Change:
    """Where two versions differ; empty where one says nothing."""

    about: str
    before: str
    after: str


def matches(rules: PolicyRules, names: Names) -> str:
    """To which complaints the policy applies, on one line."""
    parts = [
        _("%(fact)s: %(codes)s")
        % {"fact": fact_label(fact), "codes": _any_of(_code(fact, code, names) for code in codes)}
        for fact, codes in rules.match.items()
    ]
    return _("; ").join(parts) or _("Every complaint")


def general(rules: PolicyRules, names: Names) -> list[Said]:
    """What the policy says besides its clocks."""
    said = [
        Said(_("Applies to"), matches(rules, names)),
        Said(_("Calendar"), names.get("calendar", {}).get(rules.calendar, rules.calendar)),
    ]
    if rules.in_force != InForce():
        said.append(Said(_("In force"), _in_force(rules.in_force)))
    said += [
        Said(_("Pauses"), pauses(rules)),
        Said(_("Taking over"), _rest(rules.takeover_hours)),
        Said(_("When a complaint is opened again"), str(Reopen(rules.reopen).label)),
    ]
    if rules.silence is not None:
        said.append(Said(_("Closed when nobody objects within"), target(rules.silence)))
    return said


def clocks(rules: PolicyRules) -> list[ClockSaid]:
    """What the policy says of each kind of clock it promises."""
    return [clock(kind, rule) for kind, rule in rules.clocks.items()]


def differences(before: PolicyRules, after: PolicyRules, names: Names) -> list[Change]:
    """What the later version says otherwise, in the order in which a policy is told."""
    was, is_now = dict(_all(before, names)), dict(_all(after, names))
    about = [*was, *(name for name in is_now if name not in was)]
    return [
        Change(name, was.get(name, ""), is_now.get(name, "")) for name in about if was.get(name) != is_now.get(name)
    ]


def target(promised: Target) -> str:
    """How long a promise may take, and how that is counted: "3 working days, statutory"."""
    words = [amounts.in_words(promised.unit, promised.amount)]
    if promised.unit is Unit.WORKING_DAYS and promised.count_from is CountFrom.SAME_DAY:
        words.append(_("the day of receipt counts"))
    if promised.roll:
        words.append(_("a last day off moves on to the next working day"))
    if promised.statutory:
        words.append(_("statutory"))
    return _listed(words)


def pauses(rules: PolicyRules) -> str:
    """For which reasons time stops, and how long at most."""
    words = []
    for reason, hours in rules.pauses.items():
        label = str(PauseReason(reason).label)
        if hours is None:
            words.append(_("%(reason)s: as long as it takes") % {"reason": label})
        else:
            most = amounts.in_words(Unit.WORKING_HOURS, hours)
            words.append(_("%(reason)s: %(most)s at most") % {"reason": label, "most": most})
    return _("; ").join(words) or _("Time never stops")


def fact_label(fact: str) -> str:
    """What a policy may match on, in words."""
    labels = {
        "class": _("Class"),
        "priority": _("Priority"),
        "track": _("Track"),
        "category": _("Category"),
        "channel": _("Channel"),
        "department": _("Department"),
    }
    return labels.get(fact, fact)


def _all(rules: PolicyRules, names: Names) -> Iterator[tuple[str, str]]:
    for each in general(rules, names):
        yield each.about, each.says
    for said in clocks(rules):
        label = str(said.kind.label)
        yield label, _listed([said.promise, *said.conditions])
        yield _("%(clock)s: ladder") % {"clock": label}, said.ladder or _("No steps")


def clock(kind: ClockKind, rule: ClockRule) -> ClockSaid:
    """What a policy says of one kind of clock."""
    conditions = []
    if rule.target is None:
        promise = _("A moment that people agree on each time")
    else:
        promise = target(rule.target)
        if not rule.pausable and not rule.target.statutory:
            conditions.append(_("does not pause"))
    if rule.extensions is not None and rule.target is not None:
        most = amounts.in_words(rule.target.unit, rule.extensions.most)
        sentence = ngettext(
            "may be put off once, by %(most)s at most",
            "may be put off %(times)d times, by %(most)s at most each time",
            rule.extensions.times,
        )
        conditions.append(sentence % {"times": rule.extensions.times, "most": most})
    if rule.share != WHOLE:
        conditions.append(
            _("of %(share)d answered complaints in a hundred, and of every major one") % {"share": rule.share}
        )
    return ClockSaid(kind, promise, tuple(conditions), tuple(ladder.describe_step(step) for step in rule.steps))


def _code(fact: str, code: str, names: Names) -> str:
    known = {"class": ComplaintClass, "priority": Priority, "track": Track, "channel": Channel}.get(fact)
    if known is not None and code in known.values:
        return str(known(code).label)
    return names.get(fact, {}).get(code, code)


def _in_force(dates: InForce) -> str:
    if dates.since is None and dates.until is not None:
        return _("for complaints received up to %(until)s") % {"until": date_format(dates.until, "Y-m-d")}
    if dates.since is not None and dates.until is None:
        return _("for complaints received from %(since)s on") % {"since": date_format(dates.since, "Y-m-d")}
    if dates.since is None or dates.until is None:
        return _("always")
    words = {"since": date_format(dates.since, "Y-m-d"), "until": date_format(dates.until, "Y-m-d")}
    return _("for complaints received from %(since)s to %(until)s") % words


def _rest(hours: float) -> str:
    return _("the ladder rests for %(length)s") % {"length": amounts.in_words(Unit.WORKING_HOURS, hours)}


def _listed(words: Iterable[str]) -> str:
    line = ""
    for word in words:
        # Translators: joins the members of a list; Chinese puts 、 between them.
        line = _("%(before)s, %(next)s") % {"before": line, "next": word} if line else word
    return line


def _any_of(words: Iterable[str]) -> str:
    line = ""
    for word in words:
        line = _("%(before)s or %(next)s") % {"before": line, "next": word} if line else word
    return line
