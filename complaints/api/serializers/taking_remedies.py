"""What goes in about remedies and claims against suppliers, and what it becomes. Nothing here saves anything."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import ListIn, MomentIn, OneOf
from complaints.api.serializers.taking import Strict
from complaints.api.serializers.weighing import Weighed
from complaints.limits import MAX_LINE, MAX_TEXT
from complaints.remedying import Loss, RemedyKind, SupplierClaimState
from complaints.services.offers import MOST_OPTIONS, Agreed
from complaints.services.remedies import MOST_LINES, MOST_REMEDIES, Line
from complaints.services.supplier_claims import MAX_REFERENCE
from complaints.vocabulary import Channel


def _text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=MAX_TEXT, **kwargs)


def _if_any(**kwargs: Any) -> serializers.CharField:
    """A text that may be left out."""
    return serializers.CharField(**{"required": False, "allow_blank": True, "max_length": MAX_TEXT} | kwargs)


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(15, 3, min_value=0, **kwargs)


def _number(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=32_767, **kwargs)


class RemedyLineIn(Strict):
    """One line of money."""

    loss = OneOf(Loss)
    what = _if_any(max_length=MAX_LINE)
    claimed = _amount(required=False, allow_null=True, help_text=_("What the complainant asks for."))
    offered = _amount(help_text=_("Exact; no finer than the currency is."))


class PlanRemedyIn(Strict):
    """What could be done for the complainant."""

    kind = OneOf(RemedyKind)
    what = _text(help_text=_("The complainant reads this when it is offered."))
    lines = ListIn(
        child=RemedyLineIn(),
        required=False,
        max_length=MOST_LINES,
        help_text=_(
            "A compensation or a discount needs at least one; apologies, explanations, corrections have none."
        ),
    )
    currency = _if_any(max_length=3, help_text=_("Three letters, such as TWD; needed with lines."))
    follows = _number(required=False, allow_null=True, help_text=_("The number of the remedy that has not helped."))

    def remedy(self) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        given = dict(self.validated_data)
        lines = [Line(**line) for line in given.pop("lines", ())]
        return given | {"lines": lines, "follows_number": given.pop("follows", None)}


class DropRemedyIn(Strict):
    reasons = _text()
    message = _if_any(help_text=_("For the complainant; required when it was offered to them or agreed with them."))


class OfferIn(Weighed, Strict):
    weighed = ("message",)

    options = ListIn(
        child=ListIn(child=_number(), min_length=1, max_length=MOST_REMEDIES),
        min_length=1,
        max_length=MOST_OPTIONS,
        help_text=_("What the complainant chooses from: each option the numbers of remedies that come together."),
    )
    message = _text(help_text=_("For the complainant."))
    stands_until = MomentIn(
        required=False, allow_null=True, help_text=_("After this moment the offer cannot be accepted any more.")
    )


class AgreedIn(Strict):
    """A line for which the complainant took less than was offered."""

    remedy = _number()
    line = _number()
    amount = _amount()


class AcceptOfferIn(Strict):
    option = _number()
    through = OneOf(Channel, help_text=_("How the complainant told the office."))
    digest = serializers.CharField(
        max_length=64,
        help_text=_("That of the offer as it was read to the complainant: `offer_digest` of the complaint."),
    )
    agreed = ListIn(child=AgreedIn(), required=False, max_length=MOST_LINES * MOST_REMEDIES)
    note = _if_any()

    def validate_agreed(self, lines: list[dict[str, Any]]) -> list[Agreed]:
        """As the service takes them."""
        return [Agreed(**line) for line in lines]


class RefuseOfferIn(Strict):
    through = OneOf(Channel, help_text=_("How the complainant told the office."))
    note = _if_any()


class PaidIn(Strict):
    """What was paid of one line."""

    line = _number()
    amount = _amount()


class CarryOutIn(Strict):
    on = serializers.DateField(help_text=_("The day, in the office's calendar."))
    proof = _text(help_text=_("What shows it. Files are added with `attach`."))
    paid = ListIn(child=PaidIn(), required=False, max_length=MOST_LINES, help_text=_("Left out: all that was agreed."))
    why_less = _if_any(help_text=_("Required when less was paid than agreed."))
    task = _number(required=False, allow_null=True, help_text=_("The finished task that carried it out."))

    def validate_paid(self, lines: list[dict[str, Any]]) -> dict[int, Any]:
        """By the numbers of the lines, as the service takes them."""
        paid = {line["line"]: line["amount"] for line in lines}
        if len(paid) < len(lines):
            raise serializers.ValidationError(_("Each line can be named once."))
        return paid


class StillBrokenIn(Strict):
    body = _text(help_text=_("What is still not right; kept as an internal note."))


class ClaimFromSupplierIn(Strict):
    """What is claimed from a maker or supplier."""

    supplier = serializers.CharField(max_length=MAX_LINE)
    amount = _amount()
    currency = serializers.CharField(max_length=3, help_text=_("Three letters, such as TWD."))
    grounds = _text()
    reference = _if_any(max_length=MAX_REFERENCE, help_text=_("The supplier's own number."))
    remedy = _number(required=False, allow_null=True, help_text=_("The number of the remedy they are to pay for."))

    def claim(self) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        given = dict(self.validated_data)
        return given | {"remedy_number": given.pop("remedy", None)}


class SettleSupplierClaimIn(Strict):
    state = OneOf(SupplierClaimState)
    recovered = _amount(required=False, allow_null=True)
    result = _text()
