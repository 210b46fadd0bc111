"""Working calendars, in versions."""

from typing import ClassVar

from django.conf import settings
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
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

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


class Recount(models.Model):
    """The running deadlines counted anew by a version that lists more days than the one before: how far that has come,
    and what became of them.
    """

    version = models.OneToOneField(
        CalendarVersion, models.PROTECT, related_name="recount", verbose_name=_("version of the calendar")
    )
    began_at = models.DateTimeField(_("began at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    reached = models.BigIntegerField(_("complaints done, up to this id"), default=0)
    earlier = models.PositiveIntegerField(_("moved earlier"), default=0)
    later = models.PositiveIntegerField(_("moved later"), default=0)
    unmarked = models.PositiveIntegerField(_("no longer provisional, not moved"), default=0)
    paused = models.PositiveIntegerField(_("paused, counted by the newer days from now on"), default=0)
    failed = models.PositiveIntegerField(_("complaints that could not be counted anew"), default=0)

    class Meta:
        ordering: ClassVar = ["-began_at", "-id"]
        verbose_name = _("recount of running deadlines")
        verbose_name_plural = _("recounts of running deadlines")
        indexes: ClassVar = [
            models.Index(fields=["id"], name="escalation_recount_unfinished", condition=models.Q(finished_at=None))
        ]

    def __str__(self) -> str:
        return str(self.version)
