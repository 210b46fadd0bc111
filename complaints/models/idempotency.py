"""Creates that a program may safely send twice."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken
from complaints.models.complaint import Complaint
from complaints.models.task import Task


class IdempotentCreate(models.Model):
    """The complaint, or the task or other part of a complaint, that this token created with this `Idempotency-Key`."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+", verbose_name=_("API token"))
    key = models.CharField(_("key"), max_length=200)
    request_digest = models.CharField(_("SHA-256 of the request"), max_length=64)
    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="+", verbose_name=_("complaint"))
    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="+", verbose_name=_("task"))
    made = models.CharField(
        _("made"), max_length=20, blank=True, help_text=_("What else of the complaint it was, such as a remedy.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("idempotent create")
        verbose_name_plural = _("idempotent creates")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="complaints_idempotent_create_once")]

    def __str__(self) -> str:
        return self.key
