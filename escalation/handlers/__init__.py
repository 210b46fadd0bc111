"""What the acts of the office mean for deadlines: see settings.COMPLAINT_EVENT_HANDLERS.

`MEANINGS` says for each kind of event what it means; `course` and `watched` do it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from django.utils import timezone

from complaints.classes import ComplaintClass
from complaints.converting import Conversion
from complaints.events import Occurrence
from complaints.lifecycle import Verb
from complaints.services import conversions
from escalation.handlers import course, watched
from escalation.happenings import Happening
from escalation.selectors.promised import TOLD
from escalation.services.docket import Docket


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


MEANINGS: Mapping[str, Callable[[Docket, Occurrence], None]] = MappingProxyType(
    {
        Verb.REGISTER.value: course.registered,
        Verb.ACKNOWLEDGE.value: course.acknowledged,
        Verb.REPLY.value: course.replied,
        Verb.WAIT.value: course.asked,
        Verb.RESUME.value: course.goes_on,
        Verb.HEAR.value: course.goes_on,
        Verb.RESOLVE.value: course.resolved,
        Verb.DECLINE.value: course.declined,
        Verb.FOLLOW_UP.value: course.followed_up,
        Verb.RATE.value: course.rated,
        Verb.CLOSE.value: course.ended,
        Verb.CONFIRM.value: course.ended,
        Verb.WITHDRAW.value: course.dropped,
        Verb.MERGE.value: course.dropped,
        Verb.CLASSIFY.value: course.judged,
        Verb.CONFIRM_CLASS.value: course.judged,
        Verb.CONVERT.value: course.changed,
        Verb.LAPSE_CLASS.value: course.class_ended,
        Verb.DECIDE_OBJECTION.value: course.class_ended,
        Verb.PRIORITISE.value: course.changed,
        Verb.ASSIGN.value: watched.handed_over,
        Verb.GRANT_ANOTHER.value: watched.handed_over,
        Verb.TRANSFER.value: watched.transferred,
        Verb.ACCEPT_TRANSFER.value: watched.transfer_answered,
        Verb.OBJECT_TO_TRANSFER.value: watched.transfer_disputed,
        Verb.ARBITRATE.value: watched.transfer_answered,
        Verb.TAKE_BACK_TRANSFER.value: course.transfer_called_off,
        Verb.RESTRICT.value: course.transfer_called_off,
        Verb.CATEGORISE.value: course.changed,
        Verb.BRIEF.value: watched.briefed,
        Verb.REPORT_BACK.value: watched.reported_back,
        Verb.GRANT_EXTENSION.value: course.put_off,
        Verb.REOPEN.value: course.reopened,
        Verb.DISPUTE.value: course.reopened,
        Verb.ISSUE_TASK.value: watched.task_issued,
        Verb.FINISH_TASK.value: watched.task_done,
        Verb.REFUSE_TASK.value: watched.task_dropped,
        Verb.CANCEL_TASK.value: watched.task_dropped,
        Verb.SPLIT_OFF.value: course.answered,
        Verb.DECLARE_MAJOR.value: watched.declared_major,
        Verb.ACKNOWLEDGE_MAJOR.value: watched.management_knows,
        Verb.REPORT_TO_AUTHORITY.value: watched.reported,
        Verb.OPEN_PROCEEDING.value: watched.proceeding_opened,
        Verb.MOVE_PROCEEDING.value: watched.proceeding_moved,
        Verb.END_PROCEEDING.value: watched.proceeding_ended,
        Verb.OFFER.value: course.offered,
        Verb.ACCEPT_OFFER.value: course.goes_on,
        Verb.REFUSE_OFFER.value: course.goes_on,
        Verb.STILL_BROKEN.value: course.goes_on,
        Verb.CARRY_OUT.value: course.carried_out,
        Verb.DROP_REMEDY.value: course.remedy_dropped,
        Verb.PROPOSE.value: watched.proposed,
        Verb.SIGN.value: watched.signed,
        Verb.REFUSE_TO_SIGN.value: watched.sent_back,
        Verb.TAKE_BACK_PROPOSAL.value: watched.sent_back,
        Happening.ESCALATED.value: watched.handed_up,
    }
)
