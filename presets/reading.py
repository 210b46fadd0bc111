"""A preset, read and checked: what it is called, what its page says, and every item that it brings. Pure.

The forms of departments, categories, bodies and letters are those of the demo office. Every code that one document
takes from another is checked here; what an item says is checked again by the service that makes it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from accounts.roles import Role
from escalation import packs
from escalation.calendars import Calendar
from escalation.documents import Fields
from escalation.policies import PolicyRules
from presets import documents
from presets.errors import BadPreset, NoSuchPreset
from presets.guidance_reading import guidance_items
from presets.items import Item, Kind, Named
from presets.parts import begun, code_of, each_of, one_of, saying, words
from presets.promising import policy_document
from presets.signoff_reading import signoff_items

PARTS = ("preset", "departments", "categories", "policies", "signoff", "bodies", "letters", "guidance")
"""The documents of a preset, each a file."""


@dataclass(frozen=True)
class Seat:
    """A role that somebody has to hold in a department, for the ladders and signatures to find people."""

    department: str
    role: Role


@dataclass(frozen=True)
class Chapter:
    """A heading of the page that explains the preset, and its paragraphs."""

    heading: Named
    paragraphs: Sequence[Named]


@dataclass(frozen=True)
class Preset:
    """A ready office of a trade. `items` stand in the order in which they are made."""

    code: str
    name: Named
    summary: Named
    chapters: Sequence[Chapter]
    root: str
    packs: Sequence[str]
    seats: Sequence[Seat]
    items: Sequence[Item]

    def of(self, kind: Kind) -> list[Item]:
        """Its items of one kind."""
        return [item for item in self.items if item.kind == kind]


def presets() -> list[Preset]:
    """All presets, by their codes. A document that cannot be read raises BadPreset: they are part of the program."""
    return [_preset(name) for name in documents.names()]


def preset(code: str) -> Preset:
    """The preset of that code. Raises NoSuchPreset, BadPreset (BadPolicy, BadTarget, BadLadder, BadCalendar)."""
    if code not in documents.names():
        raise NoSuchPreset(code, documents.names())
    return _preset(code)


@cache
def _preset(code: str) -> Preset:
    return from_json(code, {part: documents.read(code, part) for part in PARTS})


def from_json(code: str, parts: Mapping[str, Any]) -> Preset:
    """Read the documents of a preset, by the names of its files.

    Raises BadPreset, which names the document and the field.
    """
    fields = Fields(parts["preset"], "preset", BadPreset)
    departments = list(_departments(parts["departments"]))
    places = {item.code for item, _roles in departments}
    root = fields.one_of("root", tuple(sorted(places)))
    calendars = list(_calendars(fields.required("calendars"), "preset.calendars"))
    hours = [item.code for item in calendars]
    categories = list(_categories(parts["categories"], places))
    loaded_packs = list(_packs(fields.required("packs"), hours))
    items = [
        *(item for item, _roles in departments),
        *categories,
        *calendars,
        *_office_hours(fields.required("hours"), {item.code: item.name for item, _roles in departments}, hours),
        *loaded_packs,
        *_policies(parts["policies"], root, places, {item.code for item in categories}, hours),
        *signoff_items(parts["signoff"], places),
        *_bodies(parts["bodies"], root),
        *_letters(parts["letters"], root),
        *guidance_items(parts["guidance"], places, {item.code for item in categories}),
    ]
    read = Preset(
        code=code,
        name=words(fields.required("name"), "preset.name"),
        summary=words(fields.required("summary"), "preset.summary"),
        chapters=[_chapter(form, path) for form, path in each_of(fields.required("page"), "preset.page")],
        root=root,
        packs=[item.code for item in loaded_packs],
        seats=[Seat(item.code, role) for item, roles in departments for role in roles],
        items=items,
    )
    fields.finish()
    _check_once(items)
    return read


def _departments(forms: Any) -> Iterator[tuple[Item, list[Role]]]:
    known: set[str] = set()
    for form, path in each_of(forms, "departments"):
        fields = Fields(form, path, BadPreset)
        item = begun(Kind.DEPARTMENT, fields)
        desk = fields.get("desk_name")
        shown = words(desk, fields.field("desk_name")) if desk is not None else Named("")
        says = {
            "parent": code_of(fields, "parent", known),
            "desk_name": shown.name,
            "desk_translations": dict(shown.translations),
        }
        roles = [
            Role(one_of(role, tuple(Role.values), f"{path}.roles"))
            for role, _p in each_of(fields.required("roles"), path)
        ]
        fields.finish()
        known.add(item.code)
        yield saying(item, says), roles


def _categories(forms: Any, places: Collection[str]) -> Iterator[Item]:
    known: set[str] = set()
    for form, path in each_of(forms, "categories"):
        fields = Fields(form, path, BadPreset)
        item = begun(Kind.CATEGORY, fields)
        says = {"parent": code_of(fields, "parent", known), "department": code_of(fields, "department", places)}
        fields.finish()
        known.add(item.code)
        yield saying(item, says)


def _calendars(forms: Any, path: str) -> Iterator[Item]:
    """By their codes: calendars that several offices share stand in a folder of their own."""
    for code, place in each_of(forms, path):
        document = documents.calendar(one_of(code, tuple(documents.calendars()), place))
        read = Calendar.from_json(document)
        # an office loads its own days off from year to year, so only the week is compared
        week = read.to_json()
        says = {"timezone": week["timezone"], "week": week["week"], "document": document}
        yield Item(Kind.CALENDAR, code, Named(read.name), says)


def _office_hours(forms: Any, places: Mapping[str, Named], hours: Collection[str]) -> Iterator[Item]:
    fields = Fields(forms, "preset.hours", BadPreset)
    for place in fields.value:
        one_of(place, tuple(sorted(places)), "preset.hours")
        calendar = fields.one_of(place, tuple(hours))
        yield Item(Kind.OFFICE_HOURS, place, places[place], {"calendar": calendar})


def _packs(forms: Any, hours: Collection[str]) -> Iterator[Item]:
    for form, path in each_of(forms, "preset.packs"):
        fields = Fields(form, path, BadPreset)
        code = fields.one_of("pack", tuple(pack.code for pack in packs.packs()))
        calendar = fields.one_of("calendar", tuple(hours))
        fields.finish()
        pack = packs.pack(code)
        title = pack.title.languages if pack else {"en": code}
        yield Item(Kind.PACK, code, Named(title["en"], title), {"calendar": calendar})


def _policies(
    forms: Any, root: str, places: Collection[str], categories: Collection[str], hours: Collection[str]
) -> Iterator[Item]:
    for form, path in each_of(forms, "policies"):
        fields = Fields(form, path, BadPreset)
        item = begun(Kind.POLICY, fields)
        document = policy_document(form, root=root, promises=documents.promises(), path=path)
        for name in ("match", "calendar", "clocks"):
            fields.get(name)
        fields.finish()
        rules = PolicyRules.from_json(document)
        one_of(rules.calendar, tuple(hours), f"{path}.calendar")
        for fact, known in (("department", places), ("category", categories)):
            for code in rules.match.get(fact, ()):
                one_of(code, tuple(sorted(known)), f"{path}.match.{fact}")
        yield saying(item, document)


def _bodies(forms: Any, root: str) -> Iterator[Item]:
    """Where else complainants turn; their addresses are for the office to fill in."""
    for form, path in each_of(forms, "bodies"):
        fields = Fields(form, path, BadPreset)
        item = begun(Kind.BODY, fields)
        says = {"match": {"department": [root]} | dict(fields.get("match", {}))}
        fields.finish()
        yield saying(item, says)


def _letters(forms: Any, root: str) -> Iterator[Item]:
    for form, path in each_of(forms, "letters"):
        fields = Fields(form, path, BadPreset)
        item = begun(Kind.LETTER, fields)
        recourse = words(fields.required("recourse"), fields.field("recourse"))
        says = {
            "name": item.name.name,
            "department": root,
            "classes": fields.get("classes", []),
            "tracks": fields.get("tracks", []),
            "parts": fields.get("parts", []),
            "parts_if_upheld": fields.get("parts_if_upheld", []),
            "four_eyes": fields.boolean("four_eyes", default=False),
            "letter_required": fields.boolean("letter_required", default=False),
            "recourse": recourse.name,
            "translations": dict(recourse.translations),
        }
        fields.finish()
        yield Item(Kind.LETTER, item.code, item.name, says)


def _chapter(form: Any, path: str) -> Chapter:
    fields = Fields(form, path, BadPreset)
    chapter = Chapter(
        heading=words(fields.required("heading"), fields.field("heading")),
        paragraphs=[words(each, place) for each, place in each_of(fields.required("text"), fields.field("text"))],
    )
    fields.finish()
    return chapter


def _check_once(items: Sequence[Item]) -> None:
    seen: set[tuple[Kind, str]] = set()
    for item in items:
        if (item.kind, item.code) in seen:
            raise BadPreset(item.code, _("This code is given twice; keep one of the two."))
        seen.add((item.kind, item.code))
