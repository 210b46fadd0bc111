"""Proceedings outside the house, legal holds, authorities of representatives, and joint complainants."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import outside
from complaints.models.complaint import Complaint
from complaints.models.message import Attachment
from complaints.outside import Basis, ProceedingKind
from complaints.vocabulary import Relation


class Proceeding(models.Model):
    """A mediation, an order of a regulator, or a court case about the matter, with the date by which we must act."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="proceedings", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    kind = models.CharField(_("kind"), max_length=20, choices=ProceedingKind)
    body = models.CharField(_("body"), max_length=200)
    reference = models.CharField(_("reference number"), max_length=200, blank=True)
    what = models.TextField(_("what is asked of us"))
    due = models.DateTimeField(_("due"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    opened_at = models.DateTimeField(_("recorded at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    result = models.TextField(_("result"), blank=True)

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("outside proceeding")
        verbose_name_plural = _("outside proceedings")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_proceeding_once"),
            models.CheckConstraint(condition=Q(kind__in=ProceedingKind.values), name="complaints_proceeding_kind"),
            models.CheckConstraint(condition=~Q(body="") & ~Q(what=""), name="complaints_proceeding_whole"),
            models.CheckConstraint(
                condition=Q(due=None) | Q(due__gt=F("opened_at")), name="complaints_proceeding_ahead"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, result="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(result="")),
                name="complaints_proceeding_ended_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} proceeding {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None


class LegalHold(models.Model):
    """The file must be kept as it is: nothing is closed, ended or erased while a hold is in force."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="legal_holds", verbose_name=_("complaint"))
    reasons = models.TextField(_("reasons"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("placed by")
    )
    placed_at = models.DateTimeField(_("placed at"))
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_because = models.TextField(_("why it was lifted"), blank=True)

    class Meta:
        ordering = ["placed_at", "id"]
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(lifted_at=None), name="complaints_one_hold_in_force"
            ),
            models.CheckConstraint(condition=~Q(reasons=""), name="complaints_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lifted_because="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_because="")),
                name="complaints_hold_lifted_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} hold"


class Authority(models.Model):
    """By what right the complainant acts for somebody else, and who has seen the document."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="authorities", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    basis = models.CharField(_("by what right"), max_length=20, choices=Basis)
    document_seen = models.BooleanField(_("the document was seen"))
    document = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_because = models.TextField(_("why it was revoked"), blank=True)

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("authority of a representative")
        verbose_name_plural = _("authorities of representatives")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_authority_once"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="complaints_authority_basis"),
            models.CheckConstraint(
                condition=Q(document=None) | Q(document_seen=True), name="complaints_authority_document_seen"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoked_because="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_because="")),
                name="complaints_authority_revoked_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} authority {self.number}"

    @property
    def is_good(self) -> bool:
        """Whether it counts today."""
        return outside.is_good(
            document_seen=self.document_seen,
            valid_until=self.valid_until,
            revoked=self.revoked_at is not None,
            today=timezone.localdate(),
        )


class JointComplainant(models.Model):
    """Somebody who complains together with the complainant, who speaks for all of them."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="joint_complainants", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    relation = models.CharField(_("relation"), max_length=20, choices=Relation, blank=True)
    joined_at = models.DateTimeField(_("joined at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    left_at = models.DateTimeField(_("left at"), null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("removed by")
    )

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("joint complainant")
        verbose_name_plural = _("joint complainants")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_joint_once"),
            models.CheckConstraint(condition=~Q(name=""), name="complaints_joint_named"),
            models.CheckConstraint(
                condition=Q(left_at=None, removed_by=None) | Q(left_at__isnull=False, removed_by__isnull=False),
                name="complaints_joint_left_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name
