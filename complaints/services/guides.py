"""The office's handling guides and reply templates: writing them, changing them, taking them over from a file.

What is written counts at once. Nothing is deleted: what is not wanted any more is set inactive.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from complaints import guiding, permissions, placeholders
from complaints.classes import Kind
from complaints.errors import NotAllowed, invalid
from complaints.judging import Cause
from complaints.models import Category, Guide, ReplyTemplate
from complaints.responding import Part

Texts = Mapping[str, Mapping[str, str]]
Row = TypeVar("Row", Guide, ReplyTemplate)

CODE = re.compile(r"[a-z0-9][a-z0-9-]*")
MAX_CODE = 60
MAX_SUBJECT = 160
MOST_CATEGORIES = 50
LAST_POSITION = 30_000


@dataclass(frozen=True)
class GuideDraft:
    """A guide as it is to be. `texts`: language → `title` and `body`. What is left empty fits every complaint."""

    texts: Texts
    categories: Sequence[Category] = ()
    causes: Sequence[Cause] = ()
    kinds: Sequence[Kind] = ()
    department: Department | None = None
    position: int = 100
    is_active: bool = True


@dataclass(frozen=True)
class TemplateDraft:
    """A template as it is to be. `texts`: language → `name`, `body` and, if wanted, `subject`, the line above the
    text. Without a `part` it is for replies.
    """

    texts: Texts
    part: Part | None = None
    department: Department | None = None
    position: int = 100
    is_active: bool = True


@transaction.atomic
def add_guide(*, by: User | None, code: str, draft: GuideDraft) -> Guide:
    """A new guide. `by` is None for the system, which may write anything.

    Raises NotAllowed, Invalid naming every field as `texts.<language>.<part>`, `code`, `categories` or `department`.
    """
    _check_may(by, draft.department)
    guide = _added(Guide(**_guide_columns(draft)), code, by)
    guide.categories.set(draft.categories)
    return guide


@transaction.atomic
def change_guide(*, by: User | None, code: str, draft: GuideDraft, seen_version: int | None = None) -> Guide:
    """Change all of a guide but its code. `seen_version` is the one that was shown to whoever changes it; without one
    nothing is compared.

    Raises Guide.DoesNotExist, NotAllowed, Invalid; also when somebody has changed it meanwhile.
    """
    guide = Guide.objects.select_for_update().get(code=code)
    _check_may(by, guide.department)
    _check_may(by, draft.department)
    _changed(guide, _guide_columns(draft, guide), by, seen_version)
    guide.categories.set(draft.categories)
    return guide


@transaction.atomic
def add_template(*, by: User | None, code: str, draft: TemplateDraft) -> ReplyTemplate:
    """A new template. Raises NotAllowed, Invalid: for an unknown placeholder, too."""
    _check_may(by, draft.department)
    return _added(ReplyTemplate(**_template_columns(draft)), code, by)


@transaction.atomic
def change_template(
    *, by: User | None, code: str, draft: TemplateDraft, seen_version: int | None = None
) -> ReplyTemplate:
    """Change all of a template but its code. Raises ReplyTemplate.DoesNotExist, NotAllowed, Invalid."""
    template = ReplyTemplate.objects.select_for_update().get(code=code)
    _check_may(by, template.department)
    _check_may(by, draft.department)
    return _changed(template, _template_columns(draft, template), by, seen_version)


def _check_may(by: User | None, department: Department | None) -> None:
    """Raises NotAllowed."""
    if by is None or permissions.may_keep_guides(by, department.pk if department else None):
        return
    if department is None:
        raise NotAllowed(
            _("Guides and templates for every department are kept by administrators and by those who lead all of it.")
        )
    raise NotAllowed(
        _("Guides and templates of %(department)s are kept by its managers and quality reviewers.")
        % {"department": department.label()}
    )


def _guide_columns(draft: GuideDraft, now: Guide | None = None) -> dict[str, Any]:
    if len(draft.categories) > MOST_CATEGORIES:
        raise invalid("categories", _("At most %(limit)d categories are taken.") % {"limit": MOST_CATEGORIES})
    needed = {"title": guiding.MAX_TITLE, "body": guiding.MAX_BODY}
    return {
        "texts": guiding.check_texts(draft.texts, needed=needed),
        "causes": [cause.value for cause in Cause if cause in draft.causes],
        "kinds": [kind.value for kind in Kind if kind in draft.kinds],
        **_common(draft, now),
    }


def _template_columns(draft: TemplateDraft, now: ReplyTemplate | None = None) -> dict[str, Any]:
    needed = {"name": guiding.MAX_TITLE, "body": guiding.MAX_BODY}
    texts = guiding.check_texts(draft.texts, needed=needed, other={"subject": MAX_SUBJECT})
    for language, parts in texts.items():
        for name in ("subject", "body"):
            placeholders.check_known(f"texts.{language}.{name}", parts[name])
        if "\n" in parts["subject"]:
            raise invalid(f"texts.{language}.subject", _("This is one line."))
    return {"texts": texts, "part": str(draft.part or ""), **_common(draft, now)}


def _common(draft: GuideDraft | TemplateDraft, now: Guide | ReplyTemplate | None) -> dict[str, Any]:
    department = draft.department
    kept = now is not None and department is not None and now.department_id == department.pk
    if department is not None and not department.is_active and not kept:
        raise invalid("department", _("This department is no longer active."))
    if not 0 <= draft.position <= LAST_POSITION:
        raise invalid("position", _("Give a place from 0 to %(last)d.") % {"last": LAST_POSITION})
    return {"department": department, "position": draft.position, "is_active": draft.is_active}


def _added(row: Row, code: str, by: User | None) -> Row:
    if not CODE.fullmatch(code) or len(code) > MAX_CODE:
        raise invalid("code", _("Write the code in small letters, digits and hyphens, at most 60 characters."))
    row.code, row.changed_by, row.changed_at = code, by, timezone.now()
    taken = invalid("code", _("Another one has this code already."))
    if type(row)._default_manager.filter(code=code).exists():
        raise taken
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else has just taken the code
        raise taken from None
    return row


def _changed(row: Row, columns: Mapping[str, Any], by: User | None, seen_version: int | None) -> Row:
    if seen_version is not None and seen_version != row.version:
        raise invalid(
            "version",
            _("Somebody else has changed this meanwhile. Nothing was overwritten: look at it as it is now."),
        )
    for name, value in columns.items():
        setattr(row, name, value)
    row.version, row.changed_by, row.changed_at = row.version + 1, by, timezone.now()
    row.save()
    return row
