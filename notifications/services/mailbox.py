"""What is done to messages that lie in the mailbox."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints.errors import NotAllowed
from notifications import permissions
from notifications.errors import NotRetriable
from notifications.models import OutboxMessage

log = logging.getLogger(__name__)


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
