"""The list of proofs of a complaint, and the numbers by which others know the matter."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from complaints.models.message import Attachment
from complaints.proving import SETTLED, NumberKind, ProofFrom, ProofKind, ProofState


class Proof(models.Model):
    """Something that would show how it was, and whether it is there. What the complainant could bring and is missing
    they read on their page. The complaint's row guards its proofs: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="proofs", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    kind = models.CharField(_("kind"), max_length=10, choices=ProofKind)
    what = models.CharField(_("what it is"), max_length=200)
    brought_by = models.CharField(_("who could bring it"), max_length=12, choices=ProofFrom)
    state = models.CharField(_("state"), max_length=12, choices=ProofState, default=ProofState.MISSING)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("listed by"), db_index=False
    )
    listed_at = models.DateTimeField(_("listed at"))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
        db_index=False,
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    file = models.ForeignKey(
        Attachment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
        db_index=False,
    )

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_proof_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ProofKind.values, brought_by__in=ProofFrom.values) & ~Q(what=""),
                name="complaints_proof_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=ProofState.MISSING, settled_by=None, settled_at=None, file=None, remark="")
                | Q(state__in=sorted(SETTLED), settled_by__isnull=False, settled_at__isnull=False),
                name="complaints_proof_settled",
            ),
            models.CheckConstraint(
                condition=Q(file=None) | Q(state=ProofState.THERE), name="complaints_proof_file_is_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} proof {self.number}"


class CaseNumber(models.Model):
    """A number by which others know the matter: of an invoice, an account, an error log. It finds the complaint."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="numbers", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    kind = models.CharField(_("kind"), max_length=10, choices=NumberKind)
    value = models.CharField(_("number"), max_length=100)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"), db_index=False
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering: ClassVar = ["complaint_id", "id"]
        verbose_name = _("number of the matter")
        verbose_name_plural = _("numbers of the matter")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "kind", "value"], name="complaints_case_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=NumberKind.values) & ~Q(value=""), name="complaints_case_number_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
