"""What a supplier owes the office for a remedy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from complaints.models.remedy import IN_LETTERS, Remedy, all_or_none
from complaints.remedying import SupplierClaimState, in_money


class SupplierClaim(models.Model):
    """What the office wants back from the maker or the supplier for what it has done for the complainant."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="supplier_claims", verbose_name=_("complaint"), db_index=False
    )  # the unique key begins with it
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Counts within the complaint."))
    remedy = models.ForeignKey(
        Remedy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplier_claims",
        verbose_name=_("remedy"),
        help_text=_("What the supplier is to pay for."),
    )
    supplier = models.CharField(_("supplier"), max_length=200)
    reference = models.CharField(_("the supplier's number"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=SupplierClaimState, default=SupplierClaimState.CLAIMED)
    amount = models.DecimalField(_("amount claimed"), max_digits=15, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3, validators=[IN_LETTERS])
    grounds = models.TextField(_("grounds"))
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("claimed by")
    )
    claimed_at = models.DateTimeField(_("claimed at"))
    recovered = models.DecimalField(_("amount recovered"), max_digits=15, decimal_places=3, null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)
    result = models.TextField(_("what came of it"), blank=True)

    class Meta:
        ordering = ["complaint_id", "number"]
        verbose_name = _("claim against a supplier")
        verbose_name_plural = _("claims against suppliers")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_supplier_claim_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="complaints_supplier_claim_number"),
            models.CheckConstraint(
                condition=Q(state__in=SupplierClaimState.values), name="complaints_supplier_claim_state"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="complaints_supplier_claim_amount"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="complaints_supplier_claim_currency"
            ),
            models.CheckConstraint(
                condition=all_or_none(~Q(state=SupplierClaimState.CLAIMED), "settled_by", "settled_at"),
                name="complaints_supplier_claim_settled",
            ),
            models.CheckConstraint(
                condition=Q(state=SupplierClaimState.RECOVERED, recovered__gt=0)
                | (~Q(state=SupplierClaimState.RECOVERED) & Q(recovered=None)),
                name="complaints_supplier_claim_recovered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} supplier claim {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether the supplier still has to answer."""
        return self.state == SupplierClaimState.CLAIMED

    @property
    def amount_words(self) -> str:
        """What is claimed, for people."""
        return in_money(self.amount, self.currency)

    @property
    def recovered_words(self) -> str:
        """What was recovered, for people; empty where nothing was."""
        return "" if self.recovered is None else in_money(self.recovered, self.currency)
