"""By which calendar the people of a department work."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from escalation.models.calendar import Calendar


class OfficeHours(models.Model):
    """The working hours of a department's people, and of every department below it that has none of its own.

    They say when somebody may be disturbed; what a deadline counts in is the policy's calendar.
    """

    department = models.OneToOneField(
        Department, models.CASCADE, related_name="office_hours", verbose_name=_("department")
    )
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="office_hours", verbose_name=_("calendar"))

    class Meta:
        ordering: ClassVar = ["department_id"]
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")

    def __str__(self) -> str:
        return f"{self.department}: {self.calendar}"
