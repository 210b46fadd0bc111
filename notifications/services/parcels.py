"""What leaves together as one message."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from notifications import letters, selectors
from notifications.models import OutboxMessage
from notifications.services.queueing import MOST_SINGLE


@dataclass(frozen=True)
class Parcel:
    """What leaves as one message: a row, and others to the same reader that it tells as well."""

    carrier: OutboxMessage
    others: tuple[OutboxMessage, ...] = ()
    rewritten: bool = False
    """Whether it says something else than the row that carries it."""

    @property
    def ids(self) -> list[int]:
        """All of its rows."""
        return [row.pk for row in (self.carrier, *self.others)]


def may_be_folded(row: OutboxMessage) -> bool:
    """Whether it may leave within another message to the same member of the staff."""
    return row.handed_at is None and row.recipient_id is not None and (row.is_digest or row.kind in selectors.FOLDED)


def parcels_of(rows: Sequence[OutboxMessage]) -> list[Parcel]:
    """What waited for a reader's working hours leaves as one letter. News of one kind to one reader leaves together
    when it is much, so that a storm over many sweeps is still one message.
    """
    parcels: list[Parcel] = []
    waited: dict[tuple[str, str], list[OutboxMessage]] = defaultdict(list)
    alike: dict[tuple[str, str, str], list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        if not may_be_folded(row):
            parcels.append(Parcel(row))
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
            parcels.extend(Parcel(row) for row in group)
    return parcels


def _morning_parcel(rows: Sequence[OutboxMessage]) -> Parcel:
    carrier, *others = rows
    if not others and not carrier.is_digest:
        return Parcel(carrier)
    letters.write_morning_letter(carrier, others, order=selectors.FOLDED)
    return Parcel(carrier, tuple(others), rewritten=True)


def _digest_parcel(rows: Sequence[OutboxMessage]) -> Parcel:
    carrier, *others = rows
    if not others:
        return Parcel(carrier)
    letters.fold_in(carrier, others)
    return Parcel(carrier, tuple(others), rewritten=True)
