"""The single things that a preset brings, in a form in which they can be compared with what the office has. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import localised


class Kind(TextChoices):
    """What an item is; in the order in which they are made, since later ones name earlier ones."""

    DEPARTMENT = "department", gettext_lazy("Department")
    CATEGORY = "category", gettext_lazy("Category")
    CALENDAR = "calendar", gettext_lazy("Calendar")
    OFFICE_HOURS = "office_hours", gettext_lazy("Office hours")
    PACK = "pack", gettext_lazy("Rule pack")
    POLICY = "policy", gettext_lazy("Policy")
    SIGNOFF_RULE = "signoff_rule", gettext_lazy("Sign-off rule")
    LIMIT = "limit", gettext_lazy("Authority limit")
    THRESHOLD = "threshold", gettext_lazy("Threshold of an amount at stake")
    BODY = "body", gettext_lazy("External body")
    LETTER = "letter", gettext_lazy("Rule for final responses")
    GUIDE = "guide", gettext_lazy("Handling guide")
    TEMPLATE = "template", gettext_lazy("Reply template")


LANGUAGES = ("zh-hant", "zh-hans")
"""Besides English, in which everything is written first."""

SHARED: frozenset[Kind] = frozenset({Kind.CALENDAR, Kind.LIMIT, Kind.THRESHOLD, Kind.PACK})
"""These belong to the whole office: that they are here does not say that the preset was loaded."""

Says = Mapping[str, Any]
"""What an item says, field by field, in the plain values of JSON; other items stand in it by their codes."""


@dataclass(frozen=True)
class Named:
    """A name in the language in which it was first written, and in the others."""

    name: str
    translations: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return localised(self.name, self.translations)


@dataclass(frozen=True)
class Item:
    """One thing that a preset brings, under a code of its own."""

    kind: Kind
    code: str
    name: Named
    says: Says

    def __str__(self) -> str:
        return f"{self.kind.label} {self.code}"


def from_form(kind: Kind, form: Mapping[str, Any]) -> Item:
    """An item written as `{"code": …, "name": …, "zh-hant": …, "zh-hans": …}` with whatever else it says, as offices
    that are no presets have it.
    """
    named = Named(form["name"], {language: form[language] for language in LANGUAGES})
    says = {name: value for name, value in form.items() if name not in {"code", *LANGUAGES}}
    return Item(kind, form["code"], named, says | {"translations": dict(named.translations)})


@dataclass(frozen=True)
class Difference:
    """A field of an item in which the office and the preset do not agree."""

    item: Item
    field: str
    here: Any
    preset: Any

    def __str__(self) -> str:
        return _("%(item)s: “%(field)s” is %(here)s here, and %(preset)s in the preset.") % {
            "item": self.item,
            "field": self.field,
            "here": _shown(self.here),
            "preset": _shown(self.preset),
        }


def differences(item: Item, here: Says) -> list[Difference]:
    """Every field that says something else here, by its path (`clocks.acknowledge.target.amount`)."""
    return [Difference(item, *each) for each in _apart(dict(here), dict(item.says), "")]


def _apart(here: Any, preset: Any, path: str) -> list[tuple[str, Any, Any]]:
    if isinstance(here, Mapping) and isinstance(preset, Mapping):
        names = [*preset, *(name for name in here if name not in preset)]
        return [
            found
            for name in names
            for found in _apart(here.get(name), preset.get(name), f"{path}.{name}" if path else name)
        ]
    lists = isinstance(here, list) and isinstance(preset, list)
    if lists and len(here) == len(preset) and any(isinstance(each, Mapping) for each in preset):
        return [
            found
            for number, pair in enumerate(zip(here, preset, strict=True))
            for found in _apart(*pair, f"{path}[{number}]")
        ]
    return [] if here == preset else [(path, here, preset)]


def _shown(value: Any) -> str:
    """A value as short as it goes: what is nested deep is not written out."""
    if value is None or value == "" or value == [] or value == {}:
        return _("nothing")
    if isinstance(value, list) and not any(isinstance(each, Mapping | list) for each in value):
        return _(", ").join(str(each) for each in value)
    if isinstance(value, Mapping | list):
        return _("something else")
    return _("“%(word)s”") % {"word": value}
