"""Working calendars, in versions."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from escalation import calendars
from escalation.errors import EscalationError


class Calendar(models.Model):
    """A calendar under the code by which policies name it. What it says stands in its versions."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One version: never changed once it is published (a database trigger sees to it), so that a deadline can always
    be computed again as it was.
    """

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions", verbose_name=_("calendar"))
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("document"), help_text=_("Weekly spans, days that differ, and their reasons."))
    covers_until = models.DateField(_("complete until"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["calendar_id", "-number"]
        verbose_name = _("version of a calendar")
        verbose_name_plural = _("versions of calendars")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "number"], name="escalation_calendar_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.number}"

    def clean(self) -> None:
        """Refuse a document that is no calendar, naming the field at fault."""
        try:
            calendars.Calendar.from_json(self.document)
        except EscalationError as error:
            raise ValidationError({"document": str(error)}) from None
