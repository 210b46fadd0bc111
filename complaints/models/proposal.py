"""Proposals: what the office means to do for the complainant, and who has signed it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.roles import Role
from common.text import localised
from complaints import as_read
from complaints.models.complaint import Complaint
from complaints.models.message import Message
from complaints.models.remedy import Remedy
from complaints.models.signoff import ROLES
from complaints.signing import ProposalState, SignatureState


class Proposal(models.Model):
    """A text with the open remedies of a complaint, put before those who must sign. One at a time is open.

    It keeps whom it asked and what they had to make sure of, as the rules said when it was made. The complaint's row
    guards it: lock that first.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="proposals", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    text = models.TextField(_("what is proposed, and why"))
    rules = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("rules"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    prepared_at = models.DateTimeField(_("proposed at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    remedies = models.ManyToManyField(
        Remedy, through="ProposedRemedy", related_name="proposals", verbose_name=_("remedies")
    )

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_proposal_once"),
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state=ProposalState.OPEN), name="complaints_proposal_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="complaints_proposal_state"),
            models.CheckConstraint(condition=Q(number__gt=0) & ~Q(text=""), name="complaints_proposal_says_what"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, ended_at=None, ended_by=None)
                | (~Q(state=ProposalState.OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="complaints_proposal_ended_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} proposal {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether signatures are still waited for."""
        return self.state == ProposalState.OPEN

    def digest(self) -> str:
        """Of its words and of every remedy that it holds: whoever signs it states what they have read."""
        remedies = sorted(self.remedies.all(), key=lambda remedy: remedy.number)
        return as_read.digest([self.number, self.text, [remedy.words() for remedy in remedies]])


class ProposedRemedy(models.Model):
    """A remedy that a proposal holds. One sent back may be proposed again."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="held", verbose_name=_("proposal"), db_index=False
    )  # the unique key begins with it
    remedy = models.ForeignKey(Remedy, models.PROTECT, related_name="+", verbose_name=_("remedy"))

    class Meta:
        verbose_name = _("proposed remedy")
        verbose_name_plural = _("proposed remedies")
        constraints = [models.UniqueConstraint(fields=["proposal", "remedy"], name="complaints_proposed_remedy_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.remedy_id}"


class Signature(models.Model):
    """What one party says to a proposal. Each party is another person, and none of them made the proposal.

    `role` in `department` says who may sign: an empty role is anybody who works there.
    """

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="signatures", verbose_name=_("proposal"), db_index=False
    )  # the unique key begins with it
    position = models.PositiveSmallIntegerField(_("position"))
    turn = models.PositiveSmallIntegerField(_("turn"), default=1)
    label_text = models.CharField(_("name"), max_length=100, blank=True)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=ROLES, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("department"), db_index=False
    )
    by_limit = models.BooleanField(_("because of the amount"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=SignatureState, default=SignatureState.WAITING)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by"), db_index=False
    )
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who signed")
    )
    decided_at = models.DateTimeField(_("signed or refused at"), null=True)
    instruction = models.ForeignKey(
        Message, models.PROTECT, null=True, related_name="+", verbose_name=_("instruction")
    )

    class Meta:
        ordering = ["proposal_id", "turn", "position"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="complaints_signature_once"),
            models.UniqueConstraint(
                fields=["proposal", "signer"],
                condition=Q(signer__isnull=False),
                name="complaints_signature_each_another",
            ),
            models.CheckConstraint(
                condition=Q(signer=None) | ~Q(signer=F("proposer")), name="complaints_signature_not_their_own"
            ),
            models.CheckConstraint(
                condition=Q(state=SignatureState.WAITING, signer=None, decided_at=None, instruction=None)
                | Q(state=SignatureState.SIGNED, signer__isnull=False, decided_at__isnull=False)
                | Q(
                    state=SignatureState.REFUSED,
                    signer__isnull=False,
                    decided_at__isnull=False,
                    instruction__isnull=False,
                ),
                name="complaints_signature_state",
            ),
        ]
        indexes = [
            # what lets people of other departments see the complaint, and fills My work: few wait
            models.Index(
                fields=["department"], name="complaints_signature_waits", condition=Q(state=SignatureState.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} signature {self.position}"

    def label(self) -> str:
        """Who is asked, in the reader's language."""
        return localised(self.label_text, self.translations) if self.label_text else str(Role(self.role).label)


class ProposalCheck(models.Model):
    """Something made sure of before a signature, and by whom. `signature` is the party that has to; without one,
    whoever signs first.
    """

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="checks", verbose_name=_("proposal"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.CharField(_("what to make sure of"), max_length=200)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    signature = models.ForeignKey(
        Signature, models.PROTECT, null=True, related_name="checks", verbose_name=_("who makes sure")
    )
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made sure by")
    )
    ticked_at = models.DateTimeField(_("made sure at"), null=True)

    class Meta:
        ordering = ["proposal_id", "number"]
        verbose_name = _("item of a proposal's checklist")
        verbose_name_plural = _("items of proposals' checklists")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="complaints_proposal_check_once"),
            models.CheckConstraint(
                condition=Q(ticked_at=None, ticked_by=None) | Q(ticked_at__isnull=False, ticked_by__isnull=False),
                name="complaints_proposal_check_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def label(self) -> str:
        """The words in the reader's language."""
        return localised(self.text, self.translations)
