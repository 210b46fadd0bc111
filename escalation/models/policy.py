"""Policies, in versions: which complaint gets which promises."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from escalation import policies
from escalation.errors import EscalationError


class Policy(models.Model):
    """A policy and its place in the order in which policies are tried. What it says stands in its versions."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    position = models.IntegerField(
        _("position"), default=100, help_text=_("The first active policy that matches a complaint applies.")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Clocks that already run go on under a policy that is no longer active."),
    )

    class Meta:
        ordering: ClassVar = ["position", "id"]
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """One version: never changed once it is published (a database trigger sees to it); running clocks keep theirs."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions", verbose_name=_("policy"))
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(
        _("document"),
        help_text=_("What it matches, its calendar, and for each promise the target and the ladder."),
    )
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
        ordering: ClassVar = ["policy_id", "-number"]
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="escalation_policy_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"

    def clean(self) -> None:
        """Refuse a document that is no policy, naming the field at fault."""
        try:
            policies.PolicyRules.from_json(self.document)
        except EscalationError as error:
            raise ValidationError({"document": str(error)}) from None


class PolicyDraft(models.Model):
    """The next version of a policy while it is being written; at most one for each code, shared by administrators.

    `made_from` is the number of the version it was begun from, 0 for a new policy: published on top of another one, it
    would undo what that one changed. What is saved can always be read
    as a policy.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    position = models.IntegerField(_("position"), default=100)
    document = models.JSONField(_("document"))
    made_from = models.PositiveIntegerField(_("made from version"), default=0)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("draft of a policy")
        verbose_name_plural = _("drafts of policies")

    def __str__(self) -> str:
        return self.code

    @property
    def stamp(self) -> str:
        """Tells one state of the draft from another."""
        return self.saved_at.isoformat()
