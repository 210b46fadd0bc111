"""Checking that the story was not rewritten: walk each complaint's chain of events from the first to the tip."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from complaints.events import content_hash
from complaints.models import Complaint, Event


@dataclass(frozen=True)
class Break:
    """The first broken link of one complaint's chain."""

    reference: str
    sequence: int
    reason: str


def broken_chains() -> Iterator[Break]:
    """The first broken link of every complaint whose chain does not hold. Reads in batches, writes nothing."""
    events = Event.objects.order_by("complaint_id", "sequence").iterator(chunk_size=5_000)
    event = next(events, None)
    for complaint in Complaint.objects.order_by("id").only("reference", "event_count", "event_head").iterator():
        found: Break | None = None
        head, sequence = "", 0
        while event is not None and event.complaint_id == complaint.pk:
            sequence += 1
            if found is None:
                found = _judge(event, complaint.reference, sequence, head)
            head = event.hash
            event = next(events, None)
        if found is None and (sequence, head) != (complaint.event_count, complaint.event_head):
            found = Break(
                complaint.reference, sequence + 1, str(_("the last events are missing, or were added behind"))
            )
        if found is not None:
            yield found


def _judge(event: Event, reference: str, sequence: int, head: str) -> Break | None:
    if event.sequence != sequence:
        return Break(reference, sequence, str(_("an event is missing")))
    if event.previous_hash != head:
        return Break(reference, sequence, str(_("it does not follow from the event before it")))
    if content_hash(event, reference) != event.hash:
        return Break(reference, sequence, str(_("its content was changed")))
    return None
