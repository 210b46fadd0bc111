"""The conversation, and what only the office reads."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from complaints.models.judgement import InvestigationEntry
from complaints.models.remedy import Remedy
from complaints.models.task import Task


class Message(models.Model):
    """A reply to the complainant, a note among the staff, or what the complainant wrote."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Internal note")
        HEARD = "heard", _("From the complainant")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="messages", verbose_name=_("complaint"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written at"))

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="heard", author__isnull=True) | ~models.Q(kind="heard"),
                name="complaints_heard_from_outside",
            ),
        ]
        indexes = [models.Index(fields=["complaint", "created_at"], name="complaints_conversation")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"

    @property
    def seen_by_complainant(self) -> bool:
        """Everything but notes."""
        return self.kind != self.Kind.NOTE


class Attachment(models.Model):
    """A piece of evidence. The type is what the bytes say, the digest proves it unchanged."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="attachments", verbose_name=_("complaint"))
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("message")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("task")
    )
    entry = models.ForeignKey(
        InvestigationEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("investigation entry"),
    )
    remedy = models.ForeignKey(
        Remedy, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("remedy")
    )
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    internal = models.BooleanField(_("only for the office"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
        help_text=_("Empty: the complainant."),
    )
    created_at = models.DateTimeField(_("added at"))

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return self.name
