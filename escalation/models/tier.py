"""The tiers of the ladder."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import TOP_TIER, Role
from common.text import check_translations, localised


class Tier(models.Model):
    """One rung: its name, and the role whose people hold it. Five of them stand there from the start."""

    number = models.PositiveSmallIntegerField(
        _("tier"), primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(TOP_TIER)]
    )
    name = models.CharField(_("name"), max_length=80)
    translations = models.JSONField(_("names in other languages"), default=dict, blank=True)
    role = models.CharField(_("held by"), max_length=20, choices=Role)

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=TOP_TIER), name="escalation_tier_number"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="escalation_tier_role"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label()}"

    def label(self) -> str:
        """The name in the reader's language."""
        return localised(self.name, self.translations)

    def clean(self) -> None:
        """Refuse names in a form that cannot be read."""
        check_translations(self.translations)
