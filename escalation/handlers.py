"""What the acts of the office mean for deadlines: see settings.COMPLAINT_EVENT_HANDLERS."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.utils import timezone

from complaints import outside, signing, tasking, transferring
from complaints.classes import NEEDS_SECOND_PERSON, ComplaintClass
from complaints.converting import Conversion
from complaints.events import Occurrence
from complaints.lifecycle import Status, Verb
from complaints.malice import USUAL_REVIEW
from complaints.models import Complaint, Decision
from complaints.services import class_reviews, conversions
from complaints.transferring import TransferState
from complaints.vocabulary import PauseReason
from escalation.happenings import Happening
from escalation.models import EventKind
from escalation.policies import EVERYTHING, OUTLASTING, ClockKind
from escalation.selectors.promised import TOLD
from escalation.services import afterwards, owing, watching
from escalation.services.docket import Docket

ANSWERED = frozenset({ClockKind.ACKNOWLEDGE, ClockKind.FIRST_RESPONSE, ClockKind.TAKEOVER})
"""What a message that the complainant can see keeps, besides word on progress. A note, a new status keep nothing."""

OWED_TO_OTHERS = frozenset({ClockKind.AUTHORITY_REPORT, ClockKind.MAJOR_NOTICE, ClockKind.PROCEEDING})
"""What is owed to somebody else than the complainant."""


def keep_clocks(occurrences: Sequence[Occurrence]) -> None:
    """Let the clocks of held complaints follow what has happened, in the act's own transaction.

    Any number of occurrences costs the same few statements; those that mean nothing to deadlines (notes, files,
    assignments, and all that the sweep itself writes) cost none.
    """
    _propose_conversions(occurrences)
    heard = [occurrence for occurrence in occurrences if _means_something(occurrence)]
    if not heard:
        return
    complaints = {occurrence.complaint.pk: occurrence.complaint for occurrence in heard}
    new = {occurrence.complaint.pk for occurrence in heard if occurrence.event.kind == Verb.REGISTER}
    now = max(timezone.now(), *(occurrence.event.occurred_at for occurrence in heard))
    docket = Docket.of(list(complaints.values()), new=new, now=now)
    for occurrence in heard:
        MEANINGS[occurrence.event.kind](docket, occurrence)
    docket.write()


def _means_something(occurrence: Occurrence) -> bool:
    """Of the steps of ladders, only those that ask somebody to take over."""
    event = occurrence.event
    return event.kind in MEANINGS and (event.kind != Happening.ESCALATED or bool(event.data.get("takeover")))


def _propose_conversions(occurrences: Sequence[Occurrence]) -> None:
    """A communicative complaint for which a promise to the complainant was broken is proposed to count as valid: once
    in a cycle, however many promises break. All that a sweep has noted at once. (Mission M03.)
    """
    broken = {
        occurrence.complaint.id: occurrence
        for occurrence in occurrences
        if occurrence.event.kind == Happening.BREACHED
        and occurrence.event.data["clock_kind"] in TOLD
        and occurrence.event.data.get("cycle") == occurrence.complaint.cycle
        and occurrence.complaint.complaint_class == ComplaintClass.COMMUNICATIVE
    }
    if broken:
        conversions.propose(
            [occurrence.complaint for occurrence in broken.values()],
            because=Conversion.OVERDUE,
            at=timezone.now(),
            clocks={pk: occurrence.event.data["clock"] for pk, occurrence in broken.items()},
        )


def _registered(docket: Docket, occurrence: Occurrence) -> None:
    owing.begin(docket, occurrence.complaint, occurrence.complaint.received_at)


def _acknowledged(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, {ClockKind.ACKNOWLEDGE}, occurrence.event.occurred_at)


def _answered(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, ANSWERED, occurrence.event.occurred_at)
    owing.update(docket, occurrence.complaint, occurrence.event.occurred_at)


def _replied(docket: Docket, occurrence: Occurrence) -> None:
    """A letter may promise a date. One that answers what came after the answer states anew until when to object."""
    _answered(docket, occurrence)
    event = occurrence.event
    if until := event.data.get("until"):
        owing.promise(docket, occurrence.complaint, event.occurred_at, until=datetime.fromisoformat(until))
    if occurrence.complaint.status == Status.RESOLVED:
        afterwards.state_last_date(docket, occurrence.complaint, event.occurred_at)


def _asked(docket: Docket, occurrence: Occurrence) -> None:
    """A question is an answer of a kind, and then time stops for the reason given."""
    _answered(docket, occurrence)
    reason = occurrence.event.data.get("reason", PauseReason.COMPLAINANT.value)
    docket.pause(occurrence.complaint, occurrence.event.occurred_at, reason=reason)


def _offered(docket: Docket, occurrence: Occurrence) -> None:
    """An offer is a question, for as long as it stands; while the office carries out something else it waits for
    nobody.
    """
    data, at = occurrence.event.data, occurrence.event.occurred_at
    if data["after"] == Status.WAITING:
        _answered(docket, occurrence)
        until = datetime.fromisoformat(data["stands_until"]) if data.get("stands_until") else None
        docket.pause(occurrence.complaint, at, reason=PauseReason.COMPLAINANT.value, until=until)
    else:
        _answered(docket, occurrence)


def _carried_out(docket: Docket, occurrence: Occurrence) -> None:
    """The complainant is told what was done for them: word on progress."""
    owing.update(docket, occurrence.complaint, occurrence.event.occurred_at)


def _remedy_dropped(docket: Docket, occurrence: Occurrence) -> None:
    """Of what the complainant knew they are told that it is dropped."""
    if occurrence.event.data.get("told", True):
        _answered(docket, occurrence)


def _goes_on(docket: Docket, occurrence: Occurrence) -> None:
    docket.resume(occurrence.complaint, occurrence.event.occurred_at)


def _ended(docket: Docket, occurrence: Occurrence) -> None:
    """The answer is given, and nobody waits for anything any more: what outlasts it goes on."""
    _transfer_called_off(docket, occurrence)
    docket.meet(occurrence.complaint, EVERYTHING - OUTLASTING, occurrence.event.occurred_at)
    docket.resume(occurrence.complaint, occurrence.event.occurred_at)


def _resolved(docket: Docket, occurrence: Occurrence) -> None:
    """An answer that another system gave has stated no date."""
    _ended(docket, occurrence)
    complaint, event = occurrence.complaint, occurrence.event
    afterwards.follow_up(docket, complaint, event.occurred_at, drawn_by=event.hash)
    if not event.data.get("imported"):
        afterwards.state_last_date(docket, complaint, event.occurred_at)


def _followed_up(docket: Docket, occurrence: Occurrence) -> None:
    """Stated to have been before a breach that has been noted, it was made in time: only the record was missing."""
    event = occurrence.event
    for case in docket.open(occurrence.complaint, {ClockKind.FOLLOW_UP}):
        done_at = max(event.occurred_at, case.clock.started_at)
        if event.data["stated"]:
            docket.keep(case, done_at)
        else:
            case.enter(EventKind.MET, done_at)


def _rated(docket: Docket, occurrence: Occurrence) -> None:
    if not occurrence.event.data["satisfied"]:
        afterwards.call_on_the_unhappy(docket, occurrence.complaint, occurrence.event.occurred_at)


def _declined(docket: Docket, occurrence: Occurrence) -> None:
    """The complainant has been told; what was still being looked into, or waited to be signed, need not be."""
    event = occurrence.event
    unneeded = {ClockKind.TASK, ClockKind.SIGNOFF}
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds=unneeded)
    _ended(docket, occurrence)


def _task_issued(docket: Docket, occurrence: Occurrence) -> None:
    event = occurrence.event
    until = datetime.fromisoformat(event.data["until"]) if event.data["until"] else None
    watching.watch_task(
        docket, occurrence.complaint, event.occurred_at, about=tasking.about(event.data["task"]), until=until
    )


def _task_done(docket: Docket, occurrence: Occurrence) -> None:
    event = occurrence.event
    watching.meet_task(docket, occurrence.complaint, event.occurred_at, about=tasking.about(event.data["task"]))


def _task_dropped(docket: Docket, occurrence: Occurrence) -> None:
    """Refused or cancelled, and with it all that was part of it."""
    event = occurrence.event
    numbers = [event.data["task"], *event.data.get("tasks", ())]
    abouts = {tasking.about(number) for number in numbers}
    watching.cancel_tasks(docket, occurrence.complaint, event.occurred_at, abouts=abouts, reason=event.kind)


def _proposed(docket: Docket, occurrence: Occurrence) -> None:
    event = occurrence.event
    watching.watch_signoff(
        docket, occurrence.complaint, event.occurred_at, about=signing.about(event.data["proposal"])
    )


def _signed(docket: Docket, occurrence: Occurrence) -> None:
    """Only the last signature keeps the promise."""
    if occurrence.event.data["last"]:
        docket.meet(occurrence.complaint, {ClockKind.SIGNOFF}, occurrence.event.occurred_at)


def _sent_back(docket: Docket, occurrence: Occurrence) -> None:
    """Refused or taken back: nobody needs to sign it any more."""
    event = occurrence.event
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds={ClockKind.SIGNOFF})


def _proceeding_opened(docket: Docket, occurrence: Occurrence) -> None:
    data = occurrence.event.data
    if data["until"]:
        at, until = occurrence.event.occurred_at, datetime.fromisoformat(data["until"])
        watching.watch_proceeding(
            docket, occurrence.complaint, at, about=outside.about(data["proceeding"]), until=until
        )


def _proceeding_moved(docket: Docket, occurrence: Occurrence) -> None:
    """The clock that ran to the old date is called off, and one that was broken stays so; another runs to the new."""
    event = occurrence.event
    about = outside.about(event.data["proceeding"])
    watching.drop_proceeding(docket, occurrence.complaint, event.occurred_at, about=about, reason=event.kind)
    _proceeding_opened(docket, occurrence)


def _proceeding_ended(docket: Docket, occurrence: Occurrence) -> None:
    event = occurrence.event
    about = outside.about(event.data["proceeding"])
    watching.meet_proceeding(docket, occurrence.complaint, event.occurred_at, about=about)


def _dropped(docket: Docket, occurrence: Occurrence) -> None:
    """Nothing is owed any more to the complainant; what authorities, courts and the management wait for still is."""
    event = occurrence.event
    kinds = EVERYTHING - OWED_TO_OTHERS
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds=kinds)
    docket.resume(occurrence.complaint, event.occurred_at)


def _changed(docket: Docket, occurrence: Occurrence) -> None:
    owing.retarget(docket, occurrence.complaint, occurrence.event.occurred_at)


def _judged(docket: Docket, occurrence: Occurrence) -> None:
    """A class that is only proposed changes nothing yet."""
    data = occurrence.event.data
    if data["state"] == Decision.State.PROPOSED:
        return
    _changed(docket, occurrence)
    complaint, at = occurrence.complaint, occurrence.event.occurred_at
    if data["complaint_class"] not in NEEDS_SECOND_PERSON:
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


def _class_ended(docket: Docket, occurrence: Occurrence) -> None:
    """A grave class has lapsed, or was lifted: the complaint counts as one that nobody has classed."""
    if occurrence.event.data["complaint_class"] == ComplaintClass.UNCLASSIFIED:
        _changed(docket, occurrence)
        watching.end_review(docket, occurrence.complaint, occurrence.event.occurred_at, reason=occurrence.event.kind)


def _put_off(docket: Docket, occurrence: Occurrence) -> None:
    """A letter that says until when, and why, is word on progress; unless it puts off just that."""
    data = occurrence.event.data
    if data["told"] and data["clock_kind"] != ClockKind.PROGRESS:
        owing.update(docket, occurrence.complaint, occurrence.event.occurred_at)


def _transferred(docket: Docket, occurrence: Occurrence) -> None:
    """It has moved, or somebody is asked about it; until they answer nothing changes for the other clocks."""
    event = occurrence.event
    if event.data.get("state", TransferState.DIRECT) == TransferState.DIRECT:
        _changed(docket, occurrence)
    else:
        about = transferring.about(event.data["transfer"])
        watching.watch_transfer(docket, occurrence.complaint, event.occurred_at, about=about)


def _transfer_answered(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, {ClockKind.TRANSFER}, occurrence.event.occurred_at)
    _changed(docket, occurrence)


def _transfer_disputed(docket: Docket, occurrence: Occurrence) -> None:
    """The other department has answered; now the time of those who decide runs."""
    event = occurrence.event
    docket.meet(occurrence.complaint, {ClockKind.TRANSFER}, event.occurred_at)
    about = transferring.about(event.data["transfer"])
    watching.watch_transfer(docket, occurrence.complaint, event.occurred_at, about=about)


def _transfer_called_off(docket: Docket, occurrence: Occurrence) -> None:
    """Whatever has happened besides: nobody needs to answer it any more."""
    event = occurrence.event
    docket.cancel(occurrence.complaint, event.occurred_at, reason=event.kind, kinds={ClockKind.TRANSFER})


def _briefed(docket: Docket, occurrence: Occurrence) -> None:
    event = occurrence.event
    if event.data["until"]:
        about, until = transferring.about_briefing(event.data["briefing"]), datetime.fromisoformat(event.data["until"])
        watching.watch_briefing(docket, occurrence.complaint, event.occurred_at, about=about, until=until)


def _reported_back(docket: Docket, occurrence: Occurrence) -> None:
    event = occurrence.event
    about = transferring.about_briefing(event.data["briefing"])
    watching.meet_briefing(docket, occurrence.complaint, event.occurred_at, about=about)


def _handed_over(docket: Docket, occurrence: Occurrence) -> None:
    """Somebody has found a holder: nobody needs to be asked to take over any more."""
    docket.meet(occurrence.complaint, {ClockKind.TAKEOVER}, occurrence.event.occurred_at)


def _handed_up(docket: Docket, occurrence: Occurrence) -> None:
    clock = docket.case(occurrence.event.data["clock"])
    if clock is not None:
        watching.ask_to_take_over(docket, occurrence.complaint, occurrence.event.occurred_at, rules=clock.rules)


def _declared_major(docket: Docket, occurrence: Occurrence) -> None:
    """The policy for major complaints counts now, and the management is to say that it knows."""
    _changed(docket, occurrence)
    watching.ask_the_management(docket, occurrence.complaint, occurrence.event.occurred_at)


def _management_knows(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, {ClockKind.MAJOR_NOTICE}, occurrence.event.occurred_at)


def _reported(docket: Docket, occurrence: Occurrence) -> None:
    """The report was made when it says, even if it was recorded later."""
    event = occurrence.event
    watching.keep_report(docket, occurrence.complaint, event.occurred_at, stated=event.data["stated"])


def _reopened(docket: Docket, occurrence: Occurrence) -> None:
    owing.reopen(docket, occurrence.complaint, occurrence.event.occurred_at)


MEANINGS: Mapping[str, Callable[[Docket, Occurrence], None]] = MappingProxyType(
    {
        Verb.REGISTER.value: _registered,
        Verb.ACKNOWLEDGE.value: _acknowledged,
        Verb.REPLY.value: _replied,
        Verb.WAIT.value: _asked,
        Verb.RESUME.value: _goes_on,
        Verb.HEAR.value: _goes_on,
        Verb.RESOLVE.value: _resolved,
        Verb.DECLINE.value: _declined,
        Verb.FOLLOW_UP.value: _followed_up,
        Verb.RATE.value: _rated,
        Verb.CLOSE.value: _ended,
        Verb.CONFIRM.value: _ended,
        Verb.WITHDRAW.value: _dropped,
        Verb.MERGE.value: _dropped,
        Verb.CLASSIFY.value: _judged,
        Verb.CONFIRM_CLASS.value: _judged,
        Verb.CONVERT.value: _changed,
        Verb.LAPSE_CLASS.value: _class_ended,
        Verb.DECIDE_OBJECTION.value: _class_ended,
        Verb.PRIORITISE.value: _changed,
        Verb.ASSIGN.value: _handed_over,
        Verb.GRANT_ANOTHER.value: _handed_over,
        Verb.TRANSFER.value: _transferred,
        Verb.ACCEPT_TRANSFER.value: _transfer_answered,
        Verb.OBJECT_TO_TRANSFER.value: _transfer_disputed,
        Verb.ARBITRATE.value: _transfer_answered,
        Verb.TAKE_BACK_TRANSFER.value: _transfer_called_off,
        Verb.RESTRICT.value: _transfer_called_off,
        Verb.CATEGORISE.value: _changed,
        Verb.BRIEF.value: _briefed,
        Verb.REPORT_BACK.value: _reported_back,
        Verb.GRANT_EXTENSION.value: _put_off,
        Verb.REOPEN.value: _reopened,
        Verb.DISPUTE.value: _reopened,
        Verb.ISSUE_TASK.value: _task_issued,
        Verb.FINISH_TASK.value: _task_done,
        Verb.REFUSE_TASK.value: _task_dropped,
        Verb.CANCEL_TASK.value: _task_dropped,
        Verb.SPLIT_OFF.value: _answered,
        Verb.DECLARE_MAJOR.value: _declared_major,
        Verb.ACKNOWLEDGE_MAJOR.value: _management_knows,
        Verb.REPORT_TO_AUTHORITY.value: _reported,
        Verb.OPEN_PROCEEDING.value: _proceeding_opened,
        Verb.MOVE_PROCEEDING.value: _proceeding_moved,
        Verb.END_PROCEEDING.value: _proceeding_ended,
        Verb.OFFER.value: _offered,
        Verb.ACCEPT_OFFER.value: _goes_on,
        Verb.REFUSE_OFFER.value: _goes_on,
        Verb.STILL_BROKEN.value: _goes_on,
        Verb.CARRY_OUT.value: _carried_out,
        Verb.DROP_REMEDY.value: _remedy_dropped,
        Verb.PROPOSE.value: _proposed,
        Verb.SIGN.value: _signed,
        Verb.REFUSE_TO_SIGN.value: _sent_back,
        Verb.TAKE_BACK_PROPOSAL.value: _sent_back,
        Happening.ESCALATED.value: _handed_up,
    }
)
