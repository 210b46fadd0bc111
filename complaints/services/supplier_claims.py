"""What the office wants back from the maker or supplier for what it did for the complainant. (Mission M40, S2-12.)"""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, invalid
from complaints.lifecycle import Verb
from complaints.limits import MAX_LINE, check_text, too_long
from complaints.models import Complaint, SupplierClaim
from complaints.remedying import SupplierClaimState, checked_amount, checked_currency, in_money
from complaints.services import acting, remedies

MOST_CLAIMS = 50
"""Of one complaint."""

MAX_REFERENCE = 100


@transaction.atomic
def claim(
    *,
    complaint_id: int,
    by: User,
    supplier: str,
    amount: Decimal,
    currency: str,
    grounds: str,
    reference: str = "",
    remedy_number: int | None = None,
) -> SupplierClaim:
    """Record that a maker or supplier is asked to pay, how much and why; `remedy_number`: what for. Raises Invalid."""
    complaint = acting.held_for(complaint_id, by, Verb.CLAIM_FROM_SUPPLIER)
    currency = checked_currency(currency)
    amount = checked_amount("amount", amount, currency)
    if not amount:
        raise invalid("amount", _("Say how much is claimed."))
    others = list(complaint.supplier_claims.all())
    if len(others) >= MOST_CLAIMS:
        raise IllegalMove(_("This complaint has very many claims against suppliers already."))
    made = SupplierClaim.objects.create(
        complaint=complaint,
        number=1 + max((other.number for other in others), default=0),
        remedy=remedies.find(complaint, remedy_number) if remedy_number is not None else None,
        supplier=_line("supplier", check_text("supplier", supplier), MAX_LINE),
        reference=_line("reference", reference.strip(), MAX_REFERENCE),
        amount=amount,
        currency=currency,
        grounds=check_text("grounds", grounds),
        claimed_by=by,
        claimed_at=timezone.now(),
    )
    events.record(
        complaint,
        kind=Verb.CLAIM_FROM_SUPPLIER,
        by=by,
        at=made.claimed_at,
        claim=made.number,
        remedy=remedy_number,
        amount=str(amount),
        currency=currency,
    )
    return made


@transaction.atomic
def settle(
    *,
    complaint_id: int,
    number: int,
    by: User,
    state: SupplierClaimState,
    result: str,
    recovered: Decimal | None = None,
) -> SupplierClaim:
    """Record what came of a claim against a supplier: recovered (how much, at most what was claimed), refused, or
    given up. Possible for as long as the file lives: suppliers are slow. Raises Invalid.
    """
    complaint = acting.held_for(complaint_id, by, Verb.SETTLE_SUPPLIER_CLAIM)
    made = _find(complaint, number)
    if not made.is_open:
        raise IllegalMove(_("This claim was settled already."))
    if state == SupplierClaimState.CLAIMED:
        raise invalid("state", _("Say what came of the claim."))
    made.recovered = _checked_recovery(made, SupplierClaimState(state), recovered)
    made.state, made.result = state, check_text("result", result)
    made.settled_by, made.settled_at = by, timezone.now()
    made.save(update_fields=["state", "recovered", "result", "settled_by", "settled_at"])
    events.record(
        complaint,
        kind=Verb.SETTLE_SUPPLIER_CLAIM,
        by=by,
        at=made.settled_at,
        claim=number,
        claim_state=str(state),
        **({"amount": str(made.recovered), "currency": made.currency} if made.recovered is not None else {}),
    )
    return made


def _find(complaint: Complaint, number: int) -> SupplierClaim:
    made = complaint.supplier_claims.filter(number=number).first()
    if made is None:
        raise invalid("claim", _("The complaint has no claim against a supplier with this number."))
    return made


def _checked_recovery(made: SupplierClaim, state: SupplierClaimState, recovered: Decimal | None) -> Decimal | None:
    if state != SupplierClaimState.RECOVERED:
        if recovered is not None:
            raise invalid("recovered", _("Nothing was recovered: leave the amount empty."))
        return None
    if recovered is None:
        raise invalid("recovered", _("Say how much was recovered."))
    amount = checked_amount("recovered", recovered, made.currency)
    if not 0 < amount <= made.amount:
        raise invalid(
            "recovered",
            _("At most %(claimed)s was claimed.") % {"claimed": in_money(made.amount, made.currency)},
        )
    return amount


def _line(field: str, text: str, limit: int) -> str:
    if errors := too_long({field: (text, limit)}):
        raise invalid(field, errors[field][0])
    return text
