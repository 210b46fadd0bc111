"""Handling guides and reply templates: what goes in, and what comes out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Department
from complaints import guiding
from complaints.api.fields import CodeIn, ListIn, MomentIn, MomentOut, OneOf
from complaints.api.serializers.taking import MessageIn, Strict
from complaints.classes import Kind
from complaints.guiding import Step
from complaints.judging import Cause
from complaints.models import Category, Guide
from complaints.placeholders import Placeholder
from complaints.responding import Part
from complaints.selectors.filling import FilledTemplate
from complaints.services.guides import LAST_POSITION, MAX_CODE, MOST_CATEGORIES, GuideDraft, TemplateDraft

_MOST = 100


class NoteIn(MessageIn):
    """A note, and of a talk what was done in it."""

    steps = ListIn(
        child=OneOf(Step),
        required=False,
        max_length=len(Step),
        help_text=_("If it notes a talk: those of the six steps that were done."),
    )


def _texts(**kwargs: Any) -> serializers.DictField:
    words = serializers.CharField(allow_blank=True, max_length=guiding.MAX_BODY, trim_whitespace=False)
    return serializers.DictField(child=serializers.DictField(child=words), **kwargs)


class _WrittenIn(Strict):
    department = CodeIn(
        Department, required=False, allow_null=True, help_text=_("With all below it; null: every department.")
    )
    position = serializers.IntegerField(required=False, min_value=0, max_value=LAST_POSITION, default=100)
    is_active = serializers.BooleanField(required=False, default=True)


class GuideIn(_WrittenIn):
    """All of a guide. What is left out or empty fits every complaint."""

    texts = _texts(help_text=_("Language → `title` and `body`; at least one language."))
    categories = ListIn(
        child=CodeIn(Category), required=False, max_length=MOST_CATEGORIES, help_text=_("Codes; with all below them.")
    )
    causes = ListIn(child=OneOf(Cause), required=False, max_length=_MOST)
    kinds = ListIn(child=OneOf(Kind), required=False, max_length=_MOST)

    def draft(self) -> GuideDraft:
        """As the service takes it."""
        given = {name: value for name, value in self.validated_data.items() if name not in ("code", "version")}
        return GuideDraft(**given)


class TemplateIn(_WrittenIn):
    """All of a template."""

    texts = _texts(
        help_text=_(
            "Language → `name`, `body` and, if wanted, `subject`; at least one language. Placeholders in braces, such"
            " as {reference}: docs/guides.md lists them."
        )
    )
    part = OneOf(
        Part, required=False, allow_null=True, help_text=_("A part of the final response; null: for replies.")
    )

    def draft(self) -> TemplateDraft:
        """As the service takes it."""
        given = {name: value for name, value in self.validated_data.items() if name not in ("code", "version")}
        return TemplateDraft(**given)


def _code() -> serializers.SlugField:
    return serializers.SlugField(max_length=MAX_CODE)


def _version() -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, min_value=1, help_text=_("The one that you have read; refused if there is a newer one.")
    )


class NewGuideIn(GuideIn):
    code = _code()


class ChangedGuideIn(GuideIn):
    version = _version()


class NewTemplateIn(TemplateIn):
    code = _code()


class ChangedTemplateIn(TemplateIn):
    version = _version()


class _WrittenOut(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        help_text=_("Its name in the language of the person the token acts for, else in the nearest.")
    )
    texts = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()
    changed_by = serializers.EmailField(source="changed_by.email", default=None, allow_null=True)
    changed_at = MomentOut()


class GuideOut(_WrittenOut):
    """A guide. What is empty or null fits every complaint."""

    categories = serializers.SerializerMethodField(help_text=_("Their codes."))
    causes = serializers.ListField(child=serializers.ChoiceField(Cause.choices))
    kinds = serializers.ListField(child=serializers.ChoiceField(Kind.choices))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_categories(self, guide: Guide) -> list[str]:
        """By their codes."""
        return [category.code for category in guide.categories.all()]


class TemplateOut(_WrittenOut):
    """A template."""

    part = serializers.SerializerMethodField(help_text=_("A part of the final response; null: for replies."))

    @extend_schema_field(serializers.ChoiceField(Part.choices, allow_null=True))
    def get_part(self, template: Any) -> str | None:
        """Null for replies."""
        return template.part or None


class FillIn(Strict):
    """How a template is to be filled in."""

    promise_until = MomentIn(required=False, help_text=_("A date that the same letter promises: `due_date`."))


class FilledTemplateOut(serializers.Serializer):
    """A template with what is known filled in."""

    code = serializers.CharField(source="template.code")
    language = serializers.CharField(help_text=_("Of the text."))
    wanted = serializers.CharField(help_text=_("The complainant's language."))
    falls_back = serializers.BooleanField(help_text=_("Whether the text has to be translated before it is sent."))
    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField()
    text = serializers.CharField(help_text=_("As it goes into a message: the subject above the text."))
    missing = serializers.ListField(
        child=serializers.ChoiceField(Placeholder.choices),
        help_text=_("Placeholders that still stand in the text. With one of them it is not sent."),
    )
    remarks = serializers.SerializerMethodField(help_text=_("What has to be seen to, in sentences."))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_remarks(self, filled: FilledTemplate) -> list[str]:
        """In the language of the person the token acts for."""
        return filled.remarks
