"""Taking over 接手: somebody answers for a complaint that has climbed, and the climb rests. (Design section 4.)"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common import moments
from complaints import conflicts, events, permissions
from complaints.errors import ConflictOfInterest
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.services import escalating
from complaints.services.acting import held_for
from complaints.services.escalating import Placement
from escalation import selectors
from escalation.errors import NothingToTakeOver, TakenOver
from escalation.policies import ClockKind
from escalation.services.cases import Case
from escalation.services.docket import Docket


@transaction.atomic
def take_over(*, complaint_id: int, by: User, letter_of: int | None = None) -> Complaint:
    """Answer for a complaint that has climbed: you hold it, and its ladders rest for the time that the policy agrees
    on, in working hours of the calendar. Then silence climbs on.

    Whoever has taken it over may do so again; the time then counts from now. No deadline moves.
    Raises NothingToTakeOver where nothing has climbed or no deadline runs, TakenOver while somebody else's time lasts,
    ConflictOfInterest for whoever may not hold it, NotAllowed also for who does not lead what was declared major,
    IllegalMove. `letter_of` is the event whose letter held
    the link that was followed; without it the person was signed in.
    """
    complaint = held_for(complaint_id, by, Verb.TAKE_OVER)
    now = timezone.now()
    docket = Docket.of([complaint], now=now)
    running = [case for case in docket.cases() if case.is_open]
    if not selectors.has_climbed(complaint, {case.clock.kind for case in running}):
        raise NothingToTakeOver(_("This complaint has not climbed, so there is nothing to take over yet."))
    _refuse_if_concerned(complaint, by)
    permissions.check_leads(by, complaint)
    _refuse_if_taken(complaint, by, now)
    resting = [case for case in running if case.clock.kind != ClockKind.TAKEOVER]
    if not resting:
        raise NothingToTakeOver(_("No deadline of this complaint is running, so nothing climbs that could rest."))
    until = _rests_until(resting, now)
    before = complaint.holder_id
    docket.hold(complaint, now, until)
    docket.write()
    escalating.place_and_record(
        [Placement(complaint, complaint.tier, by.pk, complaint.priority, complaint.due_at)],
        [
            events.Act(
                complaint,
                Verb.TAKE_OVER,
                by,
                now,
                {
                    "clocks": [case.clock.pk for case in resting],
                    "until": until.isoformat(),
                    "tier": complaint.tier,
                    "holder_before": before,
                    "holder": by.pk,
                    "letter_of": letter_of,
                },
            )
        ],
    )
    return complaint


def _refuse_if_concerned(complaint: Complaint, by: User) -> None:
    """Whom the complaint concerns may not take it over."""
    concern = conflicts.concerned(complaint).get(by.pk)
    if concern is not None and selectors.is_out(by, complaint, concern):
        raise ConflictOfInterest(conflicts.refusal(by, concern))


def _refuse_if_taken(complaint: Complaint, by: User, now: datetime) -> None:
    """Whoever holds it and has taken it over is left in peace until their time is up."""
    taken = selectors.taken_over(complaint, now=now)
    if taken is not None and taken.rests and taken.by.pk == complaint.holder_id != by.pk:
        raise TakenOver(
            _("%(name)s has taken this complaint over until %(until)s.")
            % {"name": taken.by.name, "until": moments.full(taken.until)}
        )


def _rests_until(cases: list[Case], now: datetime) -> datetime:
    """The end of the agreed time by the versions that the resolution clock is counted by, else the clock that is due
    next. A time that was agreed before and lasts longer stands.
    """
    resolution = [case for case in cases if case.clock.kind == ClockKind.RESOLUTION]
    leading = min(resolution or cases, key=_due_first)
    hours = selectors.policy_rules(leading.clock.policy_version_id).takeover_hours
    until = selectors.calendar_rules(leading.clock.calendar_version_id).advance(now, hours * 3_600)
    earlier = [end for case in cases for _taken, end in case.stands(now).holds]
    return max([until, *earlier])


def _due_first(case: Case) -> tuple[bool, datetime, int]:
    """Deadlines in order, paused clocks after them."""
    return case.clock.due_at is None, case.clock.due_at or case.clock.started_at, case.clock.pk
