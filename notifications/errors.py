"""What goes wrong with messages: once for the person who reads the mailbox, twice for the sender."""

from complaints.errors import ComplaintError


class NotRetriable(ComplaintError):
    """The message cannot be sent again as it stands."""

    code = "not_retriable"


class Refused(Exception):
    """The other side took the connection but not this message. `for_good`: trying again would change nothing."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Unreachable(Exception):
    """Nothing can be sent this way now: the rest of the batch need not try."""
