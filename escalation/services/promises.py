"""Promising a date to somebody, and recording as done what no other act keeps. (Design section 3, "Promises".)"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import events, permissions
from complaints.errors import invalid
from complaints.lifecycle import Verb
from complaints.limits import check_promised, check_text
from complaints.models import Message
from complaints.services import messages
from complaints.services.acting import held_for
from complaints.services.intake import CLOCK_SKEW
from escalation.errors import ClockEnded, KeptByAnotherAct
from escalation.models import Clock
from escalation.policies import FULFILLABLE, KEPT_BY, ClockKind
from escalation.services import owing
from escalation.services.acting import case_of, named
from escalation.services.cases import Case
from escalation.services.docket import Docket


@transaction.atomic
def promise(*, complaint_id: int, by: User, until: datetime, what: str) -> Clock:
    """Promise the complainant to call back or to reply by a moment. Several promises stand side by side; answering and
    resolving the complaint keeps them all, a mere reply none. `what` was promised is kept as an internal note.

    Raises Invalid for a moment that does not lie ahead, NoPolicy when no policy gives the promise a calendar.
    """
    complaint = held_for(complaint_id, by, Verb.PROMISE)
    now = timezone.now()
    check_promised("until", until, now)
    docket = Docket.of([complaint], now=now)
    case = owing.promise(docket, complaint, now, until=until)
    docket.write()
    note = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("what", what), at=now)
    events.record(
        complaint,
        kind=Verb.PROMISE,
        by=by,
        at=now,
        **named(case.clock),
        until=until.isoformat(),
        message=note.pk,
    )
    return case.clock


@transaction.atomic
def fulfil(*, complaint_id: int, clock_id: int, by: User, at: datetime | None = None, note: str) -> Clock:
    """Record that something was done which no other act keeps: a promise, the review of a grave class.
    `at` says when, if earlier.

    Raises Invalid, NotAllowed for an earlier moment without the right to state one, ClockEnded for what has been
    recorded already, KeptByAnotherAct.
    """
    complaint = held_for(complaint_id, by, Verb.FULFIL)
    now = timezone.now()
    docket = Docket.of([complaint], now=now)
    case = case_of(docket, clock_id)
    _check_fulfillable(case)
    done_at = _done_at(case, by, at, now)
    written = messages.write(complaint, kind=Message.Kind.NOTE, author=by, body=check_text("note", note), at=now)
    docket.keep(case, done_at)
    docket.write()
    events.record(complaint, kind=Verb.FULFIL, by=by, at=done_at, **named(case.clock), message=written.pk)
    return case.clock


def _check_fulfillable(case: Case) -> None:
    kind = ClockKind(case.clock.kind)
    if kind not in FULFILLABLE:
        raise KeptByAnotherAct(
            _("“%(promise)s” is kept by the act “%(act)s”, not by recording that it was done.")
            % {"promise": kind.label, "act": KEPT_BY[kind].label}
        )
    if not case.is_open:
        raise ClockEnded(_("“%(promise)s” has ended already.") % {"promise": kind.label})


def _done_at(case: Case, by: User, at: datetime | None, now: datetime) -> datetime:
    """When it was done. What a sweep has noted of a breach by the database's clock stands, unless an earlier moment is
    stated.
    """
    if at is None:
        return max(now, case.clock.breached_at or now)
    if timezone.is_naive(at):
        raise invalid("at", _("Say in which time zone this moment is."))
    if at > now + CLOCK_SKEW:
        raise invalid("at", _("This lies in the future. Record it when it is done."))
    if at < case.clock.started_at:
        raise invalid("at", _("This was before the promise was made."))
    if at < now - CLOCK_SKEW:
        permissions.check_backdate(by)
    return min(at, now)
