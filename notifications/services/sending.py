"""Getting messages out of the outbox: claim, hand over, send, mark. (Design section 5.)"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from complaints.models import Complaint
from notifications import channels, retries
from notifications.errors import Refused, Unreachable
from notifications.models import OutboxMessage
from notifications.services import marking
from notifications.services.parcels import Parcel, may_be_folded, parcels_of
from notifications.services.sifting import within_circles, without_closed_accounts, without_old_news

log = logging.getLogger(__name__)

BATCH = 50
"""Messages claimed at once, sent over one connection."""

MOST_FOLDED = 10_000
"""So many messages are taken at once beside a batch because they leave within the same letters."""

CLAIM_LASTS = timedelta(minutes=5)
LEAVE_BEFORE = timedelta(minutes=3)
"""A sender begins no message later than this before its claim ends: each of the handful of answers that one mail waits
for may take settings.EMAIL_TIMEOUT."""

REFERENCES = Prefetch("complaint", Complaint.objects.only("reference"))
"""What a digest names of each complaint."""


def send_due(*, limit: int) -> int:
    """Send what is due, at most `limit` messages, and say how many went out.

    Several workers may do this at once: each claims its own. A worker that dies between sending and marking leaves a
    message that is sent again when its claim has run out: under the same Message-ID and with the same news, so that
    it can be recognised. What was handed over once is therefore folded into nothing else, and nothing into it.
    """
    sent = taken = 0
    while taken < limit:
        claimed_until = timezone.now() + CLAIM_LASTS
        rows = _claim(min(BATCH, limit - taken), claimed_until)
        if not rows:
            break
        taken += len(rows)
        by_channel: dict[str, list[Parcel]] = defaultdict(list)
        for parcel in parcels_of(within_circles(without_old_news(without_closed_accounts(rows)))):
            by_channel[parcel.carrier.channel].append(parcel)
        results = [_send(channel, parcels, claimed_until) for channel, parcels in by_channel.items()]
        sent += sum(count for count, _reached in results)
        if not all(reached for _count, reached in results):
            break
    return sent


def _claim(count: int, claimed_until: datetime) -> list[OutboxMessage]:
    """Take messages that are due and in nobody's hands. Committed on return: sending never holds a lock."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        due = (
            OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
            .filter(state=OutboxMessage.State.PENDING, sent_with__isnull=True, next_try_at__lte=now)
            .order_by("next_try_at", "id")
        )
        rows = list(due[:count])
        folds = {row.recipient_id for row in rows if may_be_folded(row)}
        if folds:
            with_them = due.filter(recipient__in=folds).exclude(pk__in=[row.pk for row in rows])
            rows += [row for row in with_them[:MOST_FOLDED] if may_be_folded(row)]
        prefetch_related_objects([row for row in rows if may_be_folded(row)], REFERENCES)
        OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
            claimed_until=claimed_until, attempts=F("attempts") + 1
        )
    for row in rows:
        row.claimed_until = claimed_until
        row.attempts += 1
    return rows


def _send(channel: str, parcels: Sequence[Parcel], claimed_until: datetime) -> tuple[int, bool]:
    """Send one after the other, marking each at once. Says how many went out, and whether the way is open."""
    sent = 0
    with channels.sender(channel) as sender:
        for place, parcel in enumerate(parcels):
            if timezone.now() > claimed_until - LEAVE_BEFORE:
                marking.put_back(parcels[place:])
                return sent, False
            if parcel.carrier.attempts > retries.MOST_TRIES:
                marking.failed(parcel, "The worker stopped in the middle of the last try.", for_good=True)
                continue
            try:
                sender.open()
                if not marking.hand_over(parcel):
                    continue
                sender.send(parcel.carrier)
            except Refused as refusal:
                marking.failed(parcel, str(refusal), for_good=refusal.for_good)
            except Unreachable as trouble:
                for unsent in parcels[place:]:
                    marking.failed(unsent, str(trouble))
                log.warning("the outbox cannot send by %s now: %s", channel, type(trouble.__cause__).__name__)
                return sent, False
            except Exception as error:  # a message that cannot even be built must not stop the others
                log.exception("outbox message %s cannot be sent", parcel.carrier.pk)
                marking.failed(parcel, f"{type(error).__name__}: {error}")
            else:
                marking.sent(parcel, sender.leaves)
                sent += 1
    return sent, True
