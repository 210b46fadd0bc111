"""Putting messages into the outbox, in the transaction of the act that they tell of."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from notifications import letters, selectors
from notifications.letters import Letter
from notifications.models import OutboxMessage

MOST_SINGLE = 5
"""More news of one kind than this for one reader at once becomes one digest (design section 4, storms)."""

DIGESTS_WAIT = timedelta(seconds=15)
"""A storm takes several sweeps; what it tells waits so long for the rest and then leaves together."""


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
