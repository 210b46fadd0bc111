"""Outside proceedings and legal holds. (Mission M39; issue 4, line 13.)"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import events
from complaints.errors import IllegalMove, LegalHoldInForce, invalid
from complaints.lifecycle import Verb
from complaints.limits import check_line, check_text
from complaints.models import Complaint, LegalHold, Message, Proceeding
from complaints.outside import ProceedingKind
from complaints.services import facts, messages

MOST_PROCEEDINGS = 50
FARTHEST = timedelta(days=3 * 366)
"""Courts are slow; a slip of the finger is farther."""


@transaction.atomic
def open_proceeding(
    *,
    complaint_id: int,
    by: User,
    kind: ProceedingKind,
    body: str,
    what: str,
    reference: str = "",
    due: datetime | None = None,
) -> Proceeding:
    """Record that a mediator, a regulator or a court deals with the matter, what is asked of us, and by when (aware):
    a clock of its own watches that date, whatever becomes of the complaint.

    Raises Invalid, IllegalMove.
    """
    complaint = facts.held_for(complaint_id, by, Verb.OPEN_PROCEEDING)
    now = timezone.now()
    if complaint.proceedings.count() >= MOST_PROCEEDINGS:
        raise IllegalMove(_("This complaint has very many proceedings already. Record this one as a note."))
    _check_due(due, now)
    opened = Proceeding.objects.create(
        complaint=complaint,
        number=1 + complaint.proceedings.count(),
        kind=kind,
        body=check_line("body", body),
        reference=check_line("reference", reference) if reference.strip() else "",
        what=check_text("what", what),
        due=due,
        opened_by=by,
        opened_at=now,
    )
    events.record(
        complaint,
        kind=Verb.OPEN_PROCEEDING,
        by=by,
        at=now,
        proceeding=opened.number,
        proceeding_kind=str(opened.kind),
        until=due.isoformat() if due else None,
    )
    return opened


@transaction.atomic
def move_proceeding(
    *, complaint_id: int, by: User, number: int, reasons: str, due: datetime | None = None
) -> Proceeding:
    """Record that the date of a proceeding was moved, with the reasons: a hearing put off, a time limit prolonged. The
    clock follows: from now on it runs to `due` (aware), and nothing is watched where no date stands any more. A date
    that was broken before stays broken.

    Raises Invalid, IllegalMove.
    """
    complaint = facts.held_for(complaint_id, by, Verb.MOVE_PROCEEDING)
    found = _going_on(complaint, number)
    now = timezone.now()
    _check_due(due, now)
    if due == found.due:
        raise invalid("due", _("This is the date that stands already. Give another one."))
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("reasons", reasons))
    before, found.due = found.due, due
    found.save(update_fields=["due"])
    events.record(
        complaint,
        kind=Verb.MOVE_PROCEEDING,
        by=by,
        at=now,
        proceeding=number,
        proceeding_kind=str(found.kind),
        due_before=before.isoformat() if before else None,
        until=due.isoformat() if due else None,
        message=note.pk,
    )
    return found


@transaction.atomic
def end_proceeding(*, complaint_id: int, by: User, number: int, result: str) -> Proceeding:
    """Record how a proceeding ended, or that what was asked of us is done. Raises Invalid, IllegalMove."""
    complaint = facts.held_for(complaint_id, by, Verb.END_PROCEEDING)
    found = _going_on(complaint, number)
    found.result = check_text("result", result)
    found.ended_by, found.ended_at = by, timezone.now()
    found.save(update_fields=["result", "ended_by", "ended_at"])
    events.record(
        complaint,
        kind=Verb.END_PROCEEDING,
        by=by,
        at=found.ended_at,
        proceeding=number,
        proceeding_kind=str(found.kind),
    )
    return found


@transaction.atomic
def place_hold(*, complaint_id: int, by: User, reasons: str) -> LegalHold:
    """Keep the file as it is, whatever happens: it is neither ended nor erased until somebody lifts the hold.

    Raises IllegalMove while one is in force.
    """
    complaint = facts.held_for(complaint_id, by, Verb.PLACE_HOLD)
    if hold_of(complaint) is not None:
        raise IllegalMove(_("A legal hold is in force already."))
    now = timezone.now()
    placed = LegalHold.objects.create(
        complaint=complaint, reasons=check_text("reasons", reasons), placed_by=by, placed_at=now
    )
    events.record(complaint, kind=Verb.PLACE_HOLD, by=by, at=now, hold=placed.pk)
    return placed


@transaction.atomic
def lift_hold(*, complaint_id: int, by: User, reasons: str) -> LegalHold:
    """Let the file go again, and say why. Raises IllegalMove where no hold is in force."""
    complaint = facts.held_for(complaint_id, by, Verb.LIFT_HOLD)
    hold = hold_of(complaint)
    if hold is None:
        raise IllegalMove(_("No legal hold is in force."))
    hold.lifted_because = check_text("reasons", reasons)
    hold.lifted_by, hold.lifted_at = by, timezone.now()
    hold.save(update_fields=["lifted_because", "lifted_by", "lifted_at"])
    events.record(complaint, kind=Verb.LIFT_HOLD, by=by, at=hold.lifted_at, hold=hold.pk)
    return hold


def _going_on(complaint: Complaint, number: int) -> Proceeding:
    found = complaint.proceedings.filter(number=number).first()
    if found is None:
        raise invalid("proceeding", _("The complaint has no proceeding with this number."))
    if not found.is_open:
        raise IllegalMove(_("This proceeding has ended already."))
    return found


def hold_of(complaint: Complaint) -> LegalHold | None:
    """The legal hold in force; None where there is none."""
    return complaint.legal_holds.filter(lifted_at=None).first()


def check_no_hold(complaint: Complaint) -> None:
    """Raise LegalHoldInForce while a held complaint must be kept as it is: before it ends, and before anything of it
    or of its people is erased.
    """
    if hold_of(complaint) is not None:
        raise LegalHoldInForce(kept_as_it_is())


def kept_as_it_is() -> str:
    """Why a complaint under a legal hold does not end."""
    return str(_("A legal hold is in force: this complaint is kept as it is until somebody lifts the hold."))


def _check_due(due: datetime | None, now: datetime) -> None:
    if due is None:
        return
    if timezone.is_naive(due):
        raise invalid("due", _("Say in which time zone this moment is."))
    if due <= now:
        raise invalid("due", _("This moment has passed. Give one that lies ahead."))
    if due > now + FARTHEST:
        raise invalid("due", _("This is more than three years ahead. Give an earlier moment."))
