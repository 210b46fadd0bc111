"""The handling guides and reply templates of a preset, read and checked. Pure. (docs/guides.md)"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from escalation.documents import Fields
from presets.errors import BadPreset
from presets.items import LANGUAGES, Item, Kind, Named
from presets.parts import code_of, each_of, one_of, own_code


def guidance_items(forms: Any, places: Collection[str], categories: Collection[str]) -> Iterator[Item]:
    """`{"guides": […], "templates": […]}`, the form of `import_guides`, in all three languages and for a department of
    the preset. `places` and `categories` are the codes of the preset.
    """
    fields = Fields(forms, "guidance", BadPreset)
    for form, path in each_of(fields.required("guides"), "guidance.guides"):
        each = Fields(form, path, BadPreset)
        item, says = _begun(Kind.GUIDE, each, places, ("title", "body"))
        codes = each_of(each.get("categories", []), each.field("categories"))
        says["categories"] = sorted(one_of(code, tuple(sorted(categories)), place) for code, place in codes)
        says |= {name: each.get(name, []) for name in ("causes", "kinds")}
        each.finish()
        yield Item(item.kind, item.code, item.name, says)
    for form, path in each_of(fields.required("templates"), "guidance.templates"):
        each = Fields(form, path, BadPreset)
        item, says = _begun(Kind.TEMPLATE, each, places, ("name", "body"))
        says["part"] = each.get("part")
        each.finish()
        yield Item(item.kind, item.code, item.name, says)
    fields.finish()


def _begun(kind: Kind, fields: Fields, places: Collection[str], parts: tuple[str, str]) -> tuple[Item, dict[str, Any]]:
    texts = Fields(fields.required("texts"), fields.field("texts"), BadPreset)
    read: dict[str, Mapping[str, str]] = {}
    for language in ("en", *LANGUAGES):
        text = Fields(texts.required(language), texts.field(language), BadPreset)
        subject = {"subject": text.text("subject")} if kind == Kind.TEMPLATE and "subject" in text.value else {}
        read[language] = {part: text.text(part) for part in parts} | subject
        text.finish()
    texts.finish()
    heading = parts[0]
    named = Named(read["en"][heading], {language: read[language][heading] for language in LANGUAGES})
    says: dict[str, Any] = {"texts": read, "department": code_of(fields, "department", places)}
    return Item(kind, own_code(fields), named, {}), says
