"""Remedies: planning what is done for the complainant, dropping it, and what all acts about remedies share.

Offering them and the complainant's answer are in `offers.py`, what is done about it in `carrying_out.py`. (Design
section 3, "Remedies"; mission M13.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, lifecycle, remedying
from complaints.errors import IllegalMove, RemediesOpen, invalid
from complaints.lifecycle import Status, Verb
from complaints.limits import MAX_LINE, check_text, too_long
from complaints.models import Complaint, Message, Remedy, RemedyItem, Task
from complaints.placeholders import check_words
from complaints.remedying import Loss, RemedyKind, RemedyState, checked_amount, checked_currency, minor_units
from complaints.selectors import remedies as remedy_reads
from complaints.services import acting, messages, signoff
from complaints.tasking import TaskKind

MOST_REMEDIES = 50
"""Of one complaint."""

MOST_LINES = 20
"""Of one remedy."""


@dataclass(frozen=True)
class Line:
    """One line of money as it is planned: what it makes good, what is asked for it, and what the office offers."""

    loss: Loss
    offered: Decimal
    claimed: Decimal | None = None
    what: str = ""


@transaction.atomic
def plan(
    *,
    complaint_id: int,
    by: User,
    kind: RemedyKind,
    what: str,
    lines: Sequence[Line] = (),
    currency: str = "",
    follows_number: int | None = None,
) -> Remedy:
    """Write down what could be done for the complainant, in words that they will read when it is offered.

    Money stands in lines, all in one currency, exact. `follows_number`: the remedy that did not help, if one did not.
    Raises Invalid.
    """
    complaint = acting.held_for(complaint_id, by, Verb.PLAN_REMEDY)
    what = check_words("what", what)
    currency, lines = _checked_lines(RemedyKind(kind), lines, currency)
    others = list(complaint.remedies.all())
    if len(others) >= MOST_REMEDIES:
        raise IllegalMove(_("This complaint has very many remedies already. Drop some of them."))
    remedy = Remedy.objects.create(
        complaint=complaint,
        number=1 + max((other.number for other in others), default=0),
        kind=kind,
        what=what,
        currency=currency,
        follows=_followed(others, follows_number),
        planned_by=by,
        planned_at=timezone.now(),
    )
    RemedyItem.objects.bulk_create(
        RemedyItem(
            remedy=remedy, number=number, loss=line.loss, what=line.what, claimed=line.claimed, offered=line.offered
        )
        for number, line in enumerate(lines, start=1)
    )
    events.record(
        complaint,
        kind=Verb.PLAN_REMEDY,
        by=by,
        at=remedy.planned_at,
        **named(remedy),
        **amount_of(remedy, "offered"),
        follows=follows_number,
    )
    return remedy


@transaction.atomic
def drop(*, complaint_id: int, number: int, by: User, reasons: str, message: str = "") -> Remedy:
    """Say that a remedy will not be carried out, and why.

    Of what was offered to the complainant or agreed with them they are told in a `message`, which is then required.
    """
    remedy = held_for(complaint_id, number, by, Verb.DROP_REMEDY)
    complaint, now = remedy.complaint, timezone.now()
    remedy.reasons = check_text("reasons", reasons)
    told: dict[str, Any] = {"told": False}
    if remedy.state != RemedyState.PLANNED:
        body = check_words("message", message)
        reply = messages.write(complaint, kind=Message.Kind.REPLY, author=by, body=body, at=now)
        told = {"message": reply.pk}
    elif message.strip():
        raise invalid("message", _("The complainant does not know of this remedy yet: there is nothing to tell."))
    remedy.dropped_by, remedy.dropped_at = by, now
    return move(remedy, Verb.DROP_REMEDY, by, now, fields=["reasons", "dropped_by", "dropped_at"], **told)


def entrust(complaint: Complaint, number: int, task: Task) -> None:
    """Let a task carry out a remedy of a held complaint. Raises Invalid, and IllegalMove before it may be carried out
    or while another task is at it.
    """
    remedy = find(complaint, number)
    if task.kind != TaskKind.CARRYING_OUT:
        raise invalid("remedy", _("Only a task of carrying out carries a remedy out."))
    remedying.after(RemedyKind(remedy.kind), RemedyState(remedy.state), Verb.CARRY_OUT)
    check_released(remedy)
    if remedy.task is not None and remedy.task.is_open:
        raise IllegalMove(_("Task no. %(number)d carries this remedy out already.") % {"number": remedy.task.number})
    remedy.task = task
    remedy.save(update_fields=["task"])


def check_released(remedy: Remedy) -> None:
    """Ask before a remedy of a held complaint is offered or carried out: has everybody signed it who must?

    Raises SignaturesMissing, naming who has to sign.
    """
    signoff.check_signed(remedy)


def check_all_released(complaint: Complaint) -> None:
    """Ask before something is carried out for a held complaint that names no remedy: has everybody signed who must?

    Raises SignaturesMissing.
    """
    signoff.check_none_waits(complaint)
    for remedy in complaint.remedies.filter(state__in=sorted(remedying.OPEN)):
        check_released(remedy)


def find(complaint: Complaint, number: int) -> Remedy:
    """The remedy of a held complaint with this number. Raises Invalid."""
    remedy = complaint.remedies.prefetch_related("items").filter(number=number).first()
    if remedy is None:
        raise invalid("remedy", _("The complaint has no remedy with this number."))
    remedy.complaint = complaint
    return remedy


def held_for(complaint_id: int, number: int, by: User, verb: Verb) -> Remedy:
    """Hold the complaint, find its remedy, and ask: may this person, and is it possible now?"""
    complaint = acting.held_for(complaint_id, by, verb)
    remedy = find(complaint, number)
    remedying.after(RemedyKind(remedy.kind), RemedyState(remedy.state), verb)
    return remedy


def move(remedy: Remedy, verb: Verb, by: events.Actor, at: datetime, *, fields: Sequence[str], **data: Any) -> Remedy:
    """Take a remedy of a held complaint where the verb leads, and the complaint with it; write the one event."""
    remedy.state = remedying.after(RemedyKind(remedy.kind), RemedyState(remedy.state), verb)
    remedy.save(update_fields=["state", *fields])
    moved = follow(remedy.complaint, verb)
    events.record(remedy.complaint, kind=verb, by=by, at=at, **moved, **named(remedy), **data)
    return remedy


def follow(complaint: Complaint, verb: Verb) -> dict[str, str]:
    """Take a held complaint where an act about its remedies leads; from where to where, for the event."""
    before = Status(complaint.status)
    complaint.status = lifecycle.after(before, verb, owing=remedy_reads.owes_remedies(complaint))
    if complaint.status != before:
        complaint.save(update_fields=["status"])
    return {"before": str(before), "after": str(complaint.status)}


def named(remedy: Remedy) -> dict[str, Any]:
    """How events say which remedy they are about."""
    return {"remedy": remedy.number, "remedy_kind": str(remedy.kind)}


def amount_of(remedy: Remedy, column: str) -> dict[str, str]:
    """What events say of the sum of its lines in a column; nothing where there are none."""
    amount = remedy.total(column)
    if amount is None:
        return {}
    return {"amount": str(round(amount, minor_units(remedy.currency))), "currency": remedy.currency}


def in_words(some: Iterable[Remedy]) -> str:
    """Remedies by number, kind and state, in the reader's language."""
    # Translators: stands between the parts of a list.
    return _(", ").join(
        _("no. %(number)d (%(kind)s, %(state)s)")
        % {
            "number": remedy.number,
            "kind": RemedyKind(remedy.kind).label,
            "state": RemedyState(remedy.state).label,
        }
        for remedy in some
    )


def check_none_open(complaint: Complaint) -> None:
    """Raise RemediesOpen, naming them, while something has still to come of remedies of a held complaint."""
    if refusal := refusal_to_resolve(complaint.remedies.filter(state__in=sorted(remedying.OPEN))):
        raise RemediesOpen(refusal)


def refusal_to_resolve(remedies: Iterable[Remedy]) -> str:
    """Why a complaint with these remedies cannot be resolved; empty when they do not stand in the way."""
    waiting = [remedy for remedy in remedies if remedy.is_open]
    if not waiting:
        return ""
    return _(
        "The complaint cannot be resolved while remedies are open: %(remedies)s. Carry out what was agreed,"
        " and drop with reasons what is not to be done."
    ) % {"remedies": in_words(waiting)}


def drop_all(complaint: Complaint, *, by: User, at: datetime) -> dict[str, Any]:
    """Drop every open remedy of a held complaint that ends; says what the event tells of it."""
    waiting = list(complaint.remedies.filter(state__in=sorted(remedying.OPEN)))
    complaint.remedies.filter(pk__in=[remedy.pk for remedy in waiting]).update(
        state=RemedyState.DROPPED, dropped_by=by, dropped_at=at
    )
    return {"remedies": [remedy.number for remedy in waiting]} if waiting else {}


def _followed(others: Sequence[Remedy], number: int | None) -> Remedy | None:
    if number is None:
        return None
    followed = next((other for other in others if other.number == number), None)
    if followed is None or followed.state != RemedyState.FAILED:
        raise invalid("follows", _("The complaint has no remedy with this number that has failed."))
    return followed


def _checked_lines(kind: RemedyKind, lines: Sequence[Line], currency: str) -> tuple[str, list[Line]]:
    """The lines with exact amounts, and their currency; both empty for a remedy without money."""
    if not lines:
        if kind in remedying.NEEDS_MONEY:
            raise invalid("lines", _("“%(kind)s” needs at least one line of money.") % {"kind": kind.label})
        if currency.strip():
            raise invalid("currency", _("There is no amount that this currency belongs to."))
        return "", []
    if kind not in remedying.WITH_MONEY:
        raise invalid("lines", _("“%(kind)s” has no lines of money.") % {"kind": kind.label})
    if len(lines) > MOST_LINES:
        raise invalid("lines", _("At most %(limit)d lines are taken.") % {"limit": MOST_LINES})
    currency = checked_currency(currency)
    return currency, [_checked_line(line, currency) for line in lines]


def _checked_line(line: Line, currency: str) -> Line:
    what = line.what.strip()
    if errors := too_long({"lines": (what, MAX_LINE)}):
        raise invalid("lines", errors["lines"][0])
    claimed = None if line.claimed is None else checked_amount("lines", line.claimed, currency)
    return Line(
        loss=Loss(line.loss), what=what, claimed=claimed, offered=checked_amount("lines", line.offered, currency)
    )
