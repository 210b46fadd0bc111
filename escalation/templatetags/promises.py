"""What was promised to a complainant and by when, in words for the public pages. `{% load promises %}`"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django import template
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from common import moments
from complaints.models import Complaint
from escalation import brief, extending, replay, selectors
from escalation.brief import Origin
from escalation.models import Clock
from escalation.policies import ClockKind

register = template.Library()

_AHEAD: Mapping[str, LazyText] = MappingProxyType(
    {
        ClockKind.ACKNOWLEDGE.value: _("We will confirm by %(moment)s that we have taken on your complaint."),
        ClockKind.FIRST_RESPONSE.value: _("We will write to you by %(moment)s."),
        ClockKind.PROGRESS.value: _("We will tell you by %(moment)s how far we are."),
        ClockKind.RESOLUTION.value: _("We will answer by %(moment)s."),
        ClockKind.PROMISE.value: _("We will do by %(moment)s what we promised you."),
        ClockKind.FOLLOW_UP.value: _("We will ask you by %(moment)s whether everything is settled."),
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
        ClockKind.PROGRESS.value: _(
            "By %(moment)s we should have told you how far we are. We are late, and we are sorry."
        ),
        ClockKind.RESOLUTION.value: _("By %(moment)s we should have answered. We are late, and we are sorry."),
        ClockKind.PROMISE.value: _(
            "By %(moment)s we should have done what we promised you. We are late, and we are sorry."
        ),
        ClockKind.FOLLOW_UP.value: _(
            "By %(moment)s we should have asked you whether everything is settled. We are late, and we are sorry."
        ),
    }
)


@dataclass(frozen=True)
class Promised:
    """One promise that is still open: a sentence with its date, whether that date has gone by, and why it is that
    date.
    """

    sentence: str
    due_at: datetime
    late: bool
    why: Sequence[str]


@register.simple_tag
def promises(complaint: Complaint) -> list[Promised]:
    """The open promises, what is due first coming first: `{% promises complaint as promised %}`. Two queries.

    A promise that waits for the complainant has no date meanwhile and is left out.
    """
    now = timezone.now()
    clocks = list(selectors.promises_to(complaint))
    found = selectors.ledgers({clock.pk: clock.kind for clock in clocks}) if clocks else {}
    return [
        _promised(clock, clock.due_at, found[clock.pk], _origin(clock, complaint), now)
        for clock in clocks
        if clock.due_at is not None
    ]


def _promised(
    clock: Clock, due_at: datetime, ledger: Sequence[replay.Event], origin: Origin, now: datetime
) -> Promised:
    late = due_at <= now
    sentence = (_LATE if late else _AHEAD)[clock.kind] % {"moment": moments.full(moments.last_minute(due_at))}
    why = brief.sentences(replay.replay(ledger, now=now), ledger, origin=origin)
    return Promised(sentence, due_at, late, why)


def _origin(clock: Clock, complaint: Complaint) -> Origin:
    if clock.started_at == complaint.received_at:
        return Origin.RECEIVED
    again = clock.cycle > 1 and clock.kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION)
    return Origin.REOPENED if again else Origin.OTHER


@register.filter
def because(code: str) -> str:
    """Why we need more time, in words for the complainant: `{{ code|because }}`."""
    return str(extending.TOLD.get(code, ""))
