"""What was promised to complainants, and whether it was kept.

Deadlines are known to the app that keeps them; settings.COMPLAINT_PROMISES names the function that answers, because
nothing here may import it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from complaints.models import Complaint
from complaints.upgrading import Promise

Answer = Callable[[Sequence[Complaint], datetime], Mapping[int, Sequence[Promise]]]


def promises_made(complaint: Complaint, at: datetime) -> Sequence[Promise]:
    """Every date ever promised to the complainant of this complaint, as it stands at that moment."""
    answer: Answer = import_string(settings.COMPLAINT_PROMISES)
    return answer([complaint], at).get(complaint.pk, ())
