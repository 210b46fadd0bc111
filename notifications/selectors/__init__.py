"""Who is told what, and who reads the mailbox. Any number of occurrences costs the same few queries."""

from collections.abc import Sequence

from complaints.events import Occurrence
from notifications.letters import Letter
from notifications.selectors.complainants import RECEIPT_WITHIN, TO_COMPLAINANT, to_complainants
from notifications.selectors.outbox import OutboxStanding, mailbox, outbox_standing
from notifications.selectors.staff import MOST_OF_A_ROLE, TO_STAFF, to_staff

__all__ = [
    "MOST_OF_A_ROLE",
    "RECEIPT_WITHIN",
    "TO_COMPLAINANT",
    "TO_STAFF",
    "OutboxStanding",
    "letters_for",
    "mailbox",
    "outbox_standing",
]


def letters_for(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause, for complainants and for the staff."""
    return [*to_complainants(occurrences), *to_staff(occurrences)]
