"""Upgrades: what somebody wants taken further, on which grounds, and what the record said of each."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import TOP_TIER
from complaints.classes import Kind
from complaints.models.complaint import Complaint
from complaints.upgrade_words import sentence
from complaints.upgrading import GROUNDS, Finding, Record, Says, Verdict


class Upgrade(models.Model):
    """A complaint that takes a matter further. Its row guards this one: lock it first.

    `earlier` is the complaint whose handling it is about, in the `earlier_cycle` in which that was; each cycle is
    taken further once. `earlier_holder` and `earlier_events` say where its handling stood at that moment: what is done
    there afterwards, also by whoever holds the upgrade, is no earlier stage. `told_on` and `told_about` are what the
    complainant remembers of a contact without a number.
    """

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="upgrade", verbose_name=_("complaint"))
    record = models.CharField(_("compared with"), max_length=10, choices=Record)
    earlier = models.ForeignKey(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="upgrades",
        verbose_name=_("earlier complaint"),
        db_index=False,
    )  # the unique key begins with it
    earlier_cycle = models.PositiveSmallIntegerField(_("in its cycle"), null=True, blank=True)
    earlier_holder = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who held it then"),
        db_index=False,  # it is found by the upgrade
    )
    earlier_events = models.PositiveIntegerField(_("events it had then"), null=True, blank=True)
    by_complainant = models.BooleanField(_("demanded by the complainant themselves"), default=False)
    demanded_at = models.DateTimeField(_("demanded at"))
    told_on = models.DateField(_("roughly when the earlier contact was"), null=True, blank=True)
    told_about = models.TextField(_("what they remember of it"), blank=True)
    entered_at_tier = models.PositiveSmallIntegerField(_("entered at tier"))
    contacts = models.PositiveSmallIntegerField(
        _("contacts"), default=1, help_text=_("How often they had turned to the office of late, this time included.")
    )
    once = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        ordering: ClassVar = ["-demanded_at", "-id"]
        verbose_name = _("upgrade")
        verbose_name_plural = _("upgrades")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["earlier", "earlier_cycle"], name="complaints_taken_further_once"),
            models.UniqueConstraint(fields=["once"], condition=~Q(once=""), name="complaints_upgrade_sent_once"),
            models.CheckConstraint(condition=Q(record__in=Record.values), name="complaints_upgrade_record"),
            models.CheckConstraint(
                condition=Q(
                    record=Record.EARLIER,
                    earlier__isnull=False,
                    earlier_cycle__isnull=False,
                    earlier_events__isnull=False,
                )
                | (
                    ~Q(record=Record.EARLIER)
                    & Q(
                        earlier__isnull=True,
                        earlier_cycle__isnull=True,
                        earlier_holder__isnull=True,
                        earlier_events__isnull=True,
                    )
                ),
                name="complaints_upgrade_names_the_earlier",
            ),
            models.CheckConstraint(
                condition=Q(earlier__isnull=True) | ~Q(earlier=F("complaint")), name="complaints_upgrade_of_another"
            ),
            models.CheckConstraint(
                condition=Q(entered_at_tier__gte=1, entered_at_tier__lte=TOP_TIER), name="complaints_upgrade_tier"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-demanded_at", "-id"], name="complaints_upgrades_newest")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.record}"


class UpgradeGround(models.Model):
    """One ground beside what the record said when it was compared. `values` hold moments, numbers and amounts."""

    upgrade = models.ForeignKey(
        Upgrade, models.CASCADE, related_name="grounds", verbose_name=_("upgrade"), db_index=False
    )  # the unique key begins with it
    ground = models.CharField(_("ground"), max_length=20, choices=[(ground.value, ground.label) for ground in GROUNDS])
    verdict = models.CharField(_("verdict"), max_length=15, choices=Verdict)
    says = models.CharField(_("what the record says"), max_length=15, choices=Says)
    values = models.JSONField(_("values"), default=dict, blank=True)
    compared_at = models.DateTimeField(_("compared at"))

    class Meta:
        ordering: ClassVar = ["upgrade_id", "id"]
        verbose_name = _("ground of an upgrade")
        verbose_name_plural = _("grounds of upgrades")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upgrade", "ground"], name="complaints_upgrade_ground_once"),
            models.CheckConstraint(
                condition=Q(ground__in=sorted(ground.value for ground in GROUNDS)), name="complaints_upgrade_ground"
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="complaints_upgrade_verdict"),
            models.CheckConstraint(condition=Q(says__in=Says.values), name="complaints_upgrade_says"),
        ]

    def __str__(self) -> str:
        return f"{self.upgrade_id} {self.ground}"

    def finding(self) -> Finding:
        """As the rules see it."""
        return Finding(Kind(self.ground), Verdict(self.verdict), Says(self.says), self.values)

    def sentence(self) -> str:
        """What the record said, in the reader's words."""
        return sentence(Says(self.says), self.values)
