"""Matters: the several issues of one letter, and what was found about each, cycle by cycle."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.category import Category
from complaints.models.complaint import Complaint
from complaints.models.subject import Subject
from complaints.settling import MatterState
from complaints.vocabulary import Outcome


class Matter(models.Model):
    """One of the issues of a complaint. `outcome` is how it ended; what was found stands in its findings.

    The complaint's row guards its matters: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="matters", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    subject = models.CharField(_("what it is about"), max_length=200, help_text=_("The complainant reads this."))
    words = models.TextField(
        _("in the complainant's own words"), blank=True, help_text=_("The part of the letter that it stands in.")
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("category"),
        db_index=False,
    )
    about = models.ForeignKey(
        Subject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("about whom or what"),
        help_text=_("One of those whom the complaint names."),
    )
    state = models.CharField(_("state"), max_length=10, choices=MatterState, default=MatterState.OPEN)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    split_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("split by"), db_index=False
    )
    split_at = models.DateTimeField(_("split at"))
    drop_reasons = models.TextField(_("why it was dropped"), blank=True)
    went_to = models.OneToOneField(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="came_from",
        verbose_name=_("goes on as"),
        help_text=_("The complaint that this matter was split off into."),
    )

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_matter_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_matter_number"),
            models.CheckConstraint(condition=Q(state__in=MatterState.values), name="complaints_matter_state"),
            models.CheckConstraint(condition=~Q(subject=""), name="complaints_matter_subject"),
            models.CheckConstraint(
                condition=Q(state=MatterState.SETTLED, outcome__in=Outcome.values)
                | (~Q(state=MatterState.SETTLED) & Q(outcome="")),
                name="complaints_matter_settled_says_how",
            ),
            models.CheckConstraint(
                condition=(Q(state=MatterState.DROPPED) & ~Q(drop_reasons=""))
                | (~Q(state=MatterState.DROPPED) & Q(drop_reasons="")),
                name="complaints_matter_dropped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=MatterState.SPLIT_OFF, went_to__isnull=False)
                | (~Q(state=MatterState.SPLIT_OFF) & Q(went_to=None)),
                name="complaints_matter_split_off_says_where",
            ),
            models.CheckConstraint(
                condition=Q(went_to=None) | ~Q(went_to=F("complaint")), name="complaints_matter_goes_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.subject}"


class MatterFinding(models.Model):
    """What was found about a matter, and how it ended, in one cycle. Never changed: a later one replaces it.

    `finding` is what the complainant is told, `reasons` are for the file.
    """

    matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="findings", verbose_name=_("matter"), db_index=False
    )
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    finding = models.TextField(_("finding"), help_text=_("The complainant reads this once we answer."))
    reasons = models.TextField(_("reasons"), help_text=_("For the file: only the office reads this."))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("settled by"), db_index=False
    )
    settled_at = models.DateTimeField(_("settled at"))
    replaced_at = models.DateTimeField(
        _("replaced at"), null=True, help_text=_("When it ceased to count: settled anew, opened again, or gone.")
    )

    class Meta:
        ordering = ["matter_id", "id"]
        verbose_name = _("finding about a matter")
        verbose_name_plural = _("findings about matters")
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(replaced_at=None), name="complaints_matter_one_finding_counts"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values) & ~Q(finding="") & ~Q(reasons=""),
                name="complaints_matter_finding_says_why",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("settled_at")),
                name="complaints_matter_finding_in_order",
            ),
        ]
        indexes = [models.Index(fields=["matter", "id"], name="complaints_matter_findings")]

    def __str__(self) -> str:
        return f"{self.matter_id} cycle {self.cycle}"

    @property
    def counts(self) -> bool:
        """Whether it is the one in force."""
        return self.replaced_at is None
