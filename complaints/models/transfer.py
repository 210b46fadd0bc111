"""How a complaint goes from one department to another: asked, objected to, decided, and told to the complainant."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from complaints.models.complaint import Complaint
from complaints.transferring import OPEN, TransferState

_OPEN = sorted(OPEN)
_MOVED = Q(moved_at__isnull=False)


def _person(words: object, **options: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=words,  # type: ignore[arg-type]  # words are translated when they are read
        db_index=False,
        **options,  # type: ignore[arg-type]
    )


def _pair(name: str) -> models.CheckConstraint:
    """Who and when stand together."""
    both = Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})
    neither = Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=f"complaints_transfer_{name}_pair")


class Transfer(models.Model):
    """One transfer. While it is open the department that sends it stays responsible; `moved_at` is when another one
    became so. Nobody has `accepted_by` what silence accepted.

    `spoken`, `promised` and `knows` are the hand-over note. `teller` is who first received the complaint, or else who
    sends it: they tell the complainant, until somebody has (`told_at`). The complaint's row guards its transfers.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="transfers", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    state = models.CharField(_("state"), max_length=12, choices=TransferState)
    sender = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("from"), db_index=False)
    receiver = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("to"), db_index=False)
    reasons = models.TextField(_("reasons"))
    spoken = models.TextField(_("what was said"), blank=True)
    promised = models.TextField(_("what was promised"), blank=True)
    knows = models.TextField(_("whom the complainant knows"), blank=True)
    by_category = models.BooleanField(
        _("by the category"), default=False, help_text=_("The category was corrected, and led to this department.")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"), db_index=False
    )
    asked_at = models.DateTimeField(_("asked at"))
    accepted_by = _person(_("accepted by"), help_text=_("Empty where silence accepted."))
    objected_by = _person(_("objected by"))
    objected_at = models.DateTimeField(_("objected at"), null=True, blank=True)
    objection = models.TextField(_("objection"), blank=True)
    proposed = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department proposed instead"),
        db_index=False,
    )
    decided_by = _person(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.TextField(_("reasons of the decision"), blank=True)
    placed_in = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("where it lies after the decision"),
        db_index=False,
    )
    moved_at = models.DateTimeField(_("moved at"), null=True, blank=True)
    teller = _person(_("who tells the complainant"))
    told_by = _person(_("told by"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["complaint_id", "number"]
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_transfer_once"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state__in=_OPEN), name="complaints_transfer_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=TransferState.values), name="complaints_transfer_state"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="complaints_transfer_elsewhere"),
            models.CheckConstraint(condition=~Q(reasons=""), name="complaints_transfer_reasons"),
            _pair("objected"),
            _pair("decided"),
            models.CheckConstraint(
                condition=Q(objected_at=None, objection="", proposed=None)
                | (Q(objected_at__isnull=False) & ~Q(objection="")),
                name="complaints_transfer_objection_says_why",
            ),
            models.CheckConstraint(
                condition=(Q(state=TransferState.DECIDED, decided_at__isnull=False, placed_in__isnull=False))
                & ~Q(decision="")
                | (~Q(state=TransferState.DECIDED) & Q(decided_at=None, placed_in=None, decision="")),
                name="complaints_transfer_decision_says_why",
            ),
            models.CheckConstraint(  # nobody settles their own dispute
                condition=Q(decided_by=None)
                | (~Q(decided_by=F("asked_by")) & (Q(objected_by=None) | ~Q(decided_by=F("objected_by")))),
                name="complaints_transfer_third_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[TransferState.DIRECT, TransferState.ACCEPTED]) & _MOVED
                | (Q(state__in=[*_OPEN, TransferState.CALLED_OFF]) & ~_MOVED)
                | Q(state=TransferState.DECIDED),
                name="complaints_transfer_moved_when",
            ),
            models.CheckConstraint(
                condition=Q(teller=None, told_at=None) | (Q(teller__isnull=False) & _MOVED),
                name="complaints_transfer_told_after_the_move",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None) | Q(told_at__isnull=False, told_by__isnull=False),
                name="complaints_transfer_told_pair",
            ),
        ]
        indexes: ClassVar = [
            # what lets the other department see a complaint, and fills My work: open transfers are few
            models.Index(fields=["receiver"], name="complaints_transfer_for", condition=Q(state__in=_OPEN)),
            models.Index(
                fields=["teller"],
                name="complaints_transfer_untold",
                condition=Q(teller__isnull=False, told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} transfer {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.state in OPEN

    @property
    def is_untold(self) -> bool:
        """Whether somebody has still to tell the complainant."""
        return self.teller_id is not None and self.told_at is None

    @property
    def is_silent(self) -> bool:
        """Whether the other department said nothing in time, and so accepted it."""
        return self.state == TransferState.ACCEPTED and self.accepted_by_id is None

    @property
    def has_note(self) -> bool:
        """Whether something was written down for whoever takes it."""
        return bool(self.spoken or self.promised or self.knows)
