"""The forms in which guides and templates are written, each in every language of the office."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from common.refusals import Refusal
from complaints import guiding, permissions
from complaints.classes import KINDS, Kind
from complaints.errors import Invalid
from complaints.judging import Cause
from complaints.models import Category, Guide, ReplyTemplate
from complaints.responding import Part
from complaints.services.guides import LAST_POSITION, MAX_CODE, MAX_SUBJECT, GuideDraft, TemplateDraft
from complaints.web.desk.fields import Line, TreeField, Words
from complaints.web.desk.forms.signoff_rules import Refusable
from complaints.web.desk.weighing import WeighedForm

LANGUAGES = [(code, name) for code, name in settings.LANGUAGES if code in guiding.LANGUAGES]


class TreeOfCategories(forms.ModelMultipleChoiceField):
    """Categories to tick, each below the one it belongs to."""

    iterator = TreeField.iterator


def _kinds() -> list[tuple[str, str]]:
    return [
        (kind.value, gettext(": ").join((str(complaint_class.label), str(kind.label))))
        for complaint_class, kinds in KINDS.items()
        for kind in kinds
    ]


class WrittenForm(Refusable):
    """A form whose text is written in every language; a language left empty is one in which it is not written."""

    parts: dict[str, type[Words]] = {}
    labels: dict[str, Any] = {}
    limits: dict[str, int] = {}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = forms.IntegerField(
        label=_("Place"),
        min_value=0,
        max_value=LAST_POSITION,
        initial=100,
        help_text=_("Lower places stand first."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, row: Guide | ReplyTemplate | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = _initial_of(row) if row else {}
        everywhere = permissions.may_keep_guides(user, None)
        self.fields["department"] = TreeField(
            queryset=Department.objects.filter(pk__in=permissions.keeps_guides_in(user)),
            label=_("Department"),
            required=not everywhere,
            empty_label=_("All departments") if everywhere else _("Choose a department"),
            help_text=_("For the complaints of this department and of those below it."),
        )
        if row is None:
            self.fields["code"] = forms.SlugField(
                label=_("Code"), max_length=MAX_CODE, help_text=_("Small letters, digits and hyphens. It stays.")
            )
        for language, _name in LANGUAGES:
            for part, kind in self.parts.items():
                self.fields[f"{part}_{language}"] = kind(
                    label=self.labels[part], required=False, limit=self.limits[part]
                )
                self.fields[f"{part}_{language}"].widget.attrs["lang"] = language
        self.order_fields(["code", *self.fields])

    def languages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Code and name of each language, with the fields of its text."""
        return [(code, str(name), [self[f"{part}_{code}"] for part in self.parts]) for code, name in LANGUAGES]

    def others(self) -> list[forms.BoundField]:
        """The fields besides the text."""
        written = {f"{part}_{code}" for part in self.parts for code, _name in LANGUAGES}
        return [self[name] for name in self.fields if name not in written]

    def texts(self) -> dict[str, dict[str, str]]:
        """The texts as the service takes them."""
        return {code: {part: self.cleaned_data[f"{part}_{code}"] for part in self.parts} for code, _name in LANGUAGES}

    def refuse(self, refusal: Refusal) -> None:
        """The service names a text by its language and its part."""
        errors = {_field_of(name): sentences for name, sentences in refusal.errors.items()}
        super().refuse(Invalid(str(refusal), errors=errors))


def _field_of(name: str) -> str:
    place = name.split(".")
    return f"{place[2]}_{place[1]}" if len(place) == 3 else "" if name == "version" else name


def _initial_of(row: Guide | ReplyTemplate) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "version": row.version,
        "position": row.position,
        "is_active": row.is_active,
        "department": row.department_id,
    }
    if isinstance(row, Guide):
        initial |= {"categories": list(row.categories.all()), "causes": row.causes, "kinds": row.kinds}
    else:
        initial |= {"part": row.part}
    return initial | {
        f"{part}_{language}": words for language, text in row.texts.items() for part, words in text.items()
    }


class GuideForm(WrittenForm):
    """A guide and what it is for."""

    parts = {"title": Line, "body": Words}
    labels = {"title": _("Title"), "body": _("Text")}
    limits = {"title": guiding.MAX_TITLE, "body": guiding.MAX_BODY}

    categories = TreeOfCategories(
        queryset=Category.objects.filter(is_active=True),
        label=_("Category"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A category stands for all below it. None ticked: every category."),
    )
    causes = forms.MultipleChoiceField(
        choices=Cause.choices,
        label=_("Cause"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("As it was judged. None ticked: every cause, and before there is a judgement."),
    )
    kinds = forms.MultipleChoiceField(
        choices=_kinds,
        label=_("Class and kind"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every kind, and before there is a class."),
    )

    def draft(self) -> GuideDraft:
        """The guide as the service takes it."""
        given = self.cleaned_data
        return GuideDraft(
            texts=self.texts(),
            categories=list(given["categories"]),
            causes=[Cause(code) for code in given["causes"]],
            kinds=[Kind(code) for code in given["kinds"]],
            department=given["department"],
            position=given["position"],
            is_active=given["is_active"],
        )


class TemplateForm(WeighedForm, WrittenForm):
    """A template and what it is for. Words that promise too much are pointed out once."""

    parts = {"name": Line, "subject": Line, "body": Words}
    labels = {"name": _("Name"), "subject": _("Line above the text"), "body": _("Text")}
    limits = {"name": guiding.MAX_TITLE, "subject": MAX_SUBJECT, "body": guiding.MAX_BODY}
    weighed = tuple(f"body_{code}" for code, _name in LANGUAGES)

    part = forms.ChoiceField(
        choices=[("", _("Replies")), *Part.choices],
        label=_("What it is for"),
        required=False,
        help_text=_("Replies to complainants, or one part of the final response."),
    )

    def draft(self) -> TemplateDraft:
        """The template as the service takes it."""
        given = self.cleaned_data
        return TemplateDraft(
            texts=self.texts(),
            part=Part(given["part"]) if given["part"] else None,
            department=given["department"],
            position=given["position"],
            is_active=given["is_active"],
        )
