"""Who is told what and when, who reads the mailbox, what is handed over in the morning.

Any number of occurrences costs the same few queries.
"""

from collections.abc import Sequence

from complaints.events import Occurrence
from notifications.letters import Letter
from notifications.selectors.calls import TO_STAFF
from notifications.selectors.complainants import RECEIPT_WITHIN, TO_COMPLAINANT, to_complainants
from notifications.selectors.handover import Handover, Mark, Period, handover_list, last_closed
from notifications.selectors.outbox import OutboxStanding, mailbox, not_kept_from, outbox_standing, unseen_in
from notifications.selectors.readers import MOST_OF_A_ROLE
from notifications.selectors.staff import BY_TIME, FOLDED, ON_DUTY, STAFF_LETTERS, UNMANNED, to_staff

__all__ = [
    "BY_TIME",
    "FOLDED",
    "MOST_OF_A_ROLE",
    "ON_DUTY",
    "RECEIPT_WITHIN",
    "STAFF_LETTERS",
    "TO_COMPLAINANT",
    "TO_STAFF",
    "UNMANNED",
    "Handover",
    "Mark",
    "OutboxStanding",
    "Period",
    "handover_list",
    "last_closed",
    "letters_for",
    "mailbox",
    "not_kept_from",
    "outbox_standing",
    "unseen_in",
]


def letters_for(occurrences: Sequence[Occurrence]) -> list[Letter]:
    """The letters that these occurrences cause, for complainants and for the staff."""
    return [*to_complainants(occurrences), *to_staff(occurrences)]
