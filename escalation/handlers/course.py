"""What the course of a complaint means for its clocks: answered, waited for, changed, ended, opened again."""

from datetime import datetime

from django.utils import timezone

from complaints.classes import NEEDS_SECOND_PERSON, ComplaintClass
from complaints.converting import Conversion
from complaints.events import Occurrence
from complaints.lifecycle import Status
from complaints.malice import USUAL_REVIEW
from complaints.models import Complaint, Decision
from complaints.services import class_reviews, conversions
from complaints.vocabulary import PauseReason
from escalation.models import EventKind
from escalation.policies import EVERYTHING, OUTLASTING, ClockKind
from escalation.selectors.promised import TOLD
from escalation.services import afterwards, owing, watching
from escalation.services.docket import Docket

ANSWERED = frozenset({ClockKind.ACKNOWLEDGE, ClockKind.FIRST_RESPONSE, ClockKind.TAKEOVER})
"""What a message that the complainant can see keeps, besides word on progress. A note, a new status keep nothing."""


OWED_TO_OTHERS = frozenset({ClockKind.AUTHORITY_REPORT, ClockKind.MAJOR_NOTICE, ClockKind.PROCEEDING})
"""What is owed to somebody else than the complainant."""


def registered(docket: Docket, occurrence: Occurrence) -> None:
    """What the policy promises begins at receipt."""
    owing.begin(docket, occurrence.complaint, occurrence.complaint.received_at)


def acknowledged(docket: Docket, occurrence: Occurrence) -> None:
    """The promise of an acknowledgement is kept."""
    docket.meet(occurrence.complaint, {ClockKind.ACKNOWLEDGE}, occurrence.event.occurred_at)


def answered(docket: Docket, occurrence: Occurrence) -> None:
    """The complainant has been told something that they can see."""
    docket.meet(occurrence.complaint, ANSWERED, occurrence.event.occurred_at)
    owing.update(docket, occurrence.complaint, occurrence.event.occurred_at)


def replied(docket: Docket, occurrence: Occurrence) -> None:
    """A letter may promise a date. One that answers what came after the answer states anew until when to object."""
    answered(docket, occurrence)
    event = occurrence.event
    if until := event.data.get("until"):
        owing.promise(docket, occurrence.complaint, event.occurred_at, until=datetime.fromisoformat(until))
    if occurrence.complaint.status == Status.RESOLVED:
        afterwards.state_last_date(docket, occurrence.complaint, event.occurred_at)


def asked(docket: Docket, occurrence: Occurrence) -> None:
    """A question is an answer of a kind, and then time stops for the reason given."""
    answered(docket, occurrence)
    reason = occurrence.event.data.get("reason", PauseReason.COMPLAINANT.value)
    docket.pause(occurrence.complaint, occurrence.event.occurred_at, reason=reason)


def offered(docket: Docket, occurrence: Occurrence) -> None:
    """An offer is a question, for as long as it stands; while the office carries out something else it waits for
    nobody.
    """
    data, at = occurrence.event.data, occurrence.event.occurred_at
    if data["after"] == Status.WAITING:
        answered(docket, occurrence)
        until = datetime.fromisoformat(data["stands_until"]) if data.get("stands_until") else None
        docket.pause(occurrence.complaint, at, reason=PauseReason.COMPLAINANT.value, until=until)
    else:
        answered(docket, occurrence)


def carried_out(docket: Docket, occurrence: Occurrence) -> None:
    """The complainant is told what was done for them: word on progress."""
    owing.update(docket, occurrence.complaint, occurrence.event.occurred_at)


def remedy_dropped(docket: Docket, occurrence: Occurrence) -> None:
    """Of what the complainant knew they are told that it is dropped."""
    if occurrence.event.data.get("told", True):
        answered(docket, occurrence)


def goes_on(docket: Docket, occurrence: Occurrence) -> None:
    """Nobody waits for anything any more: time runs again."""
    docket.resume(occurrence.complaint, occurrence.event.occurred_at)


def ended(docket: Docket, occurrence: Occurrence) -> None:
    """The answer is given, and nobody waits for anything any more: what outlasts it goes on."""
    transfer_called_off(docket, occurrence)
    docket.meet(occurrence.complaint, EVERYTHING - OUTLASTING, occurrence.event.occurred_at)
    docket.resume(occurrence.complaint, occurrence.event.occurred_at)


def resolved(docket: Docket, occurrence: Occurrence) -> None:
    """An answer that another system gave has stated no date."""
    ended(docket, occurrence)
    complaint, event = occurrence.complaint, occurrence.event
    afterwards.follow_up(docket, complaint, event.occurred_at, drawn_by=event.hash)
    if not event.data.get("imported"):
        afterwards.state_last_date(docket, complaint, event.occurred_at)


def followed_up(docket: Docket, occurrence: Occurrence) -> None:
    """Stated to have been before a breach that has been noted, it was made in time: only the record was missing."""
    event = occurrence.event
    for case in docket.open(occurrence.complaint, {ClockKind.FOLLOW_UP}):
        done_at = max(event.occurred_at, case.clock.started_at)
        if event.data["stated"]:
            docket.keep(case, done_at)
        else:
            case.enter(EventKind.MET, done_at)


def rated(docket: Docket, occurrence: Occurrence) -> None:
    """Who is not satisfied is to be called on."""
    if not occurrence.event.data["satisfied"]:
        afterwards.call_on_the_unhappy(docket, occurrence.complaint, occurrence.event.occurred_at)


def declined(docket: Docket, occurrence: Occurrence) -> None:
    """The complainant has been told; what was still being looked into, or waited to be signed, need not be."""
    event = occurrence.event
    unneeded = {ClockKind.TASK, ClockKind.SIGNOFF}
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds=unneeded)
    ended(docket, occurrence)


def dropped(docket: Docket, occurrence: Occurrence) -> None:
    """Nothing is owed any more to the complainant; what authorities, courts and the management wait for still is."""
    event = occurrence.event
    kinds = EVERYTHING - OWED_TO_OTHERS
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds=kinds)
    docket.resume(occurrence.complaint, event.occurred_at)


def changed(docket: Docket, occurrence: Occurrence) -> None:
    """Another policy may apply now."""
    owing.retarget(docket, occurrence.complaint, occurrence.event.occurred_at)


def judged(docket: Docket, occurrence: Occurrence) -> None:
    """A class that is only proposed changes nothing yet. A grave one leaves every date as it is, whatever policy fits
    it: the letter about it says so.
    """
    data = occurrence.event.data
    if data["state"] == Decision.State.PROPOSED:
        return
    complaint, at = occurrence.complaint, occurrence.event.occurred_at
    if data["complaint_class"] not in NEEDS_SECOND_PERSON:
        changed(docket, occurrence)
        watching.end_review(docket, complaint, at, reason="class_changed")
        _convert_if_broken(docket, complaint)
        return
    until = watching.review_class(docket, complaint, at, until=at + USUAL_REVIEW)
    class_reviews.state_review(complaint, until)


def _convert_if_broken(docket: Docket, complaint: Complaint) -> None:
    """What is called communicative only after a promise was broken is proposed to count as valid as well."""
    broken = [
        case.clock.pk
        for case in docket.of_complaint(complaint)
        if case.clock.kind in TOLD and case.clock.cycle == complaint.cycle and case.clock.breached_at is not None
    ]
    if broken:
        clocks = {complaint.pk: broken[0]}
        conversions.propose([complaint], because=Conversion.OVERDUE, at=timezone.now(), clocks=clocks)


def class_ended(docket: Docket, occurrence: Occurrence) -> None:
    """A grave class has lapsed, or was lifted: the complaint counts as one that nobody has classed."""
    if occurrence.event.data["complaint_class"] == ComplaintClass.UNCLASSIFIED:
        changed(docket, occurrence)
        watching.end_review(docket, occurrence.complaint, occurrence.event.occurred_at, reason=occurrence.event.kind)


def put_off(docket: Docket, occurrence: Occurrence) -> None:
    """A letter that says until when, and why, is word on progress; unless it puts off just that."""
    data = occurrence.event.data
    if data["told"] and data["clock_kind"] != ClockKind.PROGRESS:
        owing.update(docket, occurrence.complaint, occurrence.event.occurred_at)


def transfer_called_off(docket: Docket, occurrence: Occurrence) -> None:
    """Whatever has happened besides: nobody needs to answer it any more."""
    event = occurrence.event
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds={ClockKind.TRANSFER})


def reopened(docket: Docket, occurrence: Occurrence) -> None:
    """The next cycle begins, as its policy says."""
    owing.reopen(docket, occurrence.complaint, occurrence.event.occurred_at)
