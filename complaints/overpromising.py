"""Words that promise more than an office can hold: a warning before a reply leaves, never a refusal. (Mission M42.)

The words are data, in words/over_promises.json: a list for each language. “您的問題我們一定會幫您解決的” (S4-45) is
the model of what a complainant remembers, and is told later that nobody meant. Pure.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

WORDS = Path(__file__).parent / "words" / "over_promises.json"


def found_in(text: str) -> list[str]:
    """The words of the lists that the text has, as they are written there, in their order; each once.

    Every language is looked at, because replies mix them. English words count only whole.
    """
    spans = sorted({match.span() for pattern in _patterns() for match in pattern.finditer(text)})
    longest = [one for one in spans if not any(_within(one, other) for other in spans)]
    return list(dict.fromkeys(text[start:end] for start, end in longest))


def named(words: Iterable[str]) -> str:
    """The words one after the other, as a sentence names them."""
    # Translators: stands between the parts of a list.
    return _(", ").join(_("“%(word)s”") % {"word": word} for word in words)


def _within(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and other[0] <= one[0] and one[1] <= other[1]


@cache
def _patterns() -> list[re.Pattern[str]]:
    lists: dict[str, list[str]] = json.loads(WORDS.read_text(encoding="utf-8"))
    phrases = {phrase for language in lists.values() for phrase in language}
    patterns = []
    for phrase in sorted(phrases):
        if phrase.isascii():
            words = r"\s+".join(re.escape(word) for word in phrase.split())
            patterns.append(re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE))
        else:
            patterns.append(re.compile(re.escape(phrase)))
    return patterns
