"""What the documents of a preset are made of: codes, names in three languages, lists. Pure; it raises BadPreset."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from escalation.documents import CODE, Fields
from presets.errors import BadPreset
from presets.items import LANGUAGES, Item, Kind, Named


def begun(kind: Kind, fields: Fields) -> Item:
    """An item with its code and its names, which says nothing yet."""
    return Item(kind, own_code(fields), named(fields), {})


def saying(item: Item, says: Mapping[str, Any]) -> Item:
    """The item with what it says; its names count, but for policies, which are named in one language only."""
    names = {} if item.kind == Kind.POLICY else {"name": item.name.name, "translations": dict(item.name.translations)}
    return Item(item.kind, item.code, item.name, names | dict(says))


def own_code(fields: Fields) -> str:
    """The code of the object itself."""
    code = fields.text("code")
    if not CODE.fullmatch(code):
        raise BadPreset(
            fields.field("code"), _("Write 1 to 60 letters, digits, hyphens or underscores, without spaces.")
        )
    return code


def named(fields: Fields) -> Named:
    """`{"name": …, "zh-hant": …, "zh-hans": …}`, as the demo office writes it."""
    return Named(fields.text("name"), {language: fields.text(language) for language in LANGUAGES})


def words(form: Any, path: str) -> Named:
    """`{"en": …, "zh-hant": …, "zh-hans": …}`, as rule packs write it."""
    fields = Fields(form, path, BadPreset)
    read = Named(fields.text("en"), {language: fields.text(language) for language in LANGUAGES})
    fields.finish()
    return read


def code_of(fields: Fields, name: str, known: Collection[str]) -> str | None:
    """A code of something that stands above or in another document, or null."""
    code = fields.get(name)
    return None if code is None else one_of(code, tuple(sorted(known)), fields.field(name))


def one_of(value: Any, known: Sequence[str], path: str) -> str:
    """A code that is known, lying at `path`."""
    if not isinstance(value, str) or value not in known:
        raise BadPreset(
            path,
            _("Nothing is called “%(name)s”; possible here are: %(names)s.")
            % {"name": value, "names": ", ".join(known)},
        )
    return value


def each_of(forms: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Every entry of a list with its path."""
    if not isinstance(forms, list):
        raise BadPreset(path, _("This must be a list."))
    for number, form in enumerate(forms):
        yield form, f"{path}[{number}]"
