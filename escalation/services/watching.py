"""What is watched besides the promises to every complainant: tasks, signatures, transfers, dates that others set.

Each function is told a docket with the complaint on it, and leaves the writing to whoever brought it. Without a policy
nothing is watched.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from complaints.models import Complaint
from complaints.transferring import USUAL_ANSWER_HOURS
from escalation import targets
from escalation.models import EventKind
from escalation.policies import ClockKind
from escalation.selectors import Rules
from escalation.services.cases import Case
from escalation.services.docket import Docket
from escalation.targets import Target, Unit

USUAL_ANSWER = Target(unit=Unit.WORKING_HOURS, amount=USUAL_ANSWER_HOURS)
"""In what time a transfer is answered where the policy says nothing."""


INSTANT = timedelta.resolution


def ask_to_take_over(docket: Docket, complaint: Complaint, at: datetime, *, rules: Rules) -> None:
    """The complaint has been handed up: whoever holds it now is to take it over. Only the last asked counts."""
    docket.cancel(complaint, at, reason="handed_up", kinds={ClockKind.TAKEOVER})
    docket.start(complaint, ClockKind.TAKEOVER, rules, at)


def watch_task(docket: Docket, complaint: Complaint, at: datetime, *, about: str, until: datetime | None) -> None:
    """A task has been issued: its clock runs to the moment agreed on, else as long as the policy says. Without either
    nothing is promised; without a policy nothing can be watched.
    """
    rules = _rules_of(docket, complaint)
    if rules is None or (until is None and ClockKind.TASK not in rules.policy.clocks):
        return
    case = docket.start(complaint, ClockKind.TASK, rules, at, until=until, about=about)
    docket.pause_while_waiting(complaint, case, at)


def watch_signoff(docket: Docket, complaint: Complaint, at: datetime, *, about: str) -> None:
    """A proposal waits for signatures: its clock runs as long as the policy says. Where that promises nothing, and
    without a policy, nothing is watched.
    """
    rules = _rules_of(docket, complaint)
    if rules is not None and ClockKind.SIGNOFF in rules.policy.clocks:
        docket.start(complaint, ClockKind.SIGNOFF, rules, at, about=about)


def watch_transfer(docket: Docket, complaint: Complaint, at: datetime, *, about: str) -> None:
    """A transfer waits for an answer or a decision: its clock runs as long as the policy says, else the usual working
    hours of its calendar. Without a policy nobody's silence can be measured.
    """
    rules = _rules_of(docket, complaint)
    if rules is None:
        return
    promised = ClockKind.TRANSFER in rules.policy.clocks
    until = None if promised else targets.due(rules.calendar, USUAL_ANSWER, at)
    docket.start(complaint, ClockKind.TRANSFER, rules, at, until=until, about=about)


def watch_briefing(docket: Docket, complaint: Complaint, at: datetime, *, about: str, until: datetime) -> None:
    """Those above want an answer by a moment: its clock runs to it. Without a policy nothing can be watched."""
    rules = _rules_of(docket, complaint)
    if rules is not None:
        docket.start(complaint, ClockKind.BRIEFING, rules, at, until=until, about=about)


def meet_briefing(docket: Docket, complaint: Complaint, at: datetime, *, about: str) -> None:
    """The department has reported back, in time or late."""
    for case in _about(docket, complaint, ClockKind.BRIEFING, {about}):
        case.enter(EventKind.MET, at)


def meet_task(docket: Docket, complaint: Complaint, at: datetime, *, about: str) -> None:
    """The task is done, in time or late."""
    for case in _about(docket, complaint, ClockKind.TASK, {about}):
        case.enter(EventKind.MET, at)


def cancel_tasks(docket: Docket, complaint: Complaint, at: datetime, *, abouts: Collection[str], reason: str) -> None:
    """These tasks need not be done any more."""
    for case in _about(docket, complaint, ClockKind.TASK, abouts):
        case.enter(EventKind.CANCELLED, at, reason=reason)


def ask_the_management(docket: Docket, complaint: Complaint, at: datetime) -> None:
    """The complaint was declared major: the management is to acknowledge that, where the policy says within what time.
    Silence climbs that clock's ladder.
    """
    rules = docket.rulebook.match(complaint)
    if rules is not None and ClockKind.MAJOR_NOTICE in rules.policy.clocks:
        docket.start(complaint, ClockKind.MAJOR_NOTICE, rules, at)


def keep_report(docket: Docket, complaint: Complaint, at: datetime, *, stated: bool) -> None:
    """What was owed to an authority is reported. A breach that a sweep has noted by the database's clock stands,
    unless an earlier moment is `stated`.
    """
    for case in docket.open(complaint, {ClockKind.AUTHORITY_REPORT}):
        noted = case.clock.breached_at
        kept_at = at if stated or noted is None else max(at, noted)
        docket.keep(case, max(kept_at, case.clock.started_at))


def watch_proceeding(docket: Docket, complaint: Complaint, at: datetime, *, about: str, until: datetime) -> None:
    """Somebody outside has set a date: its clock runs to that moment. Without a policy nothing can be watched."""
    rules = _rules_of(docket, complaint)
    if rules is not None:
        docket.start(complaint, ClockKind.PROCEEDING, rules, at, until=until, about=about)


def meet_proceeding(docket: Docket, complaint: Complaint, at: datetime, *, about: str) -> None:
    """What somebody outside asked for is done, or their proceeding has ended."""
    for case in _about(docket, complaint, ClockKind.PROCEEDING, {about}):
        case.enter(EventKind.MET, at)


def drop_proceeding(docket: Docket, complaint: Complaint, at: datetime, *, about: str, reason: str) -> None:
    """The date of this proceeding does not stand any more."""
    for case in _about(docket, complaint, ClockKind.PROCEEDING, {about}):
        case.enter(EventKind.CANCELLED, at, reason=reason)


def review_class(docket: Docket, complaint: Complaint, at: datetime, *, until: datetime) -> datetime:
    """A grave class has come into force, or was renewed: it stands until its review date, which this answers.

    The policy says how long; where it does not, it stands `until` then. The date is told to the complainant, so that
    it stands as well: no pause, no other policy and no extension moves it. Whoever renews keeps the date before.
    """
    docket.meet(complaint, {ClockKind.OBJECTION}, at)
    rules = _rules_of(docket, complaint)
    if rules is None:
        return until
    rule = rules.policy.clocks.get(ClockKind.OBJECTION)
    if rule is not None and rule.target is not None:
        until = targets.due(rules.calendar, rule.target, at)
    docket.start(complaint, ClockKind.OBJECTION, rules, at, until=until)
    return until


def end_review(docket: Docket, complaint: Complaint, at: datetime, *, reason: str) -> None:
    """The grave class no longer applies. One that lapses on its date breaks no promise: the review is called off in
    the last instant before.
    """
    for case in docket.open(complaint, {ClockKind.OBJECTION}):
        due_at = case.clock.due_at
        ended_at = due_at - INSTANT if due_at is not None and due_at <= at else at
        case.enter(EventKind.CANCELLED, ended_at, reason=reason)


def _rules_of(docket: Docket, complaint: Complaint) -> Rules | None:
    """The policy that applies to the complaint now, else the one that its resolution was promised by."""
    last = docket.last(complaint, ClockKind.RESOLUTION)
    return docket.rulebook.match(complaint) or (last.rules if last is not None else None)


def _about(docket: Docket, complaint: Complaint, kind: ClockKind, abouts: Collection[str]) -> list[Case]:
    """The open clocks of this kind that measure these things."""
    return [case for case in docket.open(complaint, {kind}) if case.clock.about in abouts]
