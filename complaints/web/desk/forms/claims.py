"""The forms of claims against suppliers. Each `said()` is what its service takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.models import SupplierClaim
from complaints.remedying import SupplierClaimState
from complaints.services.supplier_claims import MAX_REFERENCE
from complaints.web.desk.fields import Line, Words
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.forms.remedies import AmountField
from complaints.web.desk.forms.tasks import remedy_in_a_list as in_a_list


class ClaimForm(ActForm):
    """From whom, how much, and why."""

    service_fields = {"remedy_number": "remedy"}

    supplier = Line(label=_("Maker or supplier"))
    reference = Line(label=_("Their number for it"), required=False, limit=MAX_REFERENCE)
    amount = AmountField(label=_("Amount claimed"))
    currency = Line(label=_("Currency"), limit=3, help_text=_("Three letters, such as TWD."))
    grounds = Words(label=_("Why they owe it"), help_text=_("Only the office reads this."), rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["remedy"] = forms.TypedChoiceField(
            choices=[
                ("", _("No single remedy")),
                *((remedy.number, in_a_list(remedy)) for remedy in self.complaint.remedies.order_by("number")),
            ],
            coerce=int,
            empty_value=None,
            required=False,
            label=_("What they are to pay for"),
        )
        self.order_fields(["supplier", "reference", "remedy", "amount", "currency", "grounds"])

    def said(self) -> dict[str, Any]:
        """The remedy by its number."""
        said = super().said()
        return said | {"remedy_number": said.pop("remedy")}


class SettleForm(ActForm):
    """What came of it."""

    state = forms.ChoiceField(
        choices=[(state.value, state.label) for state in SupplierClaimState if state != SupplierClaimState.CLAIMED],
        label=_("What came of it"),
        widget=forms.RadioSelect,
    )
    recovered = AmountField(
        label=_("Amount recovered"), required=False, help_text=_("Only where something was recovered.")
    )
    result = Words(label=_("What the supplier said or did"), help_text=_("Only the office reads this."), rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = self.complaint.supplier_claims.filter(state=SupplierClaimState.CLAIMED).order_by("number")
        self.fields["claim"] = forms.TypedChoiceField(
            choices=[(claim.number, _in_a_list(claim)) for claim in waiting],
            coerce=int,
            label=_("Claim"),
            error_messages={"invalid_choice": _("This claim was settled already, or does not exist.")},
        )
        self.order_fields(["claim"])

    def said(self) -> dict[str, Any]:
        """The claim by its number, the state as the service's own type."""
        said = super().said()
        return said | {"number": said.pop("claim"), "state": SupplierClaimState(said["state"])}


def _in_a_list(claim: SupplierClaim) -> str:
    return gettext("No. %(number)d, %(supplier)s: %(amount)s") % {
        "number": claim.number,
        "supplier": claim.supplier,
        "amount": claim.amount_words,
    }
