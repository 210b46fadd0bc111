"""Rule packs: what laws and regulators ask, as data. Pure but for reading the files beside it.

A pack is a JSON file in `packs/`. It holds policies in our own form, but for the calendar: an office chooses one of
its own when it loads the pack, and packs bring no days off. Each rule names its trigger, what has to be done, and its
sources with how well they have been checked. The limit itself stands once, in the policy.

Packs are starting points, not advice: `verified_on` says when somebody looked last, and every page that shows one says
“check with counsel”.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import localised
from complaints.responding import MOST_MONTHS, Part
from complaints.vocabulary import Track
from escalation.documents import CODE, Fields, below, loads
from escalation.errors import BadPack
from escalation.policies import ClockKind, PolicyRules
from escalation.targets import Target

_Code = TypeVar("_Code", bound=TextChoices)

FOLDER = Path(__file__).parent / "packs"
LANGUAGES = ("en", "zh-hant", "zh-hans")
ANY_CALENDAR = "any"
"""Stands for the calendar while a pack's policies are checked; it is never published."""


class Status(TextChoices):
    """How well a source has been checked."""

    SEEN = "seen", gettext_lazy("text seen")
    SECONDARY = "secondary", gettext_lazy("secondary source")
    MEMORY = "memory", gettext_lazy("from memory, verify")
    HOUSE = "house", gettext_lazy("house rule, no law")


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in every language of the office."""

    languages: Mapping[str, str]

    def __str__(self) -> str:
        return localised(self.languages["en"], self.languages)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written, and how well that has been checked."""

    text: Words
    status: Status


@dataclass(frozen=True, slots=True)
class PackedPolicy:
    """A policy of a pack: its document lacks the calendar, which the office chooses.

    `effective_from` and `effective_to` are the local dates of receipt to which it applies, None where that side is
    open or has not been checked.
    """

    code: str
    name: Words
    effective_from: date | None
    effective_to: date | None
    document: Mapping[str, Any]

    def for_calendar(self, calendar: str) -> dict[str, Any]:
        """The document as it is published, counted by that calendar of the office."""
        dates = {"from": self.effective_from, "to": self.effective_to}
        in_force = {name: on.isoformat() for name, on in dates.items() if on is not None}
        return {**self.document, "calendar": calendar} | ({"in_force": in_force} if in_force else {})

    @property
    def rules(self) -> PolicyRules:
        """What it says, whatever the calendar."""
        return PolicyRules.from_json(self.for_calendar(ANY_CALENDAR))


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty: what sets it off, what has to be done, and where that is written. The limit is the policy's."""

    policy: PackedPolicy
    clock: ClockKind
    trigger: Words
    duty: Words
    sources: Sequence[Source]

    @property
    def target(self) -> Target:
        """How much time the duty allows. Every clock of a pack has a target."""
        target = self.policy.rules.clocks[self.clock].target
        if target is None:
            raise BadPack(
                self.policy.code, _("The pack names no limit for “%(clock)s”.") % {"clock": self.clock.label}
            )
        return target


@dataclass(frozen=True, slots=True)
class PackedResponse:
    """What a final response must hold, and where that is written. `months`: for turning elsewhere, if it says so."""

    name: Words
    tracks: Sequence[Track]
    parts: Sequence[Part]
    parts_if_upheld: Sequence[Part]
    until: bool
    months: int | None
    letter: bool
    recourse: Words
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True)
class Pack:
    """Policies that belong together, and the rules they keep; `response` is None where it says nothing of letters."""

    code: str
    title: Words
    jurisdiction: Words
    effective_from: date | None
    effective_to: date | None
    verified_on: date
    calendar: Words
    """Which calendar it needs, in words."""
    notes: Sequence[Words]
    rules: Sequence[Rule]
    policies: Sequence[PackedPolicy]
    response: PackedResponse | None


@cache
def packs() -> tuple[Pack, ...]:
    """All packs, by their code. A file that is no pack raises BadPack: they are part of the program."""
    return tuple(from_text(path.read_text(encoding="utf-8"), code=path.stem) for path in sorted(FOLDER.glob("*.json")))


def pack(code: str) -> Pack | None:
    """The pack of that code; None if there is none."""
    return next((one for one in packs() if one.code == code), None)


def pack_with(policy_code: str) -> Pack | None:
    """The pack that brings the policy of that code; None for a policy of the office's own."""
    return next((one for one in packs() if any(policy.code == policy_code for policy in one.policies)), None)


def from_text(text: str, *, code: str) -> Pack:
    """Read one pack, whose code must be that of its file. Raises BadPack, BadPolicy, BadTarget or BadLadder."""
    return from_json(loads(text, refuse=BadPack), code=code)


def from_json(document: Any, *, code: str) -> Pack:
    """Read the JSON form of a pack; every field is required, so that none is forgotten."""
    fields = Fields(document, "", BadPack)
    if fields.text("code") != code:
        raise BadPack("code", _("This must be the name of the file: %(code)s.") % {"code": code})
    title, jurisdiction = _words(fields, "title"), _words(fields, "jurisdiction")
    since, until = _date(fields, "effective_from"), _date(fields, "effective_to")
    verified_on = _date(fields, "verified_on")
    if verified_on is None:
        raise BadPack("verified_on", _("Say when somebody looked last."))
    calendar = _words(fields, "calendar")
    notes = [_words_of(form, f"notes[{number}]") for number, form in enumerate(_list(fields, "notes"))]
    policies = {
        policy.code: policy
        for number, form in enumerate(_list(fields, "policies"))
        for policy in [_policy(form, f"policies[{number}]", since, until)]
    }
    rules = [_rule(form, f"rules[{number}]", policies) for number, form in enumerate(_list(fields, "rules"))]
    letters = fields.required("response")
    response = None if letters is None else _response(letters, "response")
    fields.finish()
    _check_told(rules, policies)
    return Pack(
        code=code,
        title=title,
        jurisdiction=jurisdiction,
        effective_from=since,
        effective_to=until,
        verified_on=verified_on,
        calendar=calendar,
        notes=notes,
        rules=rules,
        policies=list(policies.values()),
        response=response,
    )


def _response(document: Any, path: str) -> PackedResponse:
    fields = Fields(document, path, BadPack)
    months = fields.required("months")
    if not (months is None or (type(months) is int and 0 < months <= MOST_MONTHS)):
        raise BadPack(fields.field("months"), _("Write a whole number of months, or null."))
    response = PackedResponse(
        name=_words(fields, "name"),
        tracks=_codes(fields, "tracks", Track),
        parts=_codes(fields, "parts", Part),
        parts_if_upheld=_codes(fields, "parts_if_upheld", Part),
        until=_yes_or_no(fields, "until"),
        months=months,
        letter=_yes_or_no(fields, "letter"),
        recourse=_words(fields, "recourse"),
        sources=[_source(form, f"{path}.sources[{number}]") for number, form in enumerate(_list(fields, "sources"))],
    )
    fields.finish()
    if not response.sources:
        raise BadPack(fields.field("sources"), _("A rule without a source is an opinion; name where it is written."))
    return response


def _policy(document: Any, path: str, since: date | None, until: date | None) -> PackedPolicy:
    fields = Fields(document, path, BadPack)
    code = fields.text("code")
    if not CODE.fullmatch(code):
        raise BadPack(
            fields.field("code"), _("Write 1 to 60 letters, digits, hyphens or underscores, without spaces.")
        )
    policy = PackedPolicy(
        code=code,
        name=_words(fields, "name"),
        effective_from=_date(fields, "effective_from") if "effective_from" in fields.value else since,
        effective_to=_date(fields, "effective_to") if "effective_to" in fields.value else until,
        document=Fields(fields.required("document"), fields.field("document"), BadPack).value,
    )
    fields.finish()
    if "calendar" in policy.document or "in_force" in policy.document:
        raise BadPack(fields.field("document"), _("The calendar and the dates are added when the pack is loaded."))
    PolicyRules.from_json(policy.for_calendar(ANY_CALENDAR), path=fields.field("document"))
    return policy


def _rule(document: Any, path: str, policies: Mapping[str, PackedPolicy]) -> Rule:
    fields = Fields(document, path, BadPack)
    policy = policies[fields.one_of("policy", tuple(policies))]
    kinds = tuple(kind.value for kind in policy.rules.clocks)
    rule = Rule(
        policy=policy,
        clock=ClockKind(fields.one_of("clock", kinds)),
        trigger=_words(fields, "trigger"),
        duty=_words(fields, "duty"),
        sources=[_source(form, f"{path}.sources[{number}]") for number, form in enumerate(_list(fields, "sources"))],
    )
    fields.finish()
    if not rule.sources:
        raise BadPack(fields.field("sources"), _("A rule without a source is an opinion; name where it is written."))
    return rule


def _source(document: Any, path: str) -> Source:
    fields = Fields(document, path, BadPack)
    source = Source(_words(fields, "text"), Status(fields.one_of("status", tuple(Status.values))))
    fields.finish()
    return source


def _check_told(rules: Sequence[Rule], policies: Mapping[str, PackedPolicy]) -> None:
    """Every clock of every policy must be told by a rule, with its source."""
    told = {(rule.policy.code, rule.clock) for rule in rules}
    for policy in policies.values():
        for kind in policy.rules.clocks:
            if (policy.code, kind) not in told:
                raise BadPack(
                    policy.code, _("No rule says where “%(clock)s” is written.") % {"clock": str(kind.label)}
                )


def _words(fields: Fields, name: str) -> Words:
    return _words_of(fields.required(name), fields.field(name))


def _words_of(document: Any, path: str) -> Words:
    fields = Fields(document, path, BadPack)
    words = Words({language: fields.text(language) for language in LANGUAGES})
    fields.finish()
    return words


def _codes(fields: Fields, name: str, words: type[_Code]) -> list[_Code]:
    codes = _list(fields, name)
    for code in codes:
        if code not in words.values:
            raise BadPack(fields.field(name), _("There is no such code: %(code)s.") % {"code": code})
    return [words(code) for code in codes]


def _yes_or_no(fields: Fields, name: str) -> bool:
    value = fields.required(name)
    if not isinstance(value, bool):
        raise BadPack(fields.field(name), _("This must be true or false."))
    return value


def _list(fields: Fields, name: str) -> list[Any]:
    value = fields.required(name)
    if not isinstance(value, list):
        raise BadPack(fields.field(name), _("This must be a list."))
    return value


def _date(fields: Fields, name: str) -> date | None:
    value = fields.required(name)
    try:
        return None if value is None else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadPack(
            below(fields.path, name), _("This is not a date; write for example 2026-04-15, or null.")
        ) from None
