"""What was promised to a complainant and by when, in words for the public pages. `{% load promises %}`"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django import template
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from common import moments
from complaints.models import Complaint
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES

register = template.Library()

_AHEAD: Mapping[str, LazyText] = MappingProxyType(
    {
        ClockKind.ACKNOWLEDGE.value: _("We will confirm by %(moment)s that we have taken on your complaint."),
        ClockKind.FIRST_RESPONSE.value: _("We will write to you by %(moment)s."),
        ClockKind.RESOLUTION.value: _("We will answer by %(moment)s."),
    }
)
_LATE: Mapping[str, LazyText] = MappingProxyType(
    {
        ClockKind.ACKNOWLEDGE.value: _(
            "By %(moment)s we should have confirmed that we have taken it on. We are late, and we are sorry."
        ),
        ClockKind.FIRST_RESPONSE.value: _(
            "By %(moment)s we should have written to you. We are late, and we are sorry."
        ),
        ClockKind.RESOLUTION.value: _("By %(moment)s we should have answered. We are late, and we are sorry."),
    }
)


@dataclass(frozen=True)
class Promised:
    """One promise that is still open: a sentence with its date, and whether that date has gone by."""

    sentence: str
    due_at: datetime
    late: bool


@register.simple_tag
def promises(complaint: Complaint) -> list[Promised]:
    """The open promises, what is due first coming first. One query.

    A promise that waits for the complainant has no date meanwhile and is left out.
    """
    now = timezone.now()
    clocks = Clock.objects.filter(
        complaint=complaint, kind__in=_AHEAD, state__in=sorted(OPEN_STATES), due_at__isnull=False
    ).order_by("due_at", "id")
    return [_promised(clock.kind, clock.due_at, now) for clock in clocks if clock.due_at is not None]


def _promised(kind: str, due_at: datetime, now: datetime) -> Promised:
    late = due_at <= now
    sentence = (_LATE if late else _AHEAD)[kind] % {"moment": moments.full(due_at)}
    return Promised(sentence, due_at, late)
