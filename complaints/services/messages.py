"""Writing a message down. No act of its own: the acts that speak or listen call it."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from complaints.models import Complaint, Message, Transfer
from complaints.services.searching import add_words


def write(
    complaint: Complaint, *, kind: Message.Kind, author: User | None, body: str, at: datetime | None = None
) -> Message:
    """Add a message to a held complaint and make its words findable. `at`: when it was said, if not now.

    Once the office has written to the complainant, nobody has to tell them any more that it was transferred.
    """
    message = Message.objects.create(
        complaint=complaint, kind=kind, author=author, body=body, created_at=at or timezone.now()
    )
    add_words(complaint, body)
    if kind == Message.Kind.REPLY and author is not None:
        note_told(complaint, by=author, at=message.created_at)
    return message


def note_told(complaint: Complaint, *, by: User, at: datetime) -> int:
    """The complainant of a held complaint knows now who deals with it; of how many transfers they had not known."""
    untold = Transfer.objects.filter(complaint=complaint, teller__isnull=False, told_at=None)
    return untold.update(told_by=by, told_at=at)
