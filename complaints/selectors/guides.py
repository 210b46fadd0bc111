"""Reads about handling guides and reply templates: all of them, and those that fit one complaint."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from accounts.models import Department
from common.trees import lineage_ids
from complaints.models import Category, Complaint, Guide, Judgement, Matter, ReplyTemplate
from complaints.settling import LIVE


@dataclass(frozen=True)
class About:
    """What a guide is chosen by: of the complaint itself, its matters and the judgements in force."""

    department_id: int | None = None
    categories: Collection[int] = ()
    causes: Collection[str] = ()
    kind: str = ""


def all_guides() -> QuerySet[Guide]:
    """In their order, with everything that is shown of them: two queries."""
    return Guide.objects.select_related("department", "changed_by").prefetch_related("categories")


def all_templates() -> QuerySet[ReplyTemplate]:
    """In their order, with everything that is shown of them."""
    return ReplyTemplate.objects.select_related("department", "changed_by")


def about(complaint: Complaint) -> About:
    """What the complaint is about, as far as anybody has said: two queries."""
    live = Matter.objects.filter(complaint=complaint, state__in=sorted(LIVE), category__isnull=False)
    in_force = Judgement.objects.filter(
        complaint=complaint, state=Judgement.State.IN_FORCE, cycle=complaint.cycle
    ).exclude(cause="")
    return About(
        department_id=complaint.department_id,
        categories=_categories(complaint, live.order_by().values_list("category_id", flat=True)),
        causes=set(in_force.order_by().values_list("cause", flat=True)),
        kind=complaint.class_kind,
    )


def _categories(complaint: Complaint, of_matters: Collection[int]) -> set[int]:
    return {*of_matters, *([complaint.category_id] if complaint.category_id is not None else [])}


def fitting(wanted: About) -> QuerySet[Guide]:
    """The active guides that fit: one query, however deep the trees are.

    Of what a guide names, one of each must fit; what it leaves empty fits always.
    """
    named = Guide.categories.through._default_manager.filter(guide=OuterRef("pk"))
    below = named.filter(_is_any("category_id", Category, wanted.categories))
    return Guide.objects.filter(
        Q(kinds=[]) | Q(kinds__contains=[wanted.kind]),
        Q(causes=[]) | Q(causes__overlap=sorted(wanted.causes)),
        ~Exists(named) | Exists(below),
        _for_department(wanted.department_id),
        is_active=True,
    )


def templates_for(complaint: Complaint) -> QuerySet[ReplyTemplate]:
    """The active templates that whoever answers this complaint can use: one query."""
    return ReplyTemplate.objects.filter(_for_department(complaint.department_id), is_active=True)


def _for_department(department_id: int | None) -> Q:
    """Those for every department, and those for that one or one above it."""
    everywhere = Q(department=None)
    if department_id is None:
        return everywhere
    return everywhere | Q(_is_any("department_id", Department, [department_id]))


def _is_any(column: str, model: type[Category | Department], ids: Collection[int]) -> Func:
    """The column is one of these rows, or lies above one of them."""
    return Func(
        F(column),
        lineage_ids(model._meta.db_table, ids),
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )
