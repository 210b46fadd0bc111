"""The return of goods with its three parties, for the tests of sign-off."""

from decimal import Decimal

from django.utils import timezone

from accounts.roles import Role
from complaints.models import AuthorityLimit, SignoffCheck, SignoffParty, SignoffRule
from complaints.remedying import Loss, RemedyKind
from complaints.services import remedies
from complaints.services.remedies import Line


def rule(code, *parties, checks=(), **columns):
    """A rule; a party is (label, role, department), an item (text, place of the party or None)."""
    row = SignoffRule.objects.create(code=code, name=code.title(), changed_at=timezone.now(), **columns)
    made = [
        SignoffParty.objects.create(rule=row, position=place, label_text=label, role=role, department=department)
        for place, (label, role, department) in enumerate(parties, start=1)
    ]
    for place, (text, party) in enumerate(checks, start=1):
        SignoffCheck.objects.create(rule=row, position=place, text=text, party=made[party - 1] if party else None)
    return row


def limit(role, amount, currency="TWD"):
    AuthorityLimit.objects.create(role=role, currency=currency, amount=amount, changed_at=timezone.now())


def three_parties(control_room, key_accounts, **columns):
    """Control room, shop manager, key-account manager; what the first two have to make sure of."""
    return rule(
        "return",
        ("Control room", "", control_room),
        ("Shop manager", Role.MANAGER, None),
        ("Key-account manager", Role.MANAGER, key_accounts),
        checks=[("In sight all the time", 1), ("Sold here", 2), ("Everything is recorded", None)],
        kinds=["return", "exchange"],
        **columns,
    )


def plan(complaint, by, kind=RemedyKind.RETURN, amount=None, currency="TWD"):
    lines = [Line(loss=Loss.PRICE, offered=Decimal(amount))] if amount is not None else []
    return remedies.plan(
        complaint_id=complaint.pk,
        by=by,
        kind=kind,
        what="We take it back.",
        lines=lines,
        currency=currency if lines else "",
    )
