"""A link to the public form, with what somebody said already filled in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.vocabulary import Channel


class FormLink(models.Model):
    """Made for one person, to be opened once; found by the key in the link, of which we keep the digest. What was
    filled in is theirs as soon as they have opened it, and swept out with the link where they do not.
    """

    key_digest = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(_("what was filled in"), default=dict)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"), db_index=False
    )
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("link to the form")
        verbose_name_plural = _("links to the form")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="complaints_form_link_lasts"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="complaints_form_link_age")]

    def __str__(self) -> str:
        return str(self.pk)
