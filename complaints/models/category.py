"""The category tree: what complaints are about, and which department that belongs to."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from common.text import check_translations, localised
from common.trees import lies_below_itself


class Category(models.Model):
    """One node of the tree; `department` is where complaints of this category go (mission M11)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    translations = models.JSONField(_("names in other languages"), default=dict, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="categories",
        verbose_name=_("goes to"),
        help_text=_("Without one, the category above decides."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.label()

    def label(self) -> str:
        """The name in the reader's language."""
        return localised(self.name, self.translations)

    def clean(self) -> None:
        """Refuse a tree that bites its own tail, and names in a form that cannot be read."""
        check_translations(self.translations)
        if lies_below_itself(self):
            raise ValidationError({"parent": _("A category cannot lie below itself.")})
