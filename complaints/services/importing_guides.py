"""Guides and templates from a document: what `manage.py import_guides` reads, and what presets bring. (docs/guides.md)

Taking over the same document again changes nothing; a row whose code is here already is changed to what the document
says.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from complaints.classes import Kind
from complaints.errors import Invalid, invalid
from complaints.judging import Cause
from complaints.models import Category, Guide, ReplyTemplate
from complaints.responding import Part
from complaints.services import guides
from complaints.services.guides import GuideDraft, TemplateDraft

STANDARD = Path(__file__).resolve().parent.parent / "guidance" / "standard.json"
"""Guides and templates that fit every office: they name causes and kinds, no category and no department."""

_Row = TypeVar("_Row", Guide, ReplyTemplate)


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    texts: dict[str, dict[str, str]]
    department: str | None = None
    position: int = 100
    is_active: bool = True


class _GuideEntry(_Entry, forbid_unknown_fields=True):
    categories: list[str] = []
    causes: list[Cause] = []
    kinds: list[Kind] = []


class _TemplateEntry(_Entry, forbid_unknown_fields=True):
    part: Part | None = None


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    guides: list[_GuideEntry] = []
    templates: list[_TemplateEntry] = []


@dataclass(frozen=True)
class Imported:
    """How many were new, how many changed; the others were here as they are."""

    added: int
    changed: int


def standard() -> Any:
    """The document of the guides and templates that come with the system."""
    return json.loads(STANDARD.read_text(encoding="utf-8"))


@transaction.atomic
def import_guides(*, data: Mapping[str, Any], by: User | None = None) -> Imported:
    """Take over every guide and template of the document, or nothing. `by` is None for the system.

    Raises Invalid naming the entry and its field, such as `guides[2].texts.en.body`; NotAllowed.
    """
    document = _read(data)
    departments = {department.code: department for department in Department.objects.all()}
    categories = {category.code: category for category in Category.objects.all()}
    results: list[bool | None] = []
    for place, guide in enumerate(document.guides):
        with _named(f"guides[{place}]"):
            draft = GuideDraft(
                texts=guide.texts,
                categories=[_category(categories, code) for code in dict.fromkeys(guide.categories)],
                causes=guide.causes,
                kinds=guide.kinds,
                department=_department(departments, guide.department),
                position=guide.position,
                is_active=guide.is_active,
            )
            results.append(_take(Guide, guide.code, draft, guides.add_guide, guides.change_guide, by))
    for place, template in enumerate(document.templates):
        with _named(f"templates[{place}]"):
            wanted = TemplateDraft(
                texts=template.texts,
                part=template.part,
                department=_department(departments, template.department),
                position=template.position,
                is_active=template.is_active,
            )
            results.append(
                _take(ReplyTemplate, template.code, wanted, guides.add_template, guides.change_template, by)
            )
    return Imported(added=results.count(True), changed=results.count(False))


def _read(data: Mapping[str, Any]) -> _Document:
    try:
        return msgspec.convert(data, _Document)
    except msgspec.ValidationError as error:
        raise invalid("document", _("This document cannot be read: %(reason)s.") % {"reason": error}) from None


def _take(
    model: type[_Row],
    code: str,
    draft: Any,
    add: Callable[..., _Row],
    change: Callable[..., _Row],
    by: User | None,
) -> bool | None:
    """True for a new row, False for a changed one, None for one that was here as it is."""
    here = model._default_manager.filter(code=code).first()
    if here is None:
        add(by=by, code=code, draft=draft)
        return True
    before = _standing(here)
    unchanged = transaction.savepoint()
    if _standing(change(by=by, code=code, draft=draft)) == before:
        transaction.savepoint_rollback(unchanged)
        return None
    transaction.savepoint_commit(unchanged)
    return False


def _standing(row: Guide | ReplyTemplate) -> tuple[Any, ...]:
    """All that a document says about a row."""
    common = (row.texts, row.department_id, row.position, row.is_active)
    if isinstance(row, ReplyTemplate):
        return (*common, row.part)
    return (*common, row.causes, row.kinds, set(row.categories.values_list("code", flat=True)))


def _category(categories: Mapping[str, Category], code: str) -> Category:
    if code not in categories:
        raise invalid("categories", _("There is no category with the code “%(code)s”.") % {"code": code})
    return categories[code]


def _department(departments: Mapping[str, Department], code: str | None) -> Department | None:
    if code is None:
        return None
    if code not in departments:
        raise invalid("department", _("There is no department with the code “%(code)s”.") % {"code": code})
    return departments[code]


@contextmanager
def _named(entry: str) -> Iterator[None]:
    """What is refused inside names the entry of the document."""
    try:
        yield
    except Invalid as refusal:
        errors = {f"{entry}.{name}": sentences for name, sentences in refusal.errors.items()}
        raise Invalid(f"{entry}: {refusal}", errors=errors) from None
