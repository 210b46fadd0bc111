"""Putting messages into the outbox, and getting them out: claim, hand over, send, mark. (Design section 5.)"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints import circles
from complaints.errors import NotAllowed
from complaints.lifecycle import OPEN
from complaints.models import Complaint
from escalation.happenings import Happening
from notifications import channels, letters, permissions, retries, selectors
from notifications.errors import NotRetriable, Refused, Unreachable
from notifications.letters import Letter
from notifications.models import OutboxMessage

log = logging.getLogger(__name__)

MOST_SINGLE = 5
"""More news of one kind than this for one reader at once becomes one digest (design section 4, storms)."""

DIGESTS_WAIT = timedelta(seconds=15)
"""A storm takes several sweeps; what it tells waits so long for the rest and then leaves together."""

MOST_FOLDED = 10_000
"""So many messages are taken at once beside a batch because they leave within the same letters."""

BATCH = 50
"""Messages claimed at once, sent over one connection."""

CLAIM_LASTS = timedelta(minutes=5)
LEAVE_BEFORE = timedelta(minutes=3)
"""A sender begins no message later than this before its claim ends: each of the handful of answers that one mail waits
for may take settings.EMAIL_TIMEOUT."""

REFERENCES = Prefetch("complaint", Complaint.objects.only("reference"))
"""What a digest names of each complaint."""

Mark = dict[str, object]


# --- in -----------------------------------------------------------------------------------------------------


def queue(letters_to_send: Sequence[Letter]) -> None:
    """Write the messages of these letters with one statement; those already written are left as they are.

    Call it in the transaction of the act: the message and what it tells stand or fall together.
    """
    rows: list[OutboxMessage] = []
    same: dict[tuple[str, str, datetime | None], list[Letter]] = defaultdict(list)
    for letter in letters_to_send:
        if letter.reader.user is None:
            rows.append(letters.write(letter))
        else:
            same[letter.kind, letter.reader.name, letter.not_before].append(letter)
    storm_passes_at = timezone.now() + DIGESTS_WAIT
    is_storm = sum(letter.kind in selectors.FOLDED for letter in letters_to_send) > MOST_SINGLE
    for group in same.values():
        is_digest = len(group) > MOST_SINGLE
        written = [letters.write_digest(group)] if is_digest else [letters.write(letter) for letter in group]
        for row in written:
            if is_digest or (is_storm and row.kind in selectors.FOLDED):
                row.next_try_at = max(storm_passes_at, row.not_before or storm_passes_at)
        rows.extend(written)
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
    message.also_carries.filter(state=OutboxMessage.State.SET_ASIDE).update(state=OutboxMessage.State.PENDING)
    log.info("outbox message %s is tried again on the word of user %s", message.pk, by.pk)
    return message


# --- out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parcel:
    """What leaves as one message: a row, and others to the same reader that it tells as well."""

    carrier: OutboxMessage
    others: tuple[OutboxMessage, ...] = ()
    rewritten: bool = False
    """Whether it says something else than the row that carries it."""

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in (self.carrier, *self.others)]


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
        by_channel: dict[str, list[_Parcel]] = defaultdict(list)
        for parcel in _parcels(_within_circles(_without_old_news(_without_closed_accounts(rows)))):
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
        due = (
            OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
            .filter(state=OutboxMessage.State.PENDING, sent_with__isnull=True, next_try_at__lte=now)
            .order_by("next_try_at", "id")
        )
        rows = list(due[:count])
        folds = {row.recipient_id for row in rows if _may_be_folded(row)}
        if folds:
            with_them = due.filter(recipient__in=folds).exclude(pk__in=[row.pk for row in rows])
            rows += [row for row in with_them[:MOST_FOLDED] if _may_be_folded(row)]
        prefetch_related_objects([row for row in rows if _may_be_folded(row)], REFERENCES)
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
            _withhold(row)
    return here


def _may_be_folded(row: OutboxMessage) -> bool:
    """Whether it may leave within another message to the same member of the staff."""
    return row.handed_at is None and row.recipient_id is not None and (row.is_digest or row.kind in selectors.FOLDED)


def _without_old_news(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Leave out what waited for working hours about complaints that have been answered meanwhile, and say so in the
    mailbox. A referral may still be sent then; and what was handed over before is repeated as it was.
    """
    waited = [
        row for row in rows if row.not_before is not None and row.kind != Happening.REFERRED and row.handed_at is None
    ]
    if not waited:
        return list(rows)
    named = {item["reference"] for row in waited for item in letters.items_of(row)}
    still_open = set(
        Complaint.objects.filter(reference__in=named, status__in=sorted(OPEN)).values_list("reference", flat=True)
    )
    old: set[int] = set()
    for row in waited:
        pressing = [item for item in letters.items_of(row) if item["reference"] in still_open]
        if not pressing:
            old.add(row.pk)
            _withhold(row)
        elif row.is_digest:
            row.items = pressing
    return [row for row in rows if row.pk not in old]


def _within_circles(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Leave out what people of the staff were going to read about complaints that have been restricted meanwhile, or
    of whose circle they are no longer; and say so in the mailbox.
    """
    to_staff = [row for row in rows if row.recipient_id is not None]
    listed = {item["reference"] for row in to_staff for item in row.items}
    about = {row.complaint_id for row in to_staff if row.complaint_id is not None}
    restricted = dict(
        Complaint.objects.exclude(restriction="")
        .filter(Q(pk__in=about) | Q(reference__in=listed))
        .values_list("reference", "pk")
    )
    if not restricted:
        return list(rows)
    inside = circles.members_in(restricted.values())
    kept: list[OutboxMessage] = []
    for row in rows:
        barred = {reference for reference, pk in restricted.items() if row.recipient_id not in inside.get(pk, ())}
        left = [item for item in row.items if item["reference"] not in barred]
        if row.recipient_id is None or (
            len(left) == len(row.items) and row.complaint_id not in {restricted[each] for each in barred}
        ):
            kept.append(row)
        elif left:
            letters.tell_only(row, left)
            OutboxMessage.objects.filter(pk=row.pk, claimed_until=row.claimed_until).update(
                items=row.items, subject=row.subject, body=row.body
            )
            kept.append(row)
        else:
            _withhold(row)
    return kept


def _parcels(rows: Sequence[OutboxMessage]) -> list[_Parcel]:
    """What waited for a reader's working hours leaves as one letter. News of one kind to one reader leaves together
    when it is much, so that a storm over many sweeps is still one message.
    """
    parcels: list[_Parcel] = []
    waited: dict[tuple[str, str], list[OutboxMessage]] = defaultdict(list)
    alike: dict[tuple[str, str, str], list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        if not _may_be_folded(row):
            parcels.append(_Parcel(row))
        elif row.not_before is not None and row.kind in selectors.FOLDED:
            waited[row.channel, row.address].append(row)
        else:
            alike[row.channel, row.kind, row.address].append(row)
    for group in waited.values():
        parcels.append(_morning_parcel(group))
    for group in alike.values():
        if len(group) > MOST_SINGLE or any(row.is_digest for row in group):
            parcels.append(_digest_parcel(group))
        else:
            parcels.extend(_Parcel(row) for row in group)
    return parcels


def _morning_parcel(rows: Sequence[OutboxMessage]) -> _Parcel:
    carrier, *others = rows
    if not others and not carrier.is_digest:
        return _Parcel(carrier)
    letters.write_morning_letter(carrier, others, order=selectors.FOLDED)
    return _Parcel(carrier, tuple(others), rewritten=True)


def _digest_parcel(rows: Sequence[OutboxMessage]) -> _Parcel:
    carrier, *others = rows
    if not others:
        return _Parcel(carrier)
    letters.fold_in(carrier, others)
    return _Parcel(carrier, tuple(others), rewritten=True)


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
                sender.open()
                if not _hand_over(parcel):
                    continue
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


def _hand_over(parcel: _Parcel) -> bool:
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


def _sent(parcel: _Parcel, state: OutboxMessage.State) -> None:
    mark: Mark = {"state": state, "sent_at": timezone.now(), "last_error": ""}
    if parcel.carrier.secret and state == OutboxMessage.State.SENT:
        mark["body"] = ""
    _mark(parcel, mark)


def _failed(parcel: _Parcel, reason: str, *, for_good: bool = False) -> None:
    """Note the failure; try again later, or set the message aside where administrators see it."""
    mark: Mark = {"last_error": reason[:1000]}
    if for_good or retries.is_last(parcel.carrier.attempts):
        mark["state"] = OutboxMessage.State.SET_ASIDE
        log.error("outbox message %s is set aside after %s tries", parcel.carrier.pk, parcel.carrier.attempts)
    else:
        mark["next_try_at"] = timezone.now() + retries.wait_after(parcel.carrier.attempts)
    _mark(parcel, mark)


def _put_back(parcels: Sequence[_Parcel]) -> None:
    """Give back what there was no time for; it does not count as a try."""
    for parcel in parcels:
        _mark(parcel, {}, was_tried=False)


def _withhold(row: OutboxMessage) -> None:
    """Let it not leave at all; the mailbox says so."""
    _mark(_Parcel(row), {"state": OutboxMessage.State.WITHHELD}, was_tried=False)


def _mark(parcel: _Parcel, mark: Mark, *, was_tried: bool = True) -> None:
    """Write down how it went, unless the claim has passed to another worker meanwhile. What a message has carried
    since an earlier try shares its fate.
    """
    tries = {} if was_tried else {"attempts": F("attempts") - 1}
    with transaction.atomic():
        mine = OutboxMessage.objects.filter(pk__in=parcel.ids, claimed_until=parcel.carrier.claimed_until)
        if mine.update(claimed_until=None, **mark, **tries) and mark:
            parcel.carrier.also_carries.filter(state=OutboxMessage.State.PENDING).update(**mark)
