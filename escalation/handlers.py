"""What the acts of the office mean for deadlines: see settings.COMPLAINT_EVENT_HANDLERS."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from django.utils import timezone

from complaints.events import Occurrence
from complaints.lifecycle import Verb
from escalation.policies import ClockKind
from escalation.services.clocks import Docket

ANSWERED = frozenset({ClockKind.ACKNOWLEDGE, ClockKind.FIRST_RESPONSE})
"""What a message that the complainant can see keeps. A note, a new status, an assignment keep nothing."""

EVERYTHING = frozenset(ClockKind)


def keep_clocks(occurrences: Sequence[Occurrence]) -> None:
    """Let the clocks of held complaints follow what has happened, in the act's own transaction.

    Any number of occurrences costs the same few statements; those that mean nothing to deadlines (notes, files,
    assignments, and all that the sweep itself writes) cost none.
    """
    heard = [occurrence for occurrence in occurrences if occurrence.event.kind in MEANINGS]
    if not heard:
        return
    complaints = {occurrence.complaint.pk: occurrence.complaint for occurrence in heard}
    new = {occurrence.complaint.pk for occurrence in heard if occurrence.event.kind == Verb.REGISTER}
    now = max(timezone.now(), *(occurrence.event.occurred_at for occurrence in heard))
    docket = Docket.of(list(complaints.values()), new=new, now=now)
    for occurrence in heard:
        MEANINGS[occurrence.event.kind](docket, occurrence)
    docket.write()


def _registered(docket: Docket, occurrence: Occurrence) -> None:
    docket.begin(occurrence.complaint, occurrence.complaint.received_at)


def _acknowledged(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, {ClockKind.ACKNOWLEDGE}, occurrence.event.occurred_at)


def _answered(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, ANSWERED, occurrence.event.occurred_at)


def _asked(docket: Docket, occurrence: Occurrence) -> None:
    """A question is an answer of a kind, and then it is the complainant's turn."""
    _answered(docket, occurrence)
    docket.pause(occurrence.complaint, occurrence.event.occurred_at, reason="complainant")


def _goes_on(docket: Docket, occurrence: Occurrence) -> None:
    docket.resume(occurrence.complaint, occurrence.event.occurred_at)


def _ended(docket: Docket, occurrence: Occurrence) -> None:
    docket.meet(occurrence.complaint, EVERYTHING, occurrence.event.occurred_at)


def _dropped(docket: Docket, occurrence: Occurrence) -> None:
    docket.cancel(occurrence.complaint, occurrence.event.occurred_at, reason=occurrence.event.kind)


def _changed(docket: Docket, occurrence: Occurrence) -> None:
    docket.retarget(occurrence.complaint, occurrence.event.occurred_at)


def _reopened(docket: Docket, occurrence: Occurrence) -> None:
    docket.reopen(occurrence.complaint, occurrence.event.occurred_at)


MEANINGS: Mapping[str, Callable[[Docket, Occurrence], None]] = MappingProxyType(
    {
        Verb.REGISTER.value: _registered,
        Verb.ACKNOWLEDGE.value: _acknowledged,
        Verb.REPLY.value: _answered,
        Verb.WAIT.value: _asked,
        Verb.RESUME.value: _goes_on,
        Verb.HEAR.value: _goes_on,
        Verb.RESOLVE.value: _ended,
        Verb.DECLINE.value: _ended,
        Verb.CLOSE.value: _ended,
        Verb.CONFIRM.value: _ended,
        Verb.WITHDRAW.value: _dropped,
        Verb.MERGE.value: _dropped,
        Verb.CLASSIFY.value: _changed,
        Verb.CONFIRM_CLASS.value: _changed,
        Verb.PRIORITISE.value: _changed,
        Verb.TRANSFER.value: _changed,
        Verb.REOPEN.value: _reopened,
        Verb.DISPUTE.value: _reopened,
    }
)
