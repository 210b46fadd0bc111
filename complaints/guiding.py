"""How to handle a complaint: the six steps of a talk, and the structure of the office's own guides. Pure.

The steps are listen, clarify, apologise, share, explain, confirm (mission M42; S4-43). What to do at each, and what to
say and not to say, is the same for every office; what is special to a cause, a category or a kind stands in guides,
which are data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.errors import invalid
from complaints.vocabulary import Channel

MAX_TITLE = 160
MAX_BODY = 8_000

LANGUAGES = ("en", "zh-hant", "zh-hans")
"""In which languages guides and templates can be written. At least one; none comes first."""


class Step(TextChoices):
    """The six steps of a talk with somebody who complains, in their order."""

    LISTEN = "listen", gettext_lazy("Listen")
    CLARIFY = "clarify", gettext_lazy("Clarify")
    APOLOGISE = "apologise", gettext_lazy("Apologise")
    SHARE = "share", gettext_lazy("Share their feeling")
    EXPLAIN = "explain", gettext_lazy("Explain")
    CONFIRM = "confirm", gettext_lazy("Confirm")


@dataclass(frozen=True)
class Advice:
    """What to do at one step, what one can say, and what is better left unsaid."""

    do: Sequence[Any]
    say: Sequence[Any]
    avoid: Sequence[Any]


ADVICE: Mapping[Step, Advice] = MappingProxyType(
    {
        Step.LISTEN: Advice(
            do=[
                gettext_lazy("Let them finish, also when they are angry. Anger passes sooner when nobody stops it."),
                gettext_lazy("Write their own words down as they say them; your view comes later."),
                gettext_lazy("Let them hear that you are there: “yes”, “I see”, their name."),
            ],
            say=[
                gettext_lazy("“Please tell me from the beginning. I am writing it down.”"),
                gettext_lazy("“Take your time. Is there anything else?”"),
            ],
            avoid=[
                gettext_lazy("“Calm down, please.”"),
                gettext_lazy("“I know already, this happens all the time.”"),
            ],
        ),
        Step.CLARIFY: Advice(
            do=[
                gettext_lazy("Repeat the main points and ask whether you have understood them."),
                gettext_lazy("Ask for what can be checked: when, where, who, which number, what it cost."),
                gettext_lazy(
                    "Set the category, the impact and the urgency now: they decide who takes it and how soon."
                ),
                gettext_lazy("Ask what would put it right for them. It may be less than you think."),
            ],
            say=[
                gettext_lazy("“Let me make sure that I have it right: …”"),
                gettext_lazy("“What would you like us to do?”"),
            ],
            avoid=[
                gettext_lazy("“So what you really mean is …”"),
                gettext_lazy("“Are you sure that it was not you?”"),
            ],
        ),
        Step.APOLOGISE: Advice(
            do=[
                gettext_lazy("Be sorry for what they went through. That admits no fault, and needs no inquiry first."),
                gettext_lazy("Where it is plain that we were wrong, say so in one sentence, without a “but”."),
            ],
            say=[
                gettext_lazy("“I am sorry that you had to go through this.”"),
                gettext_lazy("“We gave you the wrong date. That was our mistake.”"),
            ],
            avoid=[
                gettext_lazy("“I am sorry if you feel that way.”"),
                gettext_lazy("“That was another department.”"),
            ],
        ),
        Step.SHARE: Advice(
            do=[
                gettext_lazy("Name what it means for them: the wasted way, the worry, the money."),
                gettext_lazy("Take their side in trying to solve it, not against a colleague."),
            ],
            say=[
                gettext_lazy("“After a second wasted trip I would be annoyed, too.”"),
                gettext_lazy("“Thank you for telling us. It helps us to find out what went wrong.”"),
            ],
            avoid=[
                gettext_lazy("“Others have it worse.”"),
                gettext_lazy("“Between you and me, he is always like that.”"),
            ],
        ),
        Step.EXPLAIN: Advice(
            do=[
                gettext_lazy("Say what happens now, who does it, and by when. Give only dates that we keep."),
                gettext_lazy(
                    "If it is a misunderstanding, explain how it came about, and why it was easy to misread."
                ),
                gettext_lazy("Say what you do not know yet. Guess nothing, and decide nothing that is not yours."),
            ],
            say=[
                gettext_lazy("“I pass this on to … now. You hear from us by …”"),
                gettext_lazy("“I do not know that yet. I will find out and tell you.”"),
            ],
            avoid=[
                gettext_lazy("“We will definitely solve this for you.”"),
                gettext_lazy("“It says so in the terms that you signed.”"),
            ],
        ),
        Step.CONFIRM: Advice(
            do=[
                gettext_lazy("Read back what you wrote down, and change what they correct."),
                gettext_lazy("Give them the reference and the secret, and tell them how to reach us."),
                gettext_lazy("Ask whether you have missed something, and thank them."),
            ],
            say=[
                gettext_lazy("“I have written: … Is that right?”"),
                gettext_lazy("“Is there anything that I have not asked you?”"),
            ],
            avoid=[
                gettext_lazy("“You will get something in writing some time.”"),
                gettext_lazy("“That is all I can do.”"),
            ],
        ),
    }
)

TALKS: frozenset[Channel] = frozenset({Channel.PHONE, Channel.VISIT, Channel.FOLLOW_UP})
"""The channels on which somebody speaks with the complainant."""


@dataclass(frozen=True)
class StepShown:
    """A step with its number and its advice, for a page."""

    number: int
    step: Step
    advice: Advice


def steps() -> list[StepShown]:
    """The six steps in their order."""
    return [StepShown(number, step, ADVICE[step]) for number, step in enumerate(Step, start=1)]


def in_order(done: Collection[str]) -> list[Step]:
    """Those steps of a talk that were done, in the order of the steps, each once."""
    return [step for step in Step if step in done]


def steps_done(steps: Collection[str]) -> dict[str, list[str]]:
    """The steps of a talk as an event keeps them; nothing where there was none."""
    done = [str(step) for step in in_order(steps)]
    return {"steps": done} if done else {}


@dataclass(frozen=True)
class Block:
    """A piece of a guide: a `heading` or a `text` (one line), or a `list` (its items)."""

    kind: str
    lines: Sequence[str]


def blocks(body: str) -> Iterator[Block]:
    """The structure of a guide's plain text.

    A line that begins with `#` is a heading, lines that begin with `-`, `*` or `•` are a list, any other line is a
    paragraph of its own. Everything else is text.
    """
    items: list[str] = []
    for line in [*(each.strip() for each in body.splitlines()), ""]:
        if line[:1] in ("-", "*", "•") and line[1:].strip():
            items.append(line[1:].strip())
            continue
        if items:
            yield Block("list", items)
            items = []
        if line.startswith("#") and line.strip("# "):
            yield Block("heading", [line.strip("# ")])
        elif line:
            yield Block("text", [line])


def preferred(language: str) -> list[str]:
    """The languages to look for, the wanted one first: then the other Chinese, then the office's order."""
    kin = [other for other in LANGUAGES if other != language and other[:2] == language[:2]]
    return [language, *kin, *(other for other in LANGUAGES if other != language and other not in kin)]


def best(languages: Collection[str], wanted: str) -> str:
    """Which of the languages in which something is written comes nearest to the one wanted; empty for none."""
    return next((language for language in preferred(wanted) if language in languages), "")


def check_texts(
    texts: Mapping[str, Mapping[str, str]], *, needed: Mapping[str, int], other: Mapping[str, int] | None = None
) -> dict[str, dict[str, str]]:
    """The texts of each language, without surrounding space; a language in which nothing stands is left out.

    `needed` and `other` name the parts that every language has or may have, with the most characters of each.
    Raises Invalid naming the field as `texts.<language>.<part>`.
    """
    limits = {**needed, **(other or {})}
    kept: dict[str, dict[str, str]] = {}
    for language, given in texts.items():
        if language not in LANGUAGES:
            raise invalid(
                "texts",
                _("“%(language)s” is not one of the languages: %(known)s.")
                % {"language": language, "known": ", ".join(LANGUAGES)},
            )
        if unknown := set(given) - set(limits):
            raise invalid(f"texts.{language}", _("There is no part “%(part)s”.") % {"part": sorted(unknown)[0]})
        said = {part: given.get(part, "").replace("\r\n", "\n").strip() for part in limits}
        if not any(said.values()):
            continue
        for part, limit in limits.items():
            _check_part(f"texts.{language}.{part}", said[part], limit, needed=part in needed)
        kept[language] = said
    if not kept:
        raise invalid("texts", _("Write it in at least one language."))
    return {language: kept[language] for language in LANGUAGES if language in kept}


def _check_part(field: str, text: str, limit: int, *, needed: bool) -> None:
    if needed and not text:
        raise invalid(field, _("Write this in the same language as the rest, or leave all of this language empty."))
    if len(text) > limit:
        raise invalid(
            field,
            _("This has %(length)d characters; %(limit)d are taken. Shorten it.")
            % {"length": len(text), "limit": limit},
        )
    if "\x00" in text:
        raise invalid(field, _("This holds a character that cannot be kept."))
