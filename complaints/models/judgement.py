"""What was found out about a complaint, how it was judged, and what counts as small or large."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints.judging import NAMED_IN_WORDS, Cause, DemandFinding, Depth, Grounds, Party, Source
from complaints.models.complaint import Complaint
from complaints.models.matter import Matter

_CURRENCY = r"^[A-Z]{3}$"


class InvestigationEntry(models.Model):
    """One thing that was found out, whether it is verified, and by what. Never changed: a later entry replaces it.

    It may also say what is at stake; the last entry that does counts. The complaint's row guards its entries.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="investigation", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    cycle = models.PositiveSmallIntegerField(_("cycle"), help_text=_("Of the complaint when it was written."))
    source = models.CharField(_("source"), max_length=12, choices=Source)
    what = models.TextField(_("what was found out"))
    verified = models.BooleanField(_("verified"))
    how = models.TextField(_("by what it is verified"), blank=True)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
        db_index=False,
    )  # its unique key
    amount = models.DecimalField(_("amount at stake"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[RegexValidator(_CURRENCY)])
    legal = models.BooleanField(_("a lawsuit is threatened or under way"), default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("investigation entry")
        verbose_name_plural = _("investigation entries")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_entry_once"),
            models.UniqueConstraint(fields=["replaces"], name="complaints_entry_replaced_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_entry_number"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="complaints_entry_source"),
            models.CheckConstraint(condition=~Q(what=""), name="complaints_entry_says_something"),
            models.CheckConstraint(condition=Q(verified=False) | ~Q(how=""), name="complaints_entry_verified_by"),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="complaints_entry_not_itself"
            ),
            models.CheckConstraint(
                condition=Q(amount=None, currency="") | (Q(amount__gte=0) & Q(currency__regex=_CURRENCY)),
                name="complaints_entry_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} entry {self.number}"


class Judgement(models.Model):
    """Two findings with their reasons: about the grounds and about the demand; then cause, party and share.

    It is about the whole complaint, or about one of the matters it was split into. A judgement is never changed: a
    later one about the same replaces it, and the last one is in force. `depth` is the depth of
    inquiry that was proposed when it was made. The complaint's row guards its judgements.
    """

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("In force")
        SUPERSEDED = "superseded", _("Replaced")

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="judgements", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    matter = models.ForeignKey(
        Matter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="judgements",
        verbose_name=_("matter"),
        db_index=False,
        help_text=_("Empty: the whole complaint."),
    )
    cycle = models.PositiveSmallIntegerField(_("cycle"), help_text=_("Of the complaint when it was made."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.IN_FORCE)
    grounds = models.CharField(_("grounds"), max_length=15, choices=Grounds)
    grounds_reasons = models.TextField(_("why the grounds are found so"))
    demand = models.CharField(_("demand"), max_length=12, choices=DemandFinding)
    demand_reasons = models.TextField(_("why the demand is found so"), blank=True)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause, blank=True)
    cause_note = models.TextField(_("the cause in words"), blank=True)
    party = models.CharField(_("responsible party"), max_length=12, choices=Party, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible department"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible person"),
    )
    party_name = models.CharField(_("name of the responsible party"), max_length=200, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of the complainant"), default=0, help_text=_("Per cent of the responsibility.")
    )
    share_reasons = models.TextField(_("why they share it"), blank=True)
    depth = models.CharField(_("depth of inquiry"), max_length=10, choices=Depth)
    enough_because = models.TextField(_("why this inquiry is enough"), blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("judged by")
    )
    judged_at = models.DateTimeField(_("judged at"))

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_judgement_once"),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=Q(state="in_force", matter=None),
                name="complaints_one_judgement_in_force",
            ),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(state="in_force", matter__isnull=False),
                name="complaints_one_judgement_of_a_matter",
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_judgement_number"),
            models.CheckConstraint(
                condition=Q(state__in=["in_force", "superseded"]), name="complaints_judgement_state"
            ),
            models.CheckConstraint(
                condition=Q(grounds__in=Grounds.values) & ~Q(grounds_reasons=""), name="complaints_judgement_grounds"
            ),
            models.CheckConstraint(
                condition=Q(demand=DemandFinding.NONE) | (Q(demand__in=DemandFinding.values) & ~Q(demand_reasons="")),
                name="complaints_judgement_demand",
            ),
            models.CheckConstraint(
                condition=Q(cause="", cause_note="", party="")
                | (Q(cause__in=Cause.values, party__in=Party.values) & ~Q(cause_note="")),
                name="complaints_judgement_cause_and_party",
            ),
            models.CheckConstraint(
                condition=(
                    Q(party=Party.DEPARTMENT, department__isnull=False, person=None, party_name="")
                    | Q(party=Party.PERSON, department=None, person__isnull=False, party_name="")
                    | (Q(party__in=sorted(NAMED_IN_WORDS), department=None, person=None) & ~Q(party_name=""))
                    | Q(
                        party__in=["", Party.COMPLAINANT, Party.NOBODY],
                        department=None,
                        person=None,
                        party_name="",
                    )
                ),
                name="complaints_judgement_party_named",
            ),
            models.CheckConstraint(
                condition=Q(share=0, share_reasons="") | (Q(share__lte=100) & ~Q(share_reasons="")),
                name="complaints_judgement_share",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | ~Q(person=F("judged_by")), name="complaints_nobody_judges_themselves"
            ),
            models.CheckConstraint(condition=Q(depth__in=Depth.values), name="complaints_judgement_depth"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} judgement {self.number}"


class StakeThreshold(models.Model):
    """What counts as small and as large in one currency; the depth of inquiry is proposed by it. (Mission M14.)"""

    currency = models.CharField(_("currency"), max_length=3, unique=True, validators=[RegexValidator(_CURRENCY)])
    small_below = models.DecimalField(
        _("small below"),
        max_digits=14,
        decimal_places=2,
        help_text=_("Less than this is looked into briefly: it is not worth arguing about."),
    )
    large_from = models.DecimalField(
        _("large from"), max_digits=14, decimal_places=2, help_text=_("This and more is looked into thoroughly.")
    )

    class Meta:
        ordering = ["currency"]
        verbose_name = _("threshold of an amount at stake")
        verbose_name_plural = _("thresholds of amounts at stake")
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex=_CURRENCY), name="complaints_threshold_currency"),
            models.CheckConstraint(
                condition=Q(small_below__gte=0, large_from__gte=F("small_below")),
                name="complaints_threshold_in_order",
                violation_error_message=_("“Small below” may not be less than nothing, nor more than “large from”."),
            ),
        ]

    def __str__(self) -> str:
        return self.currency
