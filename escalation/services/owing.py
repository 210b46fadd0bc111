"""What is owed, and from when: which clocks start, count by another target, or go on when something happens.

Each function is told a docket with the complaint on it, and leaves the writing to whoever brought it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from complaints.classes import NEEDS_SECOND_PERSON
from complaints.lifecycle import OPEN, Status, Verb
from complaints.models import Complaint, Message
from complaints.transferring import OPEN as OPEN_TRANSFERS
from escalation import replay, selectors
from escalation.errors import NoPolicy
from escalation.models import EventKind
from escalation.policies import OWED_FROM_RECEIPT, ClockKind, Reopen
from escalation.selectors import Rules
from escalation.selectors.rulebook import policy_of
from escalation.services.cases import Case
from escalation.services.docket import Docket

ON_REOPENING: tuple[ClockKind, ...] = (ClockKind.FIRST_RESPONSE, ClockKind.PROGRESS, ClockKind.RESOLUTION)
"""What is owed when a complaint is opened again: nobody acknowledges it a second time."""

OWED_AGAIN: Mapping[Reopen, Collection[ClockKind]] = {
    Reopen.NEW_CYCLE: ON_REOPENING,
    Reopen.RESUME: (ClockKind.PROGRESS, ClockKind.RESOLUTION),
    Reopen.RESTART: (ClockKind.PROGRESS, ClockKind.RESOLUTION),
    Reopen.NONE: (),
}
"""What may be owed in a cycle that began with a reopening: a change of class or priority brings nothing else."""


_RECORDED_BY: Mapping[ClockKind, Verb] = {
    ClockKind.AUTHORITY_REPORT: Verb.REPORT_TO_AUTHORITY,
    ClockKind.MAJOR_NOTICE: Verb.ACKNOWLEDGE_MAJOR,
}
"""The act that keeps a promise which stays owed whatever becomes of the complaint."""

FROM_NOW_ON: Collection[ClockKind] = frozenset({ClockKind.PROGRESS, ClockKind.AUTHORITY_REPORT})
"""What counts from the moment it comes to be owed, when a later change of the complaint brings it: nobody could have
reported as major what was not known to be."""


def begin(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """Start every clock that the matching policy promises from receipt on; none if no policy matches."""
    rules = docket.rulebook.match(complaint)
    if rules is not None:
        for kind in OWED_FROM_RECEIPT:
            if kind in rules.policy.clocks:
                docket.start(complaint, kind, rules, at)


def update(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """The complainant has been told something: the promise of word on progress is kept, and begins anew."""
    for case in docket.open(complaint, {ClockKind.PROGRESS}):
        case.enter(EventKind.MET, at)
        following = docket.start(complaint, ClockKind.PROGRESS, case.rules, at)
        docket.pause_while_waiting(complaint, following, at)


def promise(docket: Docket, complaint: Complaint, at: datetime, *, until: datetime) -> Case:
    """Somebody has promised to come back to the complainant by a moment: watch it, by the policy that applies now,
    else by the one that another clock of the complaint was promised by. Raises NoPolicy.
    """
    rules = docket.rulebook.match(complaint)
    if rules is None and (cases := docket.of_complaint(complaint)):
        rules = cases[-1].rules
    if rules is None:
        raise NoPolicy(
            _(
                "No policy applies to this complaint, so nothing watches over a promise. Ask an administrator for a"
                " policy."
            )
        )
    return docket.start(complaint, ClockKind.PROMISE, rules, at, until=until)


def retarget(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """The complaint has changed: count its clocks by the policy that matches now.

    Time that has passed and pauses are carried over. A clock keeps its version while the same policy matches,
    and all clocks keep theirs when none does: a promise once given stands. A promise already broken stays as it
    is. What the new policy does not promise is cancelled; what it promises besides is started, if still owed.
    """
    rules = docket.rulebook.match(complaint)
    if rules is None:
        return
    owed = _owed_in_this_cycle(docket, complaint)
    for case in docket.open(complaint):
        if not case.follows_the_complaint or policy_of(case.clock.policy_version_id) == rules.policy_id:
            continue
        if case.is_broken(at):
            continue
        if case.clock.kind in rules.policy.clocks:
            case.enter(EventKind.RETARGETED, at, rules=rules)
            docket.pause_anew(complaint, case, at)
        else:
            case.enter(EventKind.CANCELLED, at, reason="not_promised")
    for kind in rules.policy.clocks:
        if kind in owed:
            _owe(docket, complaint, kind, rules, at)


def reopen(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """The complaint has been opened again, its cycle already counted up: do as its policy says (`Reopen`).

    `resume`: the resolution clock goes on with what was left. `restart`: it counts its full time again, by the
    versions it had. `new_cycle`: first reply and resolution begin anew by the policy that matches now. `none`:
    no clock. A complaint without a resolution clock whose rules still count begins a new cycle. Except with `none`,
    word on progress is owed again. The follow-up of the answer that did not hold is cancelled.
    """
    docket.cancel(complaint, at, reason="reopened", kinds={ClockKind.FOLLOW_UP})
    last = leading(docket, complaint)
    mode = _mode(last)
    if last is not None and mode is Reopen.RESUME and not last.is_open:
        last.enter(EventKind.REOPENED, at)
        _begin_again(docket, complaint, last.rules, (ClockKind.PROGRESS,), at)
    elif last is not None and mode is Reopen.RESTART:
        _begin_again(docket, complaint, last.rules, OWED_AGAIN[mode], at)
    elif mode is Reopen.NEW_CYCLE:
        _begin_again(docket, complaint, docket.rulebook.match(complaint), OWED_AGAIN[mode], at)


def _begin_again(
    docket: Docket, complaint: Complaint, rules: Rules | None, kinds: Collection[ClockKind], at: datetime
) -> None:
    for kind in kinds:
        if rules is not None and kind in rules.policy.clocks:
            docket.start(complaint, kind, rules, at)


def leading(docket: Docket, complaint: Complaint) -> Case | None:
    """The last resolution clock, by whose rules the complaint goes on. None if there never was one, or if it was
    called off and its policy is in force no more: a retired policy promises nothing new.
    """
    last = docket.last(complaint, ClockKind.RESOLUTION)
    if last is None or not isinstance(last.ledger[-1], replay.Cancelled):
        return last
    in_force = {pins.policy_id for pins, _rules in docket.rulebook.entries}
    return last if last.rules.policy_id in in_force else None


def _mode(last: Case | None) -> Reopen:
    """What the policy of the last resolution clock says of reopening."""
    return Reopen.NEW_CYCLE if last is None else selectors.policy_rules(last.clock.policy_version_id).reopen


def _owed_in_this_cycle(docket: Docket, complaint: Complaint) -> Collection[ClockKind]:
    if complaint.cycle == 1:
        return OWED_FROM_RECEIPT
    kind = ClockKind.RESOLUTION
    earlier = [case for case in docket.of_complaint(complaint) if case.clock.cycle < complaint.cycle]
    last = next((case for case in reversed(earlier) if case.clock.kind == kind), None)
    owed = set(OWED_AGAIN[_mode(last)])
    if docket.last(complaint, ClockKind.AUTHORITY_REPORT) is None:  # an authority is told once, in whatever cycle
        owed.add(ClockKind.AUTHORITY_REPORT)
    return owed


def _owe(docket: Docket, complaint: Complaint, kind: ClockKind, rules: Rules, at: datetime) -> None:
    """Start a clock that the complaint does not have yet, or let one go on that had been cancelled because the
    policy in between did not promise it; unless the promise has been kept meanwhile.
    """
    if any(case.clock.kind == kind for case in docket.open(complaint)):
        return
    present = [case for case in docket.of_complaint(complaint) if case.clock.cycle == complaint.cycle]
    before = next((case for case in reversed(present) if case.clock.kind == kind), None)
    if before is not None and not isinstance(before.ledger[-1], replay.Cancelled):
        return
    began_at = min((case.clock.started_at for case in present), default=_began_at(complaint))
    if not _still_owed(complaint, kind, began_at):
        return
    if kind in FROM_NOW_ON:
        began_at = at
    if before is None:
        case = docket.start(complaint, kind, rules, began_at)
    else:
        case = before
        case.enter(EventKind.REOPENED, at)
        case.enter(EventKind.RETARGETED, at, rules=rules)
    docket.pause_while_waiting(complaint, case, at)


def _began_at(complaint: Complaint) -> datetime:
    """When the present cycle began: at receipt, or when the complaint was last opened again."""
    if complaint.cycle == 1:
        return complaint.received_at
    opened = complaint.events.filter(kind__in=["reopen", "dispute"]).order_by("-sequence").first()
    return opened.occurred_at if opened else complaint.received_at


def is_owed_still(docket: Docket, complaint: Complaint, case: Case) -> bool:
    """Whether a promise that had been called off would wait to be kept now, had it not been: nothing that keeps or
    ends it has happened meanwhile, and nothing has taken its place.
    """
    kind, status, since = ClockKind(case.clock.kind), Status(complaint.status), case.ledger[-1].at
    if docket.open(complaint, {kind}):
        return False
    if kind == ClockKind.PROCEEDING:
        return complaint.proceedings.filter(number=int(case.clock.shown_number or 0), ended_at=None).exists()
    if kind == ClockKind.BRIEFING:
        return complaint.briefings.filter(number=int(case.clock.shown_number or 0), answered_at=None).exists()
    if kind in _RECORDED_BY:
        return not complaint.events.filter(kind=_RECORDED_BY[kind], recorded_at__gte=since).exists()
    if kind == ClockKind.OBJECTION:
        dropped = status in (Status.WITHDRAWN, Status.MERGED)
        return complaint.complaint_class in NEEDS_SECOND_PERSON and not dropped
    if case.clock.cycle != complaint.cycle:
        return False
    if kind == ClockKind.FOLLOW_UP:
        return status in (Status.RESOLVED, Status.CLOSED)
    if status not in OPEN:
        return False
    if kind == ClockKind.SIGNOFF:
        proposed_again = complaint.events.filter(kind=Verb.PROPOSE, occurred_at__gte=since).exists()
        return status == Status.AWAITING_SIGNOFF and not proposed_again
    if kind == ClockKind.TRANSFER:
        number = int(case.clock.shown_number or 0)
        return complaint.transfers.filter(number=number, state__in=sorted(OPEN_TRANSFERS)).exists()
    if kind == ClockKind.TAKEOVER:
        kept_by = [Verb.TAKE_OVER, Verb.ASSIGN, Verb.REPLY, Verb.WAIT, Verb.OFFER]
        return not complaint.events.filter(kind__in=kept_by, occurred_at__gte=since).exists()
    return kind == ClockKind.PROGRESS or _still_owed(complaint, kind, since)


def _still_owed(complaint: Complaint, kind: ClockKind, since: datetime) -> bool:
    """Whether the office still has to do what the clock would measure."""
    if kind == ClockKind.RESOLUTION or kind in FROM_NOW_ON:
        return True
    if kind == ClockKind.ACKNOWLEDGE and complaint.status != Status.RECEIVED:
        return False
    return not complaint.messages.filter(kind=Message.Kind.REPLY, created_at__gte=since).exists()
