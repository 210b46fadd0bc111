"""The final response: what the office's rules ask of it, the letter of each cycle, and its parts."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.trees import Tree
from common.text import check_translations, localised
from complaints.classes import ComplaintClass
from complaints.models.complaint import Complaint
from complaints.models.message import Attachment
from complaints.responding import MOST_MONTHS, WHOLE, Content, Part, Requirements, ResponseState, Text
from complaints.vocabulary import Outcome, Track


class ResponseRule(models.Model):
    """What a final response must have, for some of the complaints; the first rule that fits, by `position`, counts.

    A rule pack brings one, switched off; where none fits, `responding.STANDARD` holds.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("The first one that fits counts; smaller comes first.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    tracks = ArrayField(
        models.CharField(max_length=20, choices=Track),
        default=list,
        blank=True,
        verbose_name=_("tracks"),
        help_text=_("Codes, with commas between them. Empty: every track."),
    )
    classes = ArrayField(
        models.CharField(max_length=20, choices=ComplaintClass),
        default=list,
        blank=True,
        verbose_name=_("classes"),
        help_text=_("Codes, with commas between them. Empty: every class."),
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("With everything below it. Empty: every department."),
    )
    parts = ArrayField(
        models.CharField(max_length=20, choices=Part),
        default=list,
        blank=True,
        verbose_name=_("parts it must have"),
        help_text=_(
            "Codes, with commas between them: concern, considered, finding, reasons, legal_basis, remedy, changed,"
            " recourse, contact. The reasons are always needed."
        ),
    )
    parts_if_upheld = ArrayField(
        models.CharField(max_length=20, choices=Part),
        default=list,
        blank=True,
        verbose_name=_("parts it must have as well where the complaint is upheld"),
    )
    until_required = models.BooleanField(_("names a last date for turning elsewhere"), default=False)
    months = models.PositiveSmallIntegerField(
        _("months for turning elsewhere"),
        null=True,
        blank=True,
        help_text=_("The date that is proposed; counted from the day on which the letter is written."),
    )
    four_eyes = models.BooleanField(_("a second person approves it"), default=False)
    letter_required = models.BooleanField(
        _("only a letter ends the complaint"),
        default=False,
        help_text=_("Answering and resolving without a letter is then refused."),
    )
    recourse = models.TextField(
        _("where else to turn"), max_length=4_000, blank=True, help_text=_("Proposed for that part of the letter.")
    )
    translations = models.JSONField(
        _("where else to turn, in other languages"),
        default=dict,
        blank=True,
        help_text=_('For example {"zh-hant": "…"}.'),
    )

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("rule for final responses")
        verbose_name_plural = _("rules for final responses")
        constraints = [
            models.CheckConstraint(condition=Q(tracks__contained_by=Track.values), name="complaints_response_tracks"),
            models.CheckConstraint(
                condition=Q(classes__contained_by=ComplaintClass.values), name="complaints_response_classes"
            ),
            models.CheckConstraint(
                condition=Q(parts__contained_by=Part.values) & Q(parts_if_upheld__contained_by=Part.values),
                name="complaints_response_parts",
            ),
            models.CheckConstraint(
                condition=Q(months=None) | Q(months__gt=0, months__lte=MOST_MONTHS), name="complaints_response_months"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse translations in a form that cannot be read, and a limit beyond ten years."""
        check_translations(self.translations)
        if self.months is not None and not 0 < self.months <= MOST_MONTHS:
            raise ValidationError(
                {"months": _("Write a number of months from 1 to %(most)d.") % {"most": MOST_MONTHS}}
            )

    def fits(self, complaint: Complaint, departments: Tree) -> bool:
        """Whether the rule is for this complaint."""
        return (
            (not self.tracks or complaint.track in self.tracks)
            and (not self.classes or complaint.complaint_class in self.classes)
            and (self.department_id is None or self.department_id in departments.lineage(complaint.department_id))
        )

    @property
    def requirements(self) -> Requirements:
        """What it asks, as the pure rules take it."""
        return Requirements(
            parts=frozenset(map(Part, self.parts)),
            if_upheld=frozenset(map(Part, self.parts_if_upheld)),
            until=self.until_required,
            four_eyes=self.four_eyes,
            letter=self.letter_required,
        )

    def recourse_text(self) -> str:
        """Where else to turn, in the active language."""
        return localised(self.recourse, self.translations)


def _pair(name: str) -> Q:
    return Q(**{f"{name}_at": None, f"{name}_by": None}) | Q(
        **{f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    )


class FinalResponse(models.Model):
    """The letter that ends one cycle of a complaint, from its first draft until it was sent. Then nothing of it can be
    changed: the database refuses it. `file` is the PDF as it was sent; its digest stands with it and in the event.

    The complaint's row guards its letters: lock it first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="responses", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    state = models.CharField(_("state"), max_length=10, choices=ResponseState, default=ResponseState.DRAFT)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    until = models.DateField(_("last date for turning elsewhere"), null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    drafted_at = models.DateTimeField(_("written at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"), null=True)
    file = models.OneToOneField(
        Attachment, models.PROTECT, null=True, related_name="response", verbose_name=_("the letter as it was sent")
    )

    class Meta:
        ordering = ["complaint_id", "cycle"]
        verbose_name = _("final response")
        verbose_name_plural = _("final responses")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "cycle"], name="complaints_response_once_a_cycle"),
            models.CheckConstraint(condition=Q(state__in=ResponseState.values), name="complaints_response_state"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="complaints_response_outcome"),
            models.CheckConstraint(condition=_pair("approved"), name="complaints_response_approved_pair"),
            models.CheckConstraint(
                condition=Q(state__in=[ResponseState.DRAFT, ResponseState.READY], approved_at=None)
                | Q(state=ResponseState.APPROVED, approved_at__isnull=False)
                | Q(state=ResponseState.SENT),
                name="complaints_response_approved_when",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
                name="complaints_response_four_eyes",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=ResponseState.SENT, sent_at__isnull=False, sent_by__isnull=False, file__isnull=False)
                    & ~Q(outcome="")
                )
                | (~Q(state=ResponseState.SENT) & Q(sent_at=None, sent_by=None, file=None)),
                name="complaints_response_sent_when",
            ),
        ]
        indexes = [
            # what waits for a second person is little, and looked for by everybody who opens My work
            models.Index(
                fields=["drafted_at"], name="complaints_response_waits", condition=Q(state=ResponseState.READY)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}.{self.cycle} {self.state}"

    def content(self) -> Content:
        """What it says, as the pure rules take it. Reads the parts, unless they were read with it."""
        return Content(
            outcome=Outcome(self.outcome) if self.outcome else None,
            texts=[Text(Part(part.part), part.text, part.matter) for part in self.parts.all()],
            until=self.until,
        )


class ResponsePart(models.Model):
    """One part of a letter, about one matter or about the whole complaint."""

    response = models.ForeignKey(
        FinalResponse, models.CASCADE, related_name="parts", verbose_name=_("final response"), db_index=False
    )  # the unique key begins with it
    matter = models.PositiveSmallIntegerField(
        _("matter"), default=WHOLE, help_text=_("Its number within the complaint; 0: the whole complaint.")
    )
    part = models.CharField(_("part"), max_length=20, choices=Part)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["response_id", "matter", "id"]
        verbose_name = _("part of a final response")
        verbose_name_plural = _("parts of final responses")
        constraints = [
            models.UniqueConstraint(fields=["response", "matter", "part"], name="complaints_response_part_once"),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="complaints_response_part"),
            models.CheckConstraint(condition=~Q(text=""), name="complaints_response_part_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.part} {self.matter}"
