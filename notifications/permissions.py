"""Who reads the mailbox: administrators, and those who may use every set-up table."""

from django.contrib.auth.models import AnonymousUser

from accounts import selectors as people
from accounts.models import User
from accounts.roles import Role
from notifications.models import OutboxMessage


def may_read_mailbox(user: User | AnonymousUser) -> bool:
    """Whether the mailbox page opens for this person."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or any(role == Role.ADMINISTRATOR for role, _department in people.roles_of(user))


def may_read_text(user: User, message: OutboxMessage) -> bool:
    """Whether this person may read the text of a message in their mailbox.

    A password link is shown only where mail is kept because there is no mail server (the demo), and only to those
    who could set that password anyway: reading it must not make an administrator into somebody else.
    """
    return not message.secret or (message.state == OutboxMessage.State.KEPT and user.is_superuser)
