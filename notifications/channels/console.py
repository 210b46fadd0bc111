"""Messages for whoever watches the terminal (`REDRESS_EMAIL_URL=console:`)."""

import sys
from types import TracebackType
from typing import Self

from notifications.models import OutboxMessage


class Printer:
    """Prints messages."""

    leaves = OutboxMessage.State.SENT

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout.flush()

    def open(self) -> None:
        """The terminal is always there."""

    def send(self, message: OutboxMessage) -> None:
        """Print the message with its headers."""
        headers = {"To": message.address, "Subject": message.subject, **message.headers}
        lines = [*(f"{name}: {value}" for name, value in headers.items()), "", message.body, "-" * 79]
        sys.stdout.write("\n".join(lines) + "\n")
