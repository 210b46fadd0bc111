"""The office's own handling guides and reply templates, each in the languages of the office. (Mission M42.)"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints import guiding
from complaints.classes import Kind
from complaints.judging import Cause
from complaints.models.category import Category
from complaints.responding import Part


class Guidance(models.Model):
    """What guides and templates share. `texts` holds for each language its parts: {"en": {"title": …, "body": …}}.

    `version` rises at each change: whoever changes says which one they saw.
    """

    heading: str
    """The part of the texts that names the row."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    texts = models.JSONField(_("texts"))
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("With everything below it. Empty: every department."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """Its name in the reader's language, else in the nearest one in which it is written."""
        return self.text_shown[self.heading]

    def language_for(self, wanted: str) -> str:
        """The language in which it is written that comes nearest to the one wanted."""
        return guiding.best(self.texts, wanted)

    def text_for(self, wanted: str) -> Mapping[str, str]:
        """Its parts in that language."""
        text: Mapping[str, str] = self.texts[self.language_for(wanted)]
        return text

    @property
    def language_shown(self) -> str:
        """The language that the reader gets."""
        return self.language_for(get_language() or "")

    @property
    def text_shown(self) -> Mapping[str, str]:
        """Its parts in the reader's language, else in the nearest."""
        return self.text_for(get_language() or "")

    @property
    def languages(self) -> list[str]:
        """In which languages it is written, in the order of the office."""
        return [language for language in guiding.LANGUAGES if language in self.texts]

    @property
    def lacks(self) -> list[str]:
        """In which languages of the office it is not written yet, by name."""
        names: dict[str, Any] = dict(settings.LANGUAGES)
        return [str(names[language]) for language in guiding.LANGUAGES if language not in self.texts]


_WRITTEN = Q(texts__has_any_keys=list(guiding.LANGUAGES))


class Guide(Guidance):
    """How to handle complaints of some categories, causes or kinds. What it leaves empty fits every complaint; of what
    it names, one of each must fit. A category stands for all below it.
    """

    heading = "title"

    categories: "models.ManyToManyField[Category, models.Model]" = models.ManyToManyField(
        Category, blank=True, related_name="guides", verbose_name=_("categories")
    )
    causes = ArrayField(
        models.CharField(max_length=20, choices=Cause), default=list, blank=True, verbose_name=_("causes")
    )
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind), default=list, blank=True, verbose_name=_("kinds of classes")
    )

    class Meta(Guidance.Meta):
        verbose_name = _("handling guide")
        verbose_name_plural = _("handling guides")
        constraints = [
            models.CheckConstraint(condition=_WRITTEN, name="complaints_guide_written"),
            models.CheckConstraint(
                condition=Q(causes__contained_by=Cause.values) & Q(kinds__contained_by=Kind.values),
                name="complaints_guide_codes",
            ),
        ]

    @property
    def blocks(self) -> list[guiding.Block]:
        """The text in the reader's language, in its structure."""
        return list(guiding.blocks(self.text_shown["body"]))

    @property
    def cause_labels(self) -> list[str]:
        """The causes that it is for, in the reader's language."""
        return [str(Cause(code).label) for code in self.causes]

    @property
    def kind_labels(self) -> list[str]:
        """The kinds of classes that it is for."""
        return [str(Kind(code).label) for code in self.kinds]


class ReplyTemplate(Guidance):
    """A text to begin a reply with, or one part of a final response. Its placeholders are filled when it is used; what
    it makes is edited before it is sent.
    """

    heading = "name"

    part = models.CharField(
        _("part of the final response"),
        max_length=20,
        choices=Part,
        blank=True,
        default="",
        help_text=_("Empty: for replies."),
    )

    class Meta(Guidance.Meta):
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        constraints = [
            models.CheckConstraint(condition=_WRITTEN, name="complaints_reply_template_written"),
            models.CheckConstraint(condition=Q(part__in=["", *Part.values]), name="complaints_reply_template_part"),
        ]
