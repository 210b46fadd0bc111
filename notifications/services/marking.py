"""Writing down how it went with a message, as long as it is in this worker's hands."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from notifications import retries
from notifications.models import OutboxMessage
from notifications.services.parcels import Parcel

log = logging.getLogger(__name__)

Mark = dict[str, object]


def hand_over(parcel: Parcel) -> bool:
    """Fix, before the mail server sees it, what this message says and which others it carries: whoever sends it again
    after a kill sends the same. Says whether it is still in this worker's hands.
    """
    carrier = parcel.carrier
    mark: Mark = {"handed_at": carrier.handed_at or timezone.now()}
    if parcel.rewritten:
        mark |= {name: getattr(carrier, name) for name in ("kind", "subject", "body", "headers", "items", "complaint")}
    with transaction.atomic(durable=True):
        mine = OutboxMessage.objects.filter(claimed_until=carrier.claimed_until)
        if not mine.filter(pk=carrier.pk).update(**mark):
            return False
        if parcel.others:
            mine.filter(pk__in=[row.pk for row in parcel.others]).update(claimed_until=None, sent_with=carrier)
    return True


def sent(parcel: Parcel, state: OutboxMessage.State) -> None:
    """Note that it has left. A secret that has been sent is kept no longer."""
    mark: Mark = {"state": state, "sent_at": timezone.now(), "last_error": ""}
    if parcel.carrier.secret and state == OutboxMessage.State.SENT:
        mark["body"] = ""
    _mark(parcel, mark)


def failed(parcel: Parcel, reason: str, *, for_good: bool = False) -> None:
    """Note the failure; try again later, or set the message aside where administrators see it."""
    mark: Mark = {"last_error": reason[:1000]}
    if for_good or retries.is_last(parcel.carrier.attempts):
        mark["state"] = OutboxMessage.State.SET_ASIDE
        log.error("outbox message %s is set aside after %s tries", parcel.carrier.pk, parcel.carrier.attempts)
    else:
        mark["next_try_at"] = timezone.now() + retries.wait_after(parcel.carrier.attempts)
    _mark(parcel, mark)


def put_back(parcels: Sequence[Parcel]) -> None:
    """Give back what there was no time for; it does not count as a try."""
    for parcel in parcels:
        _mark(parcel, {}, was_tried=False)


def withhold(row: OutboxMessage) -> None:
    """Let it not leave at all; the mailbox says so."""
    _mark(Parcel(row), {"state": OutboxMessage.State.WITHHELD}, was_tried=False)


def _mark(parcel: Parcel, mark: Mark, *, was_tried: bool = True) -> None:
    """Write down how it went, unless the claim has passed to another worker meanwhile. What a message has carried
    since an earlier try shares its fate.
    """
    tries = {} if was_tried else {"attempts": F("attempts") - 1}
    with transaction.atomic():
        mine = OutboxMessage.objects.filter(pk__in=parcel.ids, claimed_until=parcel.carrier.claimed_until)
        if mine.update(claimed_until=None, **mark, **tries) and mark:
            parcel.carrier.also_carries.filter(state=OutboxMessage.State.PENDING).update(**mark)
