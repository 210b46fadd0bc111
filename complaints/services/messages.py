"""Writing a message down. No act of its own: the acts that speak or listen call it."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from complaints.models import Complaint, Message
from complaints.services.searching import add_words


def write(
    complaint: Complaint, *, kind: Message.Kind, author: User | None, body: str, at: datetime | None = None
) -> Message:
    """Add a message to a held complaint and make its words findable. `at`: when it was said, if not now."""
    message = Message.objects.create(
        complaint=complaint, kind=kind, author=author, body=body, created_at=at or timezone.now()
    )
    add_words(complaint, body)
    return message
