"""A complaint that somebody is still writing on the public form."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """The answers given so far, found by a secret in the visitor's cookie; swept out after a while."""

    key_digest = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(_("answers so far"), default=dict)
    created_at = models.DateTimeField(_("begun at"), default=timezone.now)
    updated_at = models.DateTimeField(_("last changed at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        indexes = [models.Index(fields=["updated_at"], name="complaints_draft_age")]

    def __str__(self) -> str:
        return str(self.pk)


class DraftFile(models.Model):
    """Evidence already uploaded and checked, waiting for its complaint to be sent."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files", verbose_name=_("draft"))
    file = models.FileField(_("file"), upload_to="drafts/%Y/%m/")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        ordering = ["id"]
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of drafts")

    def __str__(self) -> str:
        return self.name
