"""E-mail: Django's own mail comes into the outbox, and the outbox's mail goes out over one connection."""

import smtplib
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import translation

from notifications import letters
from notifications.errors import Refused, Unreachable
from notifications.models import OutboxMessage

SYSTEM = "system"
"""The kind of Django's own mail: password links, reports to the operators."""


class OutboxBackend(BaseEmailBackend):
    """Queues whatever Django wants to send (settings.EMAIL_BACKEND), in the transaction of whoever sends it.

    Such mail may hold a password link, so its text is erased once sent. The outbox is plain text: an HTML
    alternative is left out, an attachment raises ValueError.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue one message for each recipient; the next beat of the clock sends them."""
        rows = [_row(message, address) for message in email_messages for address in message.recipients()]
        OutboxMessage.objects.bulk_create(rows)
        return len(email_messages)


class MailSender:
    """Sends through settings.OUTBOX_EMAIL_BACKEND over one connection, opened with the first message."""

    leaves = OutboxMessage.State.SENT

    def __init__(self) -> None:
        self._connection = get_connection(settings.OUTBOX_EMAIL_BACKEND)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def open(self) -> None:
        """Connect, unless that is done; else Django would do it for each message. Raises Unreachable."""
        try:
            self._connection.open()
        except OSError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error

    def send(self, message: OutboxMessage) -> None:
        """Hand one message to the mail server.

        Raises Refused when the server will not take this one (for good at a 5xx answer, RFC 5321 4.2.1), Unreachable
        when it cannot be spoken with.
        """
        try:
            self._connection.send_messages([as_mail(message)])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _answer in error.recipients.values()]
            raise Refused(str(error), for_good=min(codes) >= 500) from error
        except smtplib.SMTPDataError as error:
            raise Refused(str(error), for_good=error.smtp_code >= 500) from error
        except OSError as error:  # every other answer of smtplib too: its errors are OSErrors
            raise Unreachable(f"{type(error).__name__}: {error}") from error


class Keeper:
    """Keeps mail where it is: the mailbox page shows it (`REDRESS_EMAIL_URL=mailbox:`)."""

    leaves = OutboxMessage.State.KEPT

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def open(self) -> None:
        """There is nothing to open."""

    def send(self, message: OutboxMessage) -> None:
        """Nothing leaves the house."""


def as_mail(message: OutboxMessage) -> EmailMessage:
    """The row as Django's mail. The same row gives the same Message-ID each time."""
    return EmailMessage(
        subject=message.subject, body=message.body, to=[message.address], headers=dict(message.headers)
    )


def _row(message: EmailMessage, address: str) -> OutboxMessage:
    if message.attachments:
        raise ValueError("The outbox carries plain text only: send a link instead of an attachment.")
    key = f"{SYSTEM}:{uuid4()}"
    headers = {**letters.automatic(), **{name: str(value) for name, value in message.extra_headers.items()}}
    headers["Message-ID"] = letters.message_id(key)
    if message.from_email != settings.DEFAULT_FROM_EMAIL:
        headers["From"] = message.from_email
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    return OutboxMessage(
        channel=letters.channel(),
        kind=SYSTEM,
        key=key,
        address=address,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        subject=" ".join(str(message.subject).split())[:250],
        body=str(message.body),
        headers=headers,
        secret=True,
    )
