"""Mass incidents: one thing that happened, many complaints about it, one update to all."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints.models.complaint import Complaint
from complaints.models.message import Message


class MassIncident(models.Model):
    """The parent of many complaints about the same thing. Each complaint stays a case of its own."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what happened"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="mass_incidents", verbose_name=_("department")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        verbose_name = _("mass incident")
        verbose_name_plural = _("mass incidents")
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="complaints_mass_says_what"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__gte=F("opened_at"), closed_by__isnull=False),
                name="complaints_mass_closed_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether complaints are still gathered under it."""
        return self.closed_at is None


class Gathered(models.Model):
    """A complaint that is gathered under a mass incident; at most under one."""

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, primary_key=True, related_name="gathered", verbose_name=_("complaint")
    )
    incident = models.ForeignKey(MassIncident, models.PROTECT, related_name="members", verbose_name=_("mass incident"))
    gathered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("gathered by")
    )
    gathered_at = models.DateTimeField(_("gathered at"))

    class Meta:
        verbose_name = _("gathered complaint")
        verbose_name_plural = _("gathered complaints")

    def __str__(self) -> str:
        return f"{self.complaint_id} in {self.incident_id}"


class IncidentUpdate(models.Model):
    """One text that was sent to every open complaint of a mass incident. The same `key` sends nothing twice."""

    incident = models.ForeignKey(
        MassIncident, models.PROTECT, related_name="updates", verbose_name=_("mass incident"), db_index=False
    )  # the unique key begins with it
    key = models.CharField(_("key"), max_length=200)
    body = models.TextField(_("text"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    created_at = models.DateTimeField(_("sent at"))
    messages = models.ManyToManyField(Message, related_name="+", verbose_name=_("replies"))

    class Meta:
        ordering = ["incident_id", "created_at", "id"]
        verbose_name = _("update of a mass incident")
        verbose_name_plural = _("updates of mass incidents")
        constraints = [
            models.UniqueConstraint(fields=["incident", "key"], name="complaints_mass_update_once"),
            models.CheckConstraint(condition=~Q(body="") & ~Q(key=""), name="complaints_mass_update_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} update {self.pk}"
