"""Handling guides and reply templates: what the office has of them, and bringing them in."""

from collections.abc import Collection, Mapping, Sequence

from accounts.models import User
from complaints.models import Guide, ReplyTemplate
from complaints.services import importing_guides
from presets.items import Item, Kind, Says


def guides(codes: Collection[str]) -> dict[str, Says]:
    """What these guides say. Their order and their switches are the office's own."""
    rows = Guide.objects.filter(code__in=codes).select_related("department").prefetch_related("categories")
    return {
        row.code: {
            "texts": row.texts,
            "department": row.department.code if row.department else None,
            "categories": sorted(category.code for category in row.categories.all()),
            "causes": row.causes,
            "kinds": row.kinds,
        }
        for row in rows
    }


def templates(codes: Collection[str]) -> dict[str, Says]:
    """What these reply templates say."""
    rows = ReplyTemplate.objects.filter(code__in=codes).select_related("department")
    return {
        row.code: {
            "texts": {language: _written(text) for language, text in row.texts.items()},
            "department": row.department.code if row.department else None,
            "part": row.part or None,
        }
        for row in rows
    }


def _written(text: Mapping[str, str]) -> dict[str, str]:
    """Its parts that are not empty: a template needs no subject."""
    return {part: words for part, words in text.items() if words}


def bring(items: Sequence[Item], by: User | None) -> None:
    """Take over guides and templates whose codes are not here yet. Raises Invalid naming the entry and its field."""
    entries = {kind: [{"code": item.code, **item.says} for item in items if item.kind == kind] for kind in Kind}
    document = {"guides": entries[Kind.GUIDE], "templates": entries[Kind.TEMPLATE]}
    importing_guides.import_guides(data=document, by=by)
