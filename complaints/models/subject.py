"""Whom or what a complaint is about."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from complaints.vocabulary import SubjectKind


class Subject(models.Model):
    """A person, product or place that is complained about; a complaint may name several."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="subjects", verbose_name=_("complaint"))
    kind = models.CharField(_("kind"), max_length=10, choices=SubjectKind, default=SubjectKind.OTHER)
    name = models.CharField(_("name"), max_length=200)
    reference = models.CharField(_("number"), max_length=100, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints_about",
        verbose_name=_("member of the staff"),
    )

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        indexes = [  # other complaints about the same: `selectors.inquiries.about_the_same`
            models.Index(Upper("name"), models.F("complaint").desc(), name="complaints_subject_name"),
            models.Index(
                fields=["reference", "-complaint"],
                name="complaints_subject_reference",
                condition=~models.Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name
