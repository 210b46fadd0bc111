"""Text in three languages: labels in the reader's own, and search that folds Traditional into Simplified."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from opencc import OpenCC

_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_LETTER = rf"(?:(?![{_HAN}])[^\W_])"
_RUNS = re.compile(rf"([{_HAN}]+)|({_LETTER}+(?:[-']{_LETTER}+)*)")


def localised(name: str, translations: Mapping[str, str]) -> str:
    """The name in the active language, else as it was first written."""
    return translations.get(get_language() or "", "") or name


def check_translations(translations: object, *, field: str = "translations") -> None:
    """Refuse names that `localised` could not read. Raises ValidationError naming the field."""
    readable = isinstance(translations, Mapping) and all(isinstance(name, str) for name in translations.values())
    if not readable:
        raise ValidationError({field: _("Give each language with its name, in this form: {“zh-hant”: “總公司”}.")})


@cache
def _to_simplified() -> dict[int, str]:
    """Character by character, as `str.translate` wants it: phrases would be folded differently by their neighbours."""
    han = [chr(code) for block in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(*block)]
    simplified = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {ord(old): new for old, new in zip(han, simplified, strict=True) if old != new}


def fold(text: str) -> str:
    """One spelling for all: half width, lower case, Simplified characters (退費 and 退费 become the same)."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_to_simplified())


def search_terms(*texts: str) -> list[str]:
    """What a text can be found by: its words, and every character and pair of characters of its Chinese.

    PostgreSQL's trigrams cannot index a two-character word, which is what most Chinese words are (ADR 0005).
    """
    terms: set[str] = set()
    for text in texts:
        for han, word in _RUNS.findall(fold(text)):
            if han:
                terms.update(han)
                terms.update(a + b for a, b in pairwise(han))
            else:
                terms.add(word[:60])
    return sorted(terms)


def query_terms(query: str) -> list[str]:
    """The terms a text must all have to match: longest first, so 退款 asks for the pair, not for each character."""
    terms: set[str] = set()
    for han, word in _RUNS.findall(fold(query)):
        if len(han) > 1:
            terms.update(a + b for a, b in pairwise(han))
        elif han:
            terms.add(han)
        else:
            terms.add(word[:60])
    return sorted(terms, key=len, reverse=True)
