"""Putting a deadline off: one person asks, another grants or refuses. (Design section 4, "Extension".)

The rules are those of `extending.py`. A request that nobody decides before the deadline passes or the clock ends has
lapsed by itself.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from complaints import conflicts, events
from complaints.errors import ConflictOfInterest, invalid
from complaints.lifecycle import Verb
from complaints.limits import MAX_TEXT, check_text, too_long
from complaints.models import Complaint
from complaints.services.acting import held_for
from escalation import amounts, extending
from escalation.errors import AlreadyAsked, AlreadyDecided, ClockEnded, DeadlinePassed, NotExtendable, OwnRequest
from escalation.extending import Ground
from escalation.models import Extension
from escalation.policies import ClockKind, Extensions
from escalation.selectors.promised import TOLD
from escalation.selectors.rulebook import rule_of
from escalation.services.acting import case_of, iso, named
from escalation.services.cases import Case
from escalation.services.docket import Docket


@transaction.atomic
def ask(*, complaint_id: int, clock_id: int, by: User, amount: float, reason: Ground, reasons: str) -> Extension:
    """Ask for so many more units of a deadline's target, before it passes. Somebody else decides.

    Raises Invalid for an amount that is none or too much, ClockEnded, DeadlinePassed, NotExtendable when the policy
    does not allow it, AlreadyAsked while a request waits.
    """
    complaint = held_for(complaint_id, by, Verb.ASK_EXTENSION)
    now = timezone.now()
    docket = Docket.of([complaint], now=now)
    case = case_of(docket, clock_id)
    _check_amount(case, amount, _allowed(case, now), now)
    waiting = Extension.objects.filter(clock=case.clock, cycle=complaint.cycle, state=Extension.State.ASKED)
    if waiting.exists():
        raise AlreadyAsked(_("A request for more time waits for a decision. Let it be decided first."))
    extension = Extension.objects.create(
        clock=case.clock,
        cycle=complaint.cycle,
        unit=str(case.stands(now).target.unit),
        amount=amount,
        reason=Ground(reason),
        reasons=check_text("reasons", reasons),
        asked_by=by,
        asked_at=now,
    )
    data = {**_about(case, extension), "due_at": iso(case.stands(now).due_at)}
    events.record(complaint, kind=Verb.ASK_EXTENSION, by=by, at=now, **data)
    return extension


@transaction.atomic
def grant(*, complaint_id: int, extension_id: int, by: User, reasons: str = "") -> Extension:
    """Give more time. The complainant is told in the same act, where the deadline is one they know of: the new date,
    and the reason in words fit for them. `reasons` are for the file.

    Raises OwnRequest for whoever asked, ConflictOfInterest, AlreadyDecided, and what a lapsed request raises:
    ClockEnded or DeadlinePassed.
    """
    complaint = held_for(complaint_id, by, Verb.GRANT_EXTENSION)
    now = timezone.now()
    docket = Docket.of([complaint], now=now)
    extension, case = _waiting(complaint, docket, extension_id, by)
    _check_not_lapsed(complaint, extension, case, now)
    _check_amount(case, extension.amount, _allowed(case, now), now)
    extension.due_before = case.stands(now).due_at
    docket.extend(case, now, extension.amount)
    docket.write()
    extension.due_at = case.stands(now).due_at
    _decide(extension, Extension.State.GRANTED, by, now, reasons)
    data = {
        **_about(case, extension),
        "due_before": iso(extension.due_before),
        "due_at": iso(extension.due_at),
        "told": case.clock.kind in TOLD,
    }
    events.record(complaint, kind=Verb.GRANT_EXTENSION, by=by, at=now, **data)
    return extension


@transaction.atomic
def refuse(*, complaint_id: int, extension_id: int, by: User, reasons: str) -> Extension:
    """Let the deadline stand. Whoever asked is told why; the complainant hears nothing.

    Raises OwnRequest for whoever asked, ConflictOfInterest, AlreadyDecided.
    """
    complaint = held_for(complaint_id, by, Verb.REFUSE_EXTENSION)
    now = timezone.now()
    docket = Docket.of([complaint], now=now)
    extension, case = _waiting(complaint, docket, extension_id, by)
    _decide(extension, Extension.State.REFUSED, by, now, check_text("reasons", reasons))
    due_at = iso(case.stands(now).due_at)
    data = {**_about(case, extension), "due_before": due_at, "due_at": due_at}
    events.record(complaint, kind=Verb.REFUSE_EXTENSION, by=by, at=now, **data)
    return extension


def _allowed(case: Case, now: datetime) -> Extensions:
    """What the policy version that the clock is counted by allows it now."""
    clock = case.clock
    return extending.check(
        case.stands(now),
        rule_of(clock.policy_version_id, clock.kind).extensions,
        kind=ClockKind(clock.kind),
        granted=Extension.objects.filter(clock=clock, state=Extension.State.GRANTED).count(),
        broken=clock.breached_at is not None,
    )


def _check_amount(case: Case, amount: float, rule: Extensions, now: datetime) -> None:
    extending.check_amount(amount, case.stands(now).target, rule)


def _waiting(complaint: Complaint, docket: Docket, extension_id: int, by: User) -> tuple[Extension, Case]:
    """The request that nobody has decided, for somebody else than whoever asked, and its clock."""
    found = Extension.objects.filter(clock__complaint=complaint, pk=extension_id).select_related("asked_by").first()
    if found is None:
        raise invalid("extension", _("The complaint has no such request for more time."))
    if found.state != Extension.State.ASKED:
        raise AlreadyDecided(_("This request has been decided already."))
    if found.asked_by_id == by.pk:
        raise OwnRequest(_("You asked for more time yourself. Somebody else must decide."))
    if by.pk in conflicts.concerned(complaint):
        raise ConflictOfInterest(_("The complaint concerns you. Somebody else must decide about more time."))
    return found, case_of(docket, found.clock_id)


def _check_not_lapsed(complaint: Complaint, extension: Extension, case: Case, now: datetime) -> None:
    named_so = {"promise": ClockKind(case.clock.kind).label}
    if not case.is_open or extension.cycle != complaint.cycle:
        raise ClockEnded(_("The request has lapsed: “%(promise)s” has ended meanwhile.") % named_so)
    if not extension.waits_at(now):
        raise DeadlinePassed(
            _(
                "The request has lapsed: the deadline for “%(promise)s” has passed meanwhile and cannot be put off any"
                " more. Tell the complainant that we are late, and why."
            )
            % named_so
        )
    unit = case.stands(now).target.unit
    if unit != extension.unit:
        raise NotExtendable(
            _("The deadline counts otherwise meanwhile; %(more)s do not fit it. Refuse the request and ask anew.")
            % {"more": amounts.in_words(extension.unit, extension.amount)}
        )


def _decide(extension: Extension, state: Extension.State, by: User, at: datetime, reasons: str) -> None:
    reasons = reasons.strip()
    if errors := too_long({"reasons": (reasons, MAX_TEXT)}):
        raise invalid("reasons", errors["reasons"][0])
    extension.state, extension.decided_by, extension.decided_at = state, by, at
    extension.decision_reasons = reasons
    extension.save(
        update_fields=["state", "decided_by", "decided_at", "decision_reasons", "due_before", "due_at"],
    )


def _about(case: Case, extension: Extension) -> Mapping[str, Any]:
    """What the events of all three acts say: ids, codes and amounts, never words."""
    return {
        **named(case.clock),
        "extension": extension.pk,
        "amount": extension.amount,
        "unit": extension.unit,
        "reason": extension.reason,
        "asked_by": extension.asked_by_id,
    }
