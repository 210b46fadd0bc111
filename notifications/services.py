"""Putting messages into the outbox, and getting them out: claim, commit, send, mark. (Design section 5.)"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints.errors import NotAllowed
from notifications import channels, letters, permissions, retries
from notifications.errors import NotRetriable, Refused, Unreachable
from notifications.letters import Letter
from notifications.models import OutboxMessage

log = logging.getLogger(__name__)

MOST_SINGLE = 5
"""More news of one kind than this for one reader at once becomes one digest (design section 4, storms)."""

DIGESTS_WAIT = timedelta(seconds=15)
"""A storm takes several sweeps; digests wait for each other so long and then leave as one."""

BATCH = 50
"""Messages claimed at once, sent over one connection."""

CLAIM_LASTS = timedelta(minutes=5)
LEAVE_BEFORE = timedelta(minutes=3)
"""A sender begins no message later than this before its claim ends: each of the handful of answers that one mail waits
for may take settings.EMAIL_TIMEOUT."""

Mark = dict[str, object]


# --- in -----------------------------------------------------------------------------------------------------


def queue(letters_to_send: Sequence[Letter]) -> None:
    """Write the messages of these letters with one statement; those already written are left as they are.

    Call it in the transaction of the act: the message and what it tells stand or fall together.
    """
    rows: list[OutboxMessage] = []
    same: dict[tuple[str, str], list[Letter]] = defaultdict(list)
    for letter in letters_to_send:
        if letter.reader.user is None:
            rows.append(letters.write(letter))
        else:
            same[letter.kind, letter.reader.name].append(letter)
    digests_leave_at = timezone.now() + DIGESTS_WAIT
    for group in same.values():
        if len(group) > MOST_SINGLE:
            digest = letters.write_digest(group)
            digest.next_try_at = digests_leave_at
            rows.append(digest)
        else:
            rows.extend(letters.write(letter) for letter in group)
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def retry(*, message_id: int, by: User) -> OutboxMessage:
    """Let a message that was set aside be tried again from the start, under the same Message-ID.

    Raises NotAllowed for everybody but administrators, NotRetriable when it was not set aside or its text is gone.
    """
    if not permissions.may_read_mailbox(by):
        raise NotAllowed(_("Only administrators may send messages again."))
    message = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state != OutboxMessage.State.SET_ASIDE:
        raise NotRetriable(_("This message was not set aside, so there is nothing to try again."))
    if not message.body:
        raise NotRetriable(
            _("The text of this message held a link that has expired, and was erased. Ask for a new link instead.")
        )
    message.state, message.attempts, message.next_try_at = OutboxMessage.State.PENDING, 0, timezone.now()
    message.save(update_fields=["state", "attempts", "next_try_at"])
    log.info("outbox message %s is tried again on the word of user %s", message.pk, by.pk)
    return message


# --- out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parcel:
    """What leaves as one message: a row, and the digests to the same reader that it tells as well."""

    carrier: OutboxMessage
    others: tuple[OutboxMessage, ...] = ()

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in (self.carrier, *self.others)]


def send_due(*, limit: int) -> int:
    """Send what is due, at most `limit` messages, and say how many went out.

    Several workers may do this at once: each claims its own. A worker that dies between sending and marking leaves a
    message that is sent again when its claim has run out: under the same Message-ID, so that it can be recognised.
    """
    sent = taken = 0
    while taken < limit:
        claimed_until = timezone.now() + CLAIM_LASTS
        rows = _claim(min(BATCH, limit - taken), claimed_until)
        if not rows:
            break
        taken += len(rows)
        by_channel: dict[str, list[_Parcel]] = defaultdict(list)
        for parcel in _parcels(_without_closed_accounts(rows)):
            by_channel[parcel.carrier.channel].append(parcel)
        results = [_send(channel, parcels, claimed_until) for channel, parcels in by_channel.items()]
        sent += sum(count for count, _reached in results)
        if not all(reached for _count, reached in results):
            break
    return sent


def forget_secrets() -> int:
    """Erase the text of kept and set-aside system mail whose links have expired; says of how many."""
    return (
        OutboxMessage.objects.filter(
            secret=True,
            state__in=[OutboxMessage.State.KEPT, OutboxMessage.State.SET_ASIDE],
            created_at__lt=timezone.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        )
        .exclude(body="")
        .update(body="")
    )


def _claim(count: int, claimed_until: datetime) -> list[OutboxMessage]:
    """Take messages that are due and in nobody's hands. Committed on return: sending never holds a lock."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        rows = list(
            OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
            .filter(state=OutboxMessage.State.PENDING, next_try_at__lte=now)
            .order_by("next_try_at", "id")[:count]
        )
        OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
            claimed_until=claimed_until, attempts=F("attempts") + 1
        )
    for row in rows:
        row.claimed_until = claimed_until
        row.attempts += 1
    return rows


def _without_closed_accounts(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Leave out what is for people who have left since it was written, and say so in the mailbox."""
    here: list[OutboxMessage] = []
    for row in rows:
        if row.recipient is None or row.recipient.is_active:
            here.append(row)
        else:
            withheld = {"state": OutboxMessage.State.WITHHELD, "attempts": F("attempts") - 1}
            _mark([row.pk], _Parcel(row), withheld)
    return here


def _parcels(rows: Sequence[OutboxMessage]) -> list[_Parcel]:
    """Digests of one kind to one reader leave together, so that a storm over many sweeps is still one message."""
    parcels: list[_Parcel] = []
    digests: dict[tuple[str, str, str], list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        if row.is_digest:
            digests[row.channel, row.kind, row.address].append(row)
        else:
            parcels.append(_Parcel(row))
    for carrier, *others in digests.values():
        if others:
            letters.fold_in(carrier, others)
        parcels.append(_Parcel(carrier, tuple(others)))
    return parcels


def _send(channel: str, parcels: Sequence[_Parcel], claimed_until: datetime) -> tuple[int, bool]:
    """Send one after the other, marking each at once. Says how many went out, and whether the way is open."""
    sent = 0
    with channels.sender(channel) as sender:
        for place, parcel in enumerate(parcels):
            if timezone.now() > claimed_until - LEAVE_BEFORE:
                _put_back(parcels[place:])
                return sent, False
            if parcel.carrier.attempts > retries.MOST_TRIES:
                _failed(parcel, "The worker stopped in the middle of the last try.", for_good=True)
                continue
            try:
                sender.send(parcel.carrier)
            except Refused as refusal:
                _failed(parcel, str(refusal), for_good=refusal.for_good)
            except Unreachable as trouble:
                for unsent in parcels[place:]:
                    _failed(unsent, str(trouble))
                log.warning("the outbox cannot send by %s now: %s", channel, type(trouble.__cause__).__name__)
                return sent, False
            except Exception as error:  # a message that cannot even be built must not stop the others
                log.exception("outbox message %s cannot be sent", parcel.carrier.pk)
                _failed(parcel, f"{type(error).__name__}: {error}")
            else:
                _sent(parcel, sender.leaves)
                sent += 1
    return sent, True


def _sent(parcel: _Parcel, state: OutboxMessage.State) -> None:
    carrier = parcel.carrier
    mark: Mark = {"state": state, "sent_at": timezone.now(), "last_error": ""}
    if parcel.others:
        _mark([row.pk for row in parcel.others], parcel, {**mark, "sent_with": carrier})
        mark |= {"subject": carrier.subject, "body": carrier.body, "items": carrier.items}
    if carrier.secret and state == OutboxMessage.State.SENT:
        mark["body"] = ""
    _mark([carrier.pk], parcel, mark)


def _failed(parcel: _Parcel, reason: str, *, for_good: bool = False) -> None:
    """Note the failure; try again later, or set the message aside where administrators see it."""
    mark: Mark = {"last_error": reason[:1000]}
    if for_good or retries.is_last(parcel.carrier.attempts):
        mark["state"] = OutboxMessage.State.SET_ASIDE
        log.error("outbox message %s is set aside after %s tries", parcel.carrier.pk, parcel.carrier.attempts)
    else:
        mark["next_try_at"] = timezone.now() + retries.wait_after(parcel.carrier.attempts)
    _mark(parcel.ids, parcel, mark)


def _put_back(parcels: Sequence[_Parcel]) -> None:
    """Give back what there was no time for; it does not count as a try."""
    for parcel in parcels:
        _mark(parcel.ids, parcel, {"attempts": F("attempts") - 1})


def _mark(ids: Sequence[int], parcel: _Parcel, mark: Mark) -> None:
    """Write down how it went, unless the claim has passed to another worker meanwhile."""
    OutboxMessage.objects.filter(pk__in=ids, claimed_until=parcel.carrier.claimed_until).update(
        claimed_until=None, **mark
    )
