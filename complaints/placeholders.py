"""The placeholders of reply templates: a fixed list, found and filled by name alone. Pure. (Mission M42.)

A placeholder is a word of the list in braces: `{reference}`. It is looked up, never formatted: nothing in braces can
reach an attribute or a format. One whose value is not known stays in the text as it is, where everybody sees it, and
whoever sends that text is told to fill it in or take it out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.errors import invalid
from complaints.limits import check_text


class Placeholder(TextChoices):
    """What a template may ask for, each with its meaning."""

    REFERENCE = "reference", gettext_lazy("The reference of the complaint")
    NAME = "name", gettext_lazy("The name of the complainant")
    SUBJECT = "subject", gettext_lazy("What the complaint is about, in one line")
    CATEGORY = "category", gettext_lazy("The category of the complaint")
    RECEIVED_ON = "received_on", gettext_lazy("The day on which the complaint was received")
    TODAY = "today", gettext_lazy("The day on which the text is written")
    HOLDER = "holder", gettext_lazy("Who handles the complaint, as the complainant reads it")
    CONTACT = "contact", gettext_lazy("Who handles the complaint, and how to reach them")
    DEPARTMENT = "department", gettext_lazy("The department that handles the complaint")
    SENDER = "sender", gettext_lazy("Who writes, as the complainant reads it")
    DUE_DATE = "due_date", gettext_lazy("The next date that was promised to the complainant")
    LINK = "link", gettext_lazy("The address of the complainant's page")


_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_BRACES = re.compile(r"[{}｛｝]")
_KNOWN = re.compile(r"\{(" + "|".join(re.escape(value) for value in Placeholder.values) + r")\}")


@dataclass(frozen=True)
class Filled:
    """A text with what is known filled in; `missing` are the placeholders that still stand in it."""

    text: str
    missing: tuple[Placeholder, ...]


def fill(text: str, values: Mapping[Placeholder, str]) -> Filled:
    """Put the values in. A value is never looked at again: braces in somebody's name stay what they are."""
    missing: dict[Placeholder, None] = {}

    def value(found: re.Match[str]) -> str:
        placeholder = Placeholder(found[1])
        known = values.get(placeholder, "").strip()
        if not known:
            missing[placeholder] = None
        return known or found[0]

    return Filled(_KNOWN.sub(value, text), tuple(missing))


def used_in(text: str) -> list[Placeholder]:
    """The placeholders of the list that stand in a text, each once."""
    return list(dict.fromkeys(Placeholder(found) for found in _KNOWN.findall(text)))


def check_known(field: str, text: str) -> None:
    """Everything in braces is a placeholder of the list; no brace stands alone. Raises Invalid naming the field."""
    unknown = [found for found in _IN_BRACES.findall(text) if found not in Placeholder.values]
    if unknown:
        raise invalid(
            field,
            _("There is no placeholder %(unknown)s. Those that there are: %(known)s.")
            % {"unknown": _listed(unknown), "known": _listed(Placeholder.values)},
        )
    if _BRACES.search(_IN_BRACES.sub("", text)):
        raise invalid(field, _("A brace stands alone here. Braces are only for placeholders, such as {reference}."))


def gaps(text: str) -> str:
    """Why a text cannot be sent yet: a placeholder still stands in it. Empty when it can."""
    left = used_in(text)
    if not left:
        return ""
    # Translators: stands between the parts of a list.
    meant = _(", ").join(
        _("%(placeholder)s (%(meaning)s)") % {"placeholder": f"{{{one}}}", "meaning": one.label} for one in left
    )
    return _("Fill this in or take it out before it is sent: %(placeholders)s.") % {"placeholders": meant}


def check_filled(field: str, text: str) -> str:
    """The text, if nothing in it has still to be filled in. Raises Invalid naming the field."""
    if sentence := gaps(text):
        raise invalid(field, sentence)
    return text


def check_words(field: str, text: str) -> str:
    """Words that the complainant reads, without surrounding space: not empty, not too long, nothing left to be filled
    in. Raises Invalid naming the field.
    """
    return check_filled(field, check_text(field, text))


def _listed(names: Any) -> str:
    # Translators: stands between the parts of a list.
    return _(", ").join(f"{{{name}}}" for name in dict.fromkeys(names))
