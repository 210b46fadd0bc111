"""The guided form: its steps in order, what each shows under "check your answers", and the registration they make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import moments
from complaints.models import Draft
from complaints.services import drafts
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.vocabulary import Demand, SubjectKind
from complaints.web.portal.forms import AboutForm, ContactForm, EvidenceForm, WhatHappenedForm, WishesForm


@dataclass(frozen=True)
class Row:
    """One answer, to be checked before sending."""

    label: Any
    lines: Sequence[str]


@dataclass(frozen=True)
class Step:
    """One page of the guided form."""

    slug: str
    title: Promise
    form: type[forms.Form]
    rows: Callable[[Any, Draft], list[Row]]


def bound(step: Step, draft: Draft | None) -> forms.Form:
    """The step's form with what was typed there so far; a fresh one when nothing was."""
    typed = drafts.typed(draft, step.slug)
    if typed is None:
        return step.form()
    return step.form(MultiValueDict({field: list(values) for field, values in typed.items()}))


def checked(step: Step, draft: Draft | None) -> forms.Form:
    """The step's form bound in any case: a step that was never opened counts as left empty."""
    typed = drafts.typed(draft, step.slug) or {}
    return step.form(MultiValueDict({field: list(values) for field, values in typed.items()}))


def answers(form: forms.Form, post: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the browser sent for the fields of this form and nothing else; files are kept elsewhere."""
    sent = post.lists() if hasattr(post, "lists") else post.items()
    return {field: [str(value) for value in values] for field, values in sent if field in form.fields}


def _what_happened_rows(form: WhatHappenedForm, draft: Draft) -> list[Row]:
    given = form.cleaned_data
    languages = dict(form.fields["language"].choices)  # type: ignore[attr-defined]  # a ChoiceField
    return [
        Row(_("What it is about"), [given["subject"]]),
        Row(_("What happened"), [given["description"]]),
        Row(_("We answer in"), [languages[given["language"]]]),
    ]


def _about_rows(form: AboutForm, draft: Draft) -> list[Row]:
    given = form.cleaned_data
    category, place = form.categories.get(given.get("category", "")), form.places.get(given.get("place", ""))
    happened = AboutForm.occurred_at(given)
    when = ""
    if happened is not None:
        when = moments.full(happened) if given["happened_time"] else moments.day(happened)
    rows = [
        Row(_("Mostly about"), [category.label()] if category else []),
        Row(_("Where"), [line for line in (place.label() if place else "", given["where"]) if line]),
        Row(_("When"), [when] if when else []),
    ]
    named = [
        " · ".join(part for part in (subject.name, str(subject.kind.label), subject.reference) if part)
        for subject in _subjects(form)
    ]
    return [*rows, Row(_("Whom or what"), named)]


def _wishes_rows(form: WishesForm, draft: Draft) -> list[Row]:
    given = form.cleaned_data
    wished = [str(Demand(code).label) for code in given["demands"]]
    return [
        Row(_("What you would like"), [*wished, *([given["demand_note"]] if given["demand_note"] else [])]),
        Row(_("What we should do differently"), [given["suggestion"]] if given["suggestion"] else []),
    ]


def _evidence_rows(form: EvidenceForm, draft: Draft) -> list[Row]:
    return [Row(_("Files"), [file.name for file in draft.files.all()])]


def _contact_rows(form: ContactForm, draft: Draft) -> list[Row]:
    given = form.cleaned_data
    anonymous = given["identity"] == ContactForm.ANONYMOUS
    relation = dict(form.fields["relation"].choices).get(given["relation"])  # type: ignore[attr-defined]  # a ChoiceField
    rows = [
        Row(_("Your name"), [str(_("You stay anonymous")) if anonymous else given["name"]]),
        Row(_("E-mail"), [given["email"]] if given["email"] else []),
        Row(_("Phone"), [given["phone"]] if given["phone"] else []),
    ]
    if given["relation"]:
        rows.append(Row(_("You are"), [str(relation)]))
    if given["on_behalf_of"]:
        rows.append(Row(_("You write for"), [line for line in (given["on_behalf_of"], given["authority"]) if line]))
    return rows


WHAT_HAPPENED = Step("what-happened", _("What happened"), WhatHappenedForm, _what_happened_rows)
ABOUT = Step("about", _("Whom or what, where and when"), AboutForm, _about_rows)
WISHES = Step("wishes", _("What you would like us to do"), WishesForm, _wishes_rows)
EVIDENCE = Step("evidence", _("Evidence"), EvidenceForm, _evidence_rows)
CONTACT = Step("contact", _("How to reach you"), ContactForm, _contact_rows)

STEPS: tuple[Step, ...] = (WHAT_HAPPENED, ABOUT, WISHES, EVIDENCE, CONTACT)
BY_SLUG: Mapping[str, Step] = {step.slug: step for step in STEPS}


def number(step: Step) -> int:
    """The step's number, from 1."""
    return STEPS.index(step) + 1


def before(step: Step) -> Step | None:
    """The step before this one."""
    return STEPS[number(step) - 2] if number(step) > 1 else None


def following(step: Step) -> Step | None:
    """The step after this one; after the last come the answers to check."""
    return STEPS[number(step)] if number(step) < len(STEPS) else None


def registration(forms_by_slug: Mapping[str, forms.Form]) -> Registration:
    """What the checked forms ask the office to register."""
    told, wishes, contact = (forms_by_slug[step.slug].cleaned_data for step in (WHAT_HAPPENED, WISHES, CONTACT))
    about = cast(AboutForm, forms_by_slug[ABOUT.slug])
    category = about.categories.get(about.cleaned_data.get("category", ""))
    place = about.places.get(about.cleaned_data.get("place", ""))
    return Registration(
        subject=told["subject"],
        description=told["description"],
        language=told["language"],
        category=category,
        # a category that says where it belongs decides (mission M11); else the place where it happened
        department=None if category is not None and category.department_id else place,
        occurred_at=AboutForm.occurred_at(about.cleaned_data),
        subjects=[*_subjects(about), *_places(about, place.label() if place else "")],
        demands=[Demand(code) for code in wishes["demands"]],
        demand_note=wishes["demand_note"],
        suggestion=wishes["suggestion"],
        complainant=ComplainantDetails(
            name=contact["name"],
            email=contact["email"],
            phone=contact["phone"],
            relation=contact["relation"],
            anonymous=contact["identity"] == ContactForm.ANONYMOUS,
            on_behalf_of=contact["on_behalf_of"],
            authority=contact["authority"],
        ),
    )


def _subjects(form: AboutForm) -> list[SubjectDetails]:
    given = form.cleaned_data
    return [
        SubjectDetails(
            name=given[f"subject_name_{number}"],
            kind=SubjectKind(given[f"subject_kind_{number}"] or SubjectKind.OTHER),
            reference=given[f"subject_reference_{number}"],
        )
        for number in range(1, form.row_count + 1)
        if given[f"subject_name_{number}"]
    ]


def _places(form: AboutForm, place: str) -> list[SubjectDetails]:
    where = form.cleaned_data["where"]
    name = gettext(": ").join(part for part in (place, where) if part)
    return [SubjectDetails(name=name[:200], kind=SubjectKind.UNIT)] if name else []
