"""The ways out: each sends one message at a time and says how it ended."""

from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from django.conf import settings

from notifications.channels import console, email
from notifications.models import OutboxMessage


class Sender(Protocol):
    """A way out, open while it is used as a context manager. `leaves` is the state a message is in afterwards."""

    leaves: OutboxMessage.State

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def open(self) -> None:
        """Make sure that the way is open, or raise Unreachable: nothing has been handed over then."""

    def send(self, message: OutboxMessage) -> None:
        """Send, or raise Refused (this message) or Unreachable (every message, for now; this one may have arrived)."""


_SENDERS: Mapping[str, type[Sender]] = MappingProxyType(
    {OutboxMessage.Channel.EMAIL: email.MailSender, OutboxMessage.Channel.CONSOLE: console.Printer}
)


def sender(channel: str) -> Sender:
    """The way out for this channel; without a mail server, mail is kept for the mailbox page."""
    if settings.MAIL_IS_KEPT and channel == OutboxMessage.Channel.EMAIL:
        return email.Keeper()
    return _SENDERS[channel]()
