"""Interim measures: what the office orders while a confidential complaint is looked into, so that nobody is harmed by
waiting for its end. They punish nobody and judge nothing. Pure. (Mission M37: S2-47.)
"""

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MeasureKind(TextChoices):
    """What is ordered."""

    CONTACT = "contact", _("Another person to report to")
    SEPARATION = "separation", _("People work apart")
    SUSPENSION = "suspension", _("A task is suspended")
    PAID_LEAVE = "paid_leave", _("Paid leave")
    OTHER = "other", _("Something else")


def is_due(*, until: date | None, ended: bool, today: date) -> bool:
    """Whether a measure has outlived the last day that was set for it (a local date), and nobody has ended it."""
    return not ended and until is not None and until < today
