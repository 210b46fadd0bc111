"""Class decisions: who judged the complaint to be what, why, and who confirmed it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints import as_read
from complaints.classes import NEEDS_SECOND_PERSON, ComplaintClass, Kind
from complaints.converting import Conversion
from complaints.models.complaint import Complaint
from complaints.validity import Basis, Fault, Harmed


class Decision(models.Model):
    """One decision about the class. The history is kept and shown; the last one in force counts."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        IN_FORCE = "in_force", _("In force")
        REJECTED = "rejected", _("Rejected by the second person")
        SUPERSEDED = "superseded", _("Replaced")
        LAPSED = "lapsed", _("Lapsed")
        LIFTED = "lifted", _("Lifted after an objection")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="decisions", verbose_name=_("complaint"))
    state = models.CharField(_("state"), max_length=12, choices=State)
    complaint_class = models.CharField(_("class"), max_length=20, choices=ComplaintClass)
    class_kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    reasons = models.TextField(_("reasons"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    authority = models.CharField(_("verified by"), max_length=200, blank=True, default="", db_default="")
    authority_reference = models.CharField(
        _("the authority's number"), max_length=200, blank=True, default="", db_default=""
    )
    fault = models.CharField(_("fault"), max_length=20, choices=Fault, blank=True, default="", db_default="")
    harmed = models.CharField(_("harmed"), max_length=20, choices=Harmed, blank=True, default="", db_default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="decisions",
        verbose_name=_("decided by"),
        help_text=_("Empty for what was proposed by itself, or is an upgrade that the complainant demanded."),
    )
    decided_at = models.DateTimeField(_("decided at"))
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="second_decisions",
        verbose_name=_("second person"),
    )
    second_at = models.DateTimeField(_("second person at"), null=True, blank=True)
    second_reasons = models.TextField(_("what the second person says"), blank=True)
    earlier = models.ForeignKey(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("earlier complaint"),
    )
    none_found = models.BooleanField(_("no earlier complaint was found"), default=False)
    demanded = models.BooleanField(
        _("demanded"),
        default=False,
        db_default=False,
        help_text=_("The complainant demanded the upgrade themselves: nobody of the staff decides whether they may."),
    )
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1, help_text=_("Of the complaint when it was made."))

    conversion = models.CharField(
        _("converted because"),
        max_length=20,
        choices=Conversion,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: the complaint was not communicative before."),
    )
    told = models.TextField(_("what the complainant is told"), blank=True, default="", db_default="")
    review_at = models.DateTimeField(
        _("stands until"), null=True, blank=True, help_text=_("Of a grave class: it lapses then unless it is renewed.")
    )
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("renews")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        ordering = ["decided_at", "id"]
        verbose_name = _("class decision")
        verbose_name_plural = _("class decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"],
                condition=models.Q(state="proposed", conversion=""),
                name="complaints_one_decision_waits",
            ),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=models.Q(state="proposed") & ~models.Q(conversion=""),
                name="complaints_one_conversion_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(conversion="")
                | models.Q(conversion__in=Conversion.values, complaint_class=ComplaintClass.VALID),
                name="complaints_only_valid_is_converted",
            ),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=models.Q(state="in_force"),
                name="complaints_one_decision_in_force",
            ),
            models.UniqueConstraint(
                fields=["complaint", "cycle", "complaint_class"],
                condition=models.Q(decided_by__isnull=True),
                name="complaints_proposed_once_a_cycle",
            ),
            models.CheckConstraint(
                condition=models.Q(second_person__isnull=True) | ~models.Q(second_person=models.F("decided_by")),
                name="complaints_second_person_is_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(complaint_class__in=sorted(NEEDS_SECOND_PERSON), state="in_force")
                | models.Q(second_person__isnull=False),
                name="complaints_grave_class_has_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=False)
                | ~models.Q(state="in_force")
                | models.Q(second_person__isnull=False)
                | models.Q(demanded=True),
                name="complaints_nobody_decides_alone_by_machine",
            ),
            models.CheckConstraint(
                condition=models.Q(demanded=False) | models.Q(complaint_class=ComplaintClass.UPGRADE),
                name="complaints_only_upgrades_are_demanded",
            ),
            models.CheckConstraint(
                condition=models.Q(second_person__isnull=True, second_at__isnull=True)
                | models.Q(second_person__isnull=False, second_at__isnull=False),
                name="complaints_second_person_and_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(authority="", authority_reference="")
                | (~models.Q(authority="") & ~models.Q(authority_reference="") & models.Q(class_kind=Kind.MISCONDUCT)),
                name="complaints_misconduct_names_the_authority",
            ),
            models.CheckConstraint(
                condition=~models.Q(complaint_class__in=sorted(NEEDS_SECOND_PERSON), state="in_force")
                | models.Q(review_at__isnull=False),
                name="complaints_grave_class_is_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(fault="", harmed="")
                | models.Q(fault__in=Fault.values, harmed__in=Harmed.values, class_kind=Kind.HARM),
                name="complaints_harm_names_the_fault",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_at"],
                name="complaints_class_stands_until",
                condition=models.Q(state="in_force", review_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.complaint_class}"

    @property
    def is_renewal(self) -> bool:
        """Whether it lets the class before it stand on."""
        return self.renews_id is not None

    def digest(self) -> str:
        """Of what it says and rests on: whoever confirms it states what they have read."""
        said = [self.complaint_class, self.class_kind, self.reasons, self.evidence, self.told]
        basis = [self.authority, self.authority_reference, self.fault, self.harmed]
        line = [self.earlier_id, self.none_found, self.renews_id]
        return as_read.digest([self.pk, said, basis, line])

    @property
    def basis(self) -> Basis:
        """What a valid class rests on."""
        return Basis(self.authority, self.authority_reference, self.fault, self.harmed)

    def said_by(self) -> str:
        """Who or what it comes from, in the reader's words."""
        if self.decided_by is not None:
            return str(self.decided_by)
        if self.demanded:
            return str(_("The complainant's demand"))
        if self.conversion:
            return str(_("The system"))
        repeated = (self.complaint_class, self.class_kind) == (ComplaintClass.UPGRADE, Kind.UNRESOLVED)
        return str(_("The rule of repeated contacts") if repeated else _("The ladder"))
