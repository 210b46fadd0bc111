"""The outbox as the mailbox page and the operators see it."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from complaints import permissions as complaint_permissions
from notifications.models import OutboxMessage


def mailbox(user: User) -> QuerySet[OutboxMessage]:
    """The messages this administrator sees: none about complaints that they do not see (house rule: visible_to).

    A message whose news went out within a digest is not shown beside it; of a digest, `unseen_in` says what is left
    out.
    """
    messages = OutboxMessage.objects.filter(sent_with__isnull=True)
    seen = complaint_permissions.visible_to(user).filter(pk=OuterRef("complaint_id"))
    return messages.filter(Q(complaint__isnull=True) | Exists(seen))


def unseen_in(user: User, message: OutboxMessage) -> set[str]:
    """The references of those complaints that a digest lists and that this person does not see."""
    listed = {item["reference"] for item in message.items}
    if not listed:
        return set()
    seen = complaint_permissions.visible_to(user).filter(reference__in=listed)
    return listed - set(seen.values_list("reference", flat=True))


def not_kept_from(user: User, messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Those of these messages that are not about restricted complaints of whose circle this person is not."""
    return messages.filter(
        Q(complaint__isnull=True)
        | Q(complaint__restriction="")
        | Q(complaint__in=complaint_permissions.circle_of(user))
    )


@dataclass(frozen=True)
class OutboxStanding:
    """How the outbox does. `oldest` is the age of the oldest message that waits, `lag` for how long the most overdue
    one should have been tried, both in seconds by the database's clock, 0 when there is none.
    """

    waiting: int
    set_aside: int
    oldest: float
    lag: float


def outbox_standing() -> OutboxStanding:
    """How the outbox does: one query, every part of it on an index of states."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM notifications_outboxmessage WHERE state = 'pending'),"
            " (SELECT count(*) FROM notifications_outboxmessage WHERE state = 'set_aside'),"
            " extract(epoch FROM clock_timestamp() - (SELECT min(coalesce(not_before, created_at))"
            " FROM notifications_outboxmessage WHERE state = 'pending'))::float8,"
            " extract(epoch FROM clock_timestamp() - (SELECT min(next_try_at) FROM notifications_outboxmessage"
            " WHERE state = 'pending'))::float8"
        )
        waiting, set_aside, oldest, lag = cursor.fetchone()
    return OutboxStanding(waiting, set_aside, oldest=max(0.0, oldest or 0.0), lag=max(0.0, lag or 0.0))
