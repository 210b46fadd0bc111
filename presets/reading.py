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
from escalation.documents import CODE, Fields
from escalation.policies import PolicyRules
from presets import documents
from presets.errors import BadPreset, NoSuchPreset
from presets.items import Item, Kind, Named
from presets.promising import policy_document

LANGUAGES = ("zh-hant", "zh-hans")
"""Besides English, in which everything is written first."""


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
    parts = ("preset", "departments", "categories", "policies", "signoff", "bodies", "letters")
    return from_json(code, {part: documents.read(code, part) for part in parts})


def from_json(code: str, parts: Mapping[str, Any]) -> Preset:
    """Read the documents of a preset: `preset`, `departments`, `categories`, `policies`, `signoff`, `bodies`, `letters`.

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
        *_office_hours(fields.required("hours"), places, hours),
        *loaded_packs,
        *_policies(parts["policies"], root, places, {item.code for item in categories}, hours),
        *_signoff(parts["signoff"], places),
        *_bodies(parts["bodies"], root),
        *_letters(parts["letters"], root),
    ]
    read = Preset(
        code=code,
        name=_words(fields.required("name"), "preset.name"),
        summary=_words(fields.required("summary"), "preset.summary"),
        chapters=[_chapter(form, path) for form, path in _each(fields.required("page"), "preset.page")],
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
    for form, path in _each(forms, "departments"):
        fields = Fields(form, path, BadPreset)
        item = _item(Kind.DEPARTMENT, fields)
        says = {
            "parent": _code(fields, "parent", known),
            "desk_name": fields.get("desk_name", ""),
        }
        roles = [
            Role(_one(role, tuple(Role.values), f"{path}.roles")) for role, _p in _each(fields.required("roles"), path)
        ]
        fields.finish()
        known.add(item.code)
        yield _says(item, says), roles


def _categories(forms: Any, places: Collection[str]) -> Iterator[Item]:
    known: set[str] = set()
    for form, path in _each(forms, "categories"):
        fields = Fields(form, path, BadPreset)
        item = _item(Kind.CATEGORY, fields)
        says = {"parent": _code(fields, "parent", known), "department": _code(fields, "department", places)}
        fields.finish()
        known.add(item.code)
        yield _says(item, says)


def _calendars(forms: Any, path: str) -> Iterator[Item]:
    """By their codes: calendars that several offices share stand in a folder of their own."""
    for code, place in _each(forms, path):
        document = documents.calendar(_one(code, tuple(documents.calendars()), place))
        read = Calendar.from_json(document)
        # an office loads its own days off from year to year, so only the week is compared
        says = {"timezone": document["timezone"], "week": document["week"], "document": document}
        yield Item(Kind.CALENDAR, code, Named(read.name), says)


def _office_hours(forms: Any, places: Collection[str], hours: Collection[str]) -> Iterator[Item]:
    fields = Fields(forms, "preset.hours", BadPreset)
    for place in fields.value:
        _one(place, tuple(sorted(places)), "preset.hours")
        calendar = fields.one_of(place, tuple(hours))
        yield Item(Kind.OFFICE_HOURS, place, Named(place), {"calendar": calendar})


def _packs(forms: Any, hours: Collection[str]) -> Iterator[Item]:
    for form, path in _each(forms, "preset.packs"):
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
    for form, path in _each(forms, "policies"):
        fields = Fields(form, path, BadPreset)
        item = _item(Kind.POLICY, fields)
        document = policy_document(form, root=root, promises=documents.promises(), path=path)
        for name in ("match", "calendar", "clocks"):
            fields.get(name)
        fields.finish()
        rules = PolicyRules.from_json(document)
        _one(rules.calendar, tuple(hours), f"{path}.calendar")
        for fact, known in (("department", places), ("category", categories)):
            for code in rules.match.get(fact, ()):
                _one(code, tuple(sorted(known)), f"{path}.match.{fact}")
        yield _says(item, document)


def _signoff(forms: Any, places: Collection[str]) -> Iterator[Item]:
    fields = Fields(forms, "signoff", BadPreset)
    for form, path in _each(fields.required("rules"), "signoff.rules"):
        yield _signoff_rule(Fields(form, path, BadPreset), places)
    for form, path in _each(fields.required("limits"), "signoff.limits"):
        each = Fields(form, path, BadPreset)
        role, currency = each.one_of("role", tuple(Role.values)), each.text("currency")
        amount = each.text("amount")
        each.finish()
        named = f"{role}-{currency}"
        yield Item(Kind.LIMIT, named, Named(named), {"role": role, "currency": currency, "amount": amount})
    for form, path in _each(fields.required("thresholds"), "signoff.thresholds"):
        each = Fields(form, path, BadPreset)
        says = {"small_below": each.text("small_below"), "large_from": each.text("large_from")}
        yield Item(Kind.THRESHOLD, each.text("currency"), Named(each.text("currency")), says)
        each.finish()
    fields.finish()


def _signoff_rule(fields: Fields, places: Collection[str]) -> Item:
    item = _item(Kind.SIGNOFF_RULE, fields)
    parties = []
    for form, path in _each(fields.required("parties"), fields.field("parties")):
        each = Fields(form, path, BadPreset)
        role = each.get("role")
        party = _named(each)
        parties.append(
            {
                "label": party.name,
                "translations": dict(party.translations),
                "role": _one(role, tuple(Role.values), f"{path}.role") if role else "",
                "department": _code(each, "department", places),
            }
        )
        each.finish()
    checks = []
    for form, path in _each(fields.get("checks", []), fields.field("checks")):
        each = Fields(form, path, BadPreset)
        check = _named(each)
        party_number = each.whole("party", least=1, most=len(parties)) if each.get("party") is not None else None
        checks.append({"text": check.name, "translations": dict(check.translations), "party": party_number})
        each.finish()
    says = {
        "department": _code(fields, "department", places),
        **{name: fields.get(name, []) for name in ("classes", "priorities", "kinds")},
        "amount": fields.get("amount"),
        "currency": fields.get("currency", ""),
        "in_order": fields.boolean("in_order", default=False),
        "parties": parties,
        "checks": checks,
    }
    fields.finish()
    return _says(item, says)


def _bodies(forms: Any, root: str) -> Iterator[Item]:
    """Where else complainants turn; their addresses are for the office to fill in."""
    for form, path in _each(forms, "bodies"):
        fields = Fields(form, path, BadPreset)
        item = _item(Kind.BODY, fields)
        says = {"match": {"department": [root]} | dict(fields.get("match", {}))}
        fields.finish()
        yield _says(item, says)


def _letters(forms: Any, root: str) -> Iterator[Item]:
    for form, path in _each(forms, "letters"):
        fields = Fields(form, path, BadPreset)
        code, name = _own_code(fields), fields.text("name")
        recourse = _words(fields.required("recourse"), fields.field("recourse"))
        says = {
            "name": name,
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
        yield Item(Kind.LETTER, code, Named(name), says)


# --- the parts of a document --------------------------------------------------------------------------------


def _item(kind: Kind, fields: Fields) -> Item:
    return Item(kind, _own_code(fields), _named(fields), {})


def _says(item: Item, says: Mapping[str, Any]) -> Item:
    """The item with what it says; its names count, but for policies, which are named in one language only."""
    names = {} if item.kind == Kind.POLICY else {"name": item.name.name, "translations": dict(item.name.translations)}
    return Item(item.kind, item.code, item.name, names | dict(says))


def _own_code(fields: Fields) -> str:
    code = fields.text("code")
    if not CODE.fullmatch(code):
        raise BadPreset(
            fields.field("code"), _("Write 1 to 60 letters, digits, hyphens or underscores, without spaces.")
        )
    return code


def _named(fields: Fields) -> Named:
    """`{"name": …, "zh-hant": …, "zh-hans": …}`, as the demo office writes it."""
    return Named(fields.text("name"), {language: fields.text(language) for language in LANGUAGES})


def _words(form: Any, path: str) -> Named:
    """`{"en": …, "zh-hant": …, "zh-hans": …}`, as rule packs write it."""
    fields = Fields(form, path, BadPreset)
    words = Named(fields.text("en"), {language: fields.text(language) for language in LANGUAGES})
    fields.finish()
    return words


def _chapter(form: Any, path: str) -> Chapter:
    fields = Fields(form, path, BadPreset)
    chapter = Chapter(
        heading=_words(fields.required("heading"), fields.field("heading")),
        paragraphs=[_words(each, place) for each, place in _each(fields.required("text"), fields.field("text"))],
    )
    fields.finish()
    return chapter


def _code(fields: Fields, name: str, known: Collection[str]) -> str | None:
    """A code of something that stands above or in another document, or null."""
    code = fields.get(name)
    return None if code is None else _one(code, tuple(sorted(known)), fields.field(name))


def _one(value: Any, known: Sequence[str], path: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise BadPreset(
            path,
            _("Nothing is called “%(name)s”; possible here are: %(names)s.")
            % {"name": value, "names": ", ".join(known)},
        )
    return value


def _each(forms: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Every entry of a list with its path."""
    if not isinstance(forms, list):
        raise BadPreset(path, _("This must be a list."))
    for number, form in enumerate(forms):
        yield form, f"{path}[{number}]"


def _check_once(items: Sequence[Item]) -> None:
    seen: set[tuple[Kind, str]] = set()
    for item in items:
        if (item.kind, item.code) in seen:
            raise BadPreset(item.code, _("This code is given twice; keep one of the two."))
        seen.add((item.kind, item.code))
