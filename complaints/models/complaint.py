"""The complaint: the registration form, and where the case stands."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.roles import FIRST_TIER, TOP_TIER
from common import moments
from complaints.aftercare import CloseReason
from complaints.classes import ComplaintClass, Kind
from complaints.lifecycle import OPEN, Status
from complaints.models.category import Category
from complaints.models.complainant import Complainant
from complaints.restricting import Restriction
from complaints.vocabulary import Channel, DeclineCode, Demand, Form, Grade, Outcome, Priority, Track

OPEN_VALUES = sorted(OPEN)


class Complaint(models.Model):
    """One complaint. Its row guards all that is about it: whoever changes anything locks this row first.

    `tier`, `due_at` and `holder` are facts for lists and queues; the escalation app sets the first two (and
    the holder when it climbs) through `services.escalating`.
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    access_digest = models.CharField(max_length=64, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.RECEIVED)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1, help_text=_("Rises at each reopening."))

    # the registration form
    track = models.CharField(_("track"), max_length=20, choices=Track, default=Track.COMPLAINT)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.WEB)
    form = models.CharField(_("form"), max_length=10, choices=Form, default=Form.WRITTEN)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("in the complainant's own words"))
    summary = models.TextField(_("the handler's summary"), blank=True)
    demands = ArrayField(
        models.CharField(max_length=20, choices=Demand), default=list, blank=True, verbose_name=_("demands")
    )
    demand_note = models.TextField(_("the demand in their own words"), blank=True)
    suggestion = models.TextField(_("what they suggest"), blank=True)
    occurred_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"))
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registered_complaints",
        verbose_name=_("registered by"),
        db_index=False,
    )
    read_back = models.BooleanField(_("read back to the complainant"), default=False)
    complainant = models.OneToOneField(
        Complainant, models.PROTECT, related_name="complaint", verbose_name=_("complainant")
    )

    # judgement
    complaint_class = models.CharField(
        _("class"), max_length=20, choices=ComplaintClass, default=ComplaintClass.UNCLASSIFIED
    )
    class_kind = models.CharField(_("kind"), max_length=20, choices=Kind, blank=True)
    impact = models.CharField(_("impact"), max_length=10, choices=Grade, default=Grade.MEDIUM)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Grade, default=Grade.MEDIUM)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.ORDINARY)
    priority_reason = models.TextField(
        _("why the priority was overridden"),
        blank=True,
        help_text=_("Empty: it follows from impact and urgency."),
    )

    # responsibility
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("category")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="complaints", verbose_name=_("department"), db_index=False
    )  # two indexes begin with it
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_complaints",
        verbose_name=_("holder"),
    )
    tier = models.PositiveSmallIntegerField(_("tier"), default=1)
    due_at = models.DateTimeField(_("next due at"), null=True, blank=True)

    restriction = models.CharField(
        _("restricted because"),
        max_length=10,
        choices=Restriction,
        blank=True,
        default="",
        help_text=_("Empty: whoever reads the complaints of its department sees it. Else its circle alone does."),
    )

    # how it went
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    closed_because = models.CharField(
        _("closed because"), max_length=20, choices=CloseReason, blank=True, default="", db_default=""
    )
    objection_until = models.DateTimeField(
        _("objections until"),
        null=True,
        blank=True,
        help_text=_("The stated date; who is silent until then is taken to agree. Empty: silence says nothing."),
    )
    reworks = models.PositiveSmallIntegerField(
        _("reworks"), default=0, db_default=0, help_text=_("How often a follow-up found that the answer did not hold.")
    )
    bounces = models.PositiveSmallIntegerField(
        _("bounces"),
        default=0,
        db_default=0,
        help_text=_("How often departments sent it back or moved it on."),
    )
    conversions = models.PositiveSmallIntegerField(
        _("conversions"), default=0, db_default=0, help_text=_("How often it was communicative and became valid.")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    outcome_reasons = models.TextField(_("reasons"), blank=True)
    decline_code = models.CharField(_("declined because"), max_length=20, choices=DeclineCode, blank=True)
    recourse = models.TextField(_("where else to turn"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
        db_index=False,
    )
    earlier = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        verbose_name=_("earlier complaint"),
        help_text=_("The complaint that this one takes further."),
        db_index=False,
    )

    # the tip of the event chain: a missing last event shows as well as a changed one
    event_count = models.PositiveIntegerField(default=0, editable=False)
    event_head = models.CharField(max_length=64, default="", blank=True, editable=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="complaints_status"),
            models.CheckConstraint(
                condition=models.Q(complaint_class__in=ComplaintClass.values), name="complaints_class"
            ),
            models.CheckConstraint(condition=models.Q(priority__in=Priority.values), name="complaints_priority"),
            models.CheckConstraint(
                condition=models.Q(restriction__in=["", *Restriction.values]), name="complaints_restriction"
            ),
            models.CheckConstraint(condition=models.Q(tier__gte=1, tier__lte=TOP_TIER), name="complaints_tier"),
            models.CheckConstraint(
                condition=~models.Q(status__in=[Status.RESOLVED, Status.CLOSED])
                | (~models.Q(outcome="") & ~models.Q(outcome_reasons="") & models.Q(resolved_at__isnull=False)),
                name="complaints_no_end_without_reasons",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_because__in=["", *CloseReason.values])
                & (~models.Q(status=Status.CLOSED) | ~models.Q(closed_because="")),
                name="complaints_closed_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.DECLINED)
                | (~models.Q(decline_code="") & ~models.Q(outcome_reasons="") & ~models.Q(recourse="")),
                name="complaints_declined_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.MERGED, merged_into__isnull=False)
                | (~models.Q(status=Status.MERGED) & models.Q(merged_into__isnull=True)),
                name="complaints_merged_says_where",
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__lte=models.F("registered_at")),
                name="complaints_received_first",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="complaints_newest"),
            models.Index(fields=["status", "-received_at", "-id"], name="complaints_by_status"),
            models.Index(fields=["department", "-received_at", "-id"], name="complaints_by_department"),
            models.Index(
                fields=["due_at", "id"],
                name="complaints_next_due",
                condition=models.Q(status__in=OPEN_VALUES),
            ),
            models.Index(
                fields=["holder", "due_at", "id"],
                name="complaints_held",
                condition=models.Q(status__in=OPEN_VALUES),
            ),
            models.Index(
                fields=["department", "due_at", "id"],
                name="complaints_due_in_department",
                condition=models.Q(status__in=OPEN_VALUES),
            ),
            # of what most complaints have not, only those that have it: the ladder rewrites rows by the thousand
            models.Index(
                fields=["tier", "department"],
                name="complaints_climbed",
                condition=models.Q(status__in=OPEN_VALUES, tier__gt=FIRST_TIER),
            ),
            models.Index(
                fields=["registered_by"],
                name="complaints_registered_by",
                condition=models.Q(registered_by__isnull=False),
            ),
            models.Index(fields=["id"], name="complaints_restricted", condition=~models.Q(restriction="")),
            models.Index(
                fields=["merged_into"], name="complaints_merged", condition=models.Q(merged_into__isnull=False)
            ),
            models.Index(fields=["earlier"], name="complaints_later", condition=models.Q(earlier__isnull=False)),
            # the answered ones that silence closes: all that the worker reads
            models.Index(
                fields=["objection_until", "id"],
                name="complaints_silent",
                condition=models.Q(status=Status.RESOLVED, objection_until__isnull=False),
            ),
            # the answered ones that nothing closes by itself, by whoever has to look at them
            models.Index(
                fields=["holder", "registered_by", "resolved_at"],
                name="complaints_left_answered",
                condition=models.Q(status=Status.RESOLVED, objection_until__isnull=True),
            ),
            models.Index(
                fields=["-received_at", "-id"], name="complaints_reworked", condition=models.Q(reworks__gt=0)
            ),
            models.Index(fields=["-received_at", "-id"], name="complaints_bounced", condition=models.Q(bounces__gt=0)),
            models.Index(
                fields=["-received_at", "-id"], name="complaints_converted", condition=models.Q(conversions__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """The office still owes an answer."""
        return Status(self.status) in OPEN

    @property
    def object_by(self) -> datetime | None:
        """Until when the complainant can object, as it is to be told."""
        return moments.last_minute(self.objection_until) if self.objection_until is not None else None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the next promise was already broken at that moment."""
        return self.is_open and self.due_at is not None and self.due_at <= at

    def demand_labels(self) -> list[str]:
        """The demands as the reader's words."""
        return [str(Demand(code).label) for code in self.demands]


class ExternalNumber(models.Model):
    """The number another system gave this complaint; an import that runs twice finds it and adds nothing."""

    complaint = models.ForeignKey(
        Complaint, models.CASCADE, related_name="external_numbers", verbose_name=_("complaint")
    )
    system = models.CharField(_("system"), max_length=40)
    number = models.CharField(_("number"), max_length=100)

    class Meta:
        verbose_name = _("external number")
        verbose_name_plural = _("external numbers")
        constraints = [models.UniqueConstraint(fields=["system", "number"], name="complaints_external_number_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"


class SearchEntry(models.Model):
    """What a complaint can be found by.

    In a table of its own because its GIN index would otherwise be rewritten each time a sweep moves a tier or a
    due date (ADR 0005).
    """

    complaint = models.OneToOneField(
        Complaint, models.CASCADE, primary_key=True, related_name="search_entry", verbose_name=_("complaint")
    )
    terms = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        indexes = [GinIndex(fields=["terms"], name="complaints_search_terms", fastupdate=True)]

    def __str__(self) -> str:
        return str(self.complaint)
