"""What is grave about a complaint: that it is major, what was reported, whose safety was at stake, media reports."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.gravity import MANY_HARMED, Criterion, SafetyGrade, SafetyKind, Told
from complaints.models.complaint import Complaint
from complaints.models.message import Attachment


class MajorIncident(models.Model):
    """A complaint was declared major: by which criteria, on which facts, and when the management acknowledged it."""

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, related_name="major_incident", verbose_name=_("complaint")
    )
    criteria = ArrayField(models.CharField(max_length=20, choices=Criterion), verbose_name=_("criteria met"))
    harmed = models.PositiveSmallIntegerField(_("people harmed"), default=0)
    dead = models.PositiveSmallIntegerField(_("people who died"), default=0)
    reasons = models.TextField(_("reasons"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared at"))
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("acknowledged by")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    remark = models.TextField(_("what the management says"), blank=True)

    class Meta:
        verbose_name = _("major incident")
        verbose_name_plural = _("major incidents")
        constraints = [
            models.CheckConstraint(condition=Q(criteria__len__gt=0), name="complaints_major_by_a_criterion"),
            models.CheckConstraint(
                condition=Q(criteria__contains=["death"], dead__gt=0) | (~Q(criteria__contains=["death"]) & Q(dead=0)),
                name="complaints_major_death_counted",
            ),
            models.CheckConstraint(
                condition=~Q(criteria__contains=["several_harmed"]) | Q(harmed__gte=MANY_HARMED - F("dead")),
                name="complaints_major_harmed_counted",
            ),
            models.CheckConstraint(condition=~Q(reasons=""), name="complaints_major_says_why"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None, remark="")
                | (
                    Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False)
                    & ~Q(acknowledged_by=F("declared_by"))
                ),
                name="complaints_major_acknowledged_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} major"

    def criteria_labels(self) -> list[str]:
        """The criteria as the reader's words."""
        return [str(Criterion(code).label) for code in self.criteria]


class AuthorityReport(models.Model):
    """What was reported to an authority, when, by whom, and under which number it keeps the report."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="authority_reports", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    body = models.CharField(_("authority"), max_length=200)
    reference = models.CharField(_("reference number"), max_length=200)
    what = models.TextField(_("what was reported"))
    reported_at = models.DateTimeField(_("reported at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    files = models.ManyToManyField(Attachment, related_name="+", blank=True, verbose_name=_("what was sent"))

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("report to an authority")
        verbose_name_plural = _("reports to authorities")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_authority_report_once"),
            models.CheckConstraint(
                condition=~Q(body="") & ~Q(reference="") & ~Q(what=""), name="complaints_authority_report_whole"
            ),
            models.CheckConstraint(
                condition=Q(reported_at__lte=F("recorded_at")), name="complaints_authority_report_before"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} report {self.number}"


class SafetyIncident(models.Model):
    """A threat or a disruption: what happened, and under which number the police keeps it."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="safety_incidents", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    kind = models.CharField(_("kind"), max_length=12, choices=SafetyKind)
    grade = models.CharField(
        _("how far it went"),
        max_length=12,
        choices=SafetyGrade,
        default=SafetyGrade.CONTAINED,
        db_default=SafetyGrade.CONTAINED,
    )
    what = models.TextField(_("what happened"))
    happened_at = models.DateTimeField(_("happened at"))
    police_reference = models.CharField(_("police reference"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("safety incident")
        verbose_name_plural = _("safety incidents")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_safety_once"),
            models.CheckConstraint(condition=Q(kind__in=SafetyKind.values), name="complaints_safety_kind"),
            models.CheckConstraint(condition=Q(grade__in=SafetyGrade.values), name="complaints_safety_grade"),
            models.CheckConstraint(condition=~Q(what=""), name="complaints_safety_says_what"),
            models.CheckConstraint(condition=Q(happened_at__lte=F("recorded_at")), name="complaints_safety_before"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} safety {self.number}"


class SafetyNotice(models.Model):
    """Somebody was told of a safety incident. Rows are only ever added."""

    incident = models.ForeignKey(
        SafetyIncident, models.PROTECT, related_name="notices", verbose_name=_("safety incident")
    )
    whom = models.CharField(_("who was told"), max_length=12, choices=Told)
    name = models.CharField(_("name"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("told at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        ordering = ["told_at", "id"]
        verbose_name = _("notice of a safety incident")
        verbose_name_plural = _("notices of safety incidents")
        constraints = [
            models.CheckConstraint(condition=Q(whom__in=Told.values), name="complaints_safety_told_whom"),
            models.CheckConstraint(condition=~Q(whom=Told.OTHER) | ~Q(name=""), name="complaints_safety_other_named"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.whom}"


class MediaReport(models.Model):
    """Somebody wrote about the matter in public. A fact to be seen; it changes no priority, order or deadline."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="media_reports", verbose_name=_("complaint"))
    source = models.CharField(_("source"), max_length=200)
    link = models.URLField(_("link"), max_length=1000, blank=True)
    published_on = models.DateField(_("published on"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["published_on", "id"]
        verbose_name = _("media report")
        verbose_name_plural = _("media reports")
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="complaints_media_source")]

    def __str__(self) -> str:
        return self.source
