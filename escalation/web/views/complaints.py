"""The deadlines of one complaint, and why they are what they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from common import htmx
from complaints.models import Complaint
from complaints.web.desk.access import StaffRequest, seen, staff_only
from escalation import selectors
from escalation.models import Clock
from escalation.policies import ClockKind
from escalation.replay import OPEN_STATES, State
from escalation.selectors.clocks import shown
from escalation.web.offers import deadline_acts


@require_safe
@staff_only
def deadlines(request: StaffRequest, reference: str) -> HttpResponse:
    """The dossier fetches the chips as a part; the whole page explains every date, stretch by stretch."""
    complaint = seen(request, reference)
    now = timezone.now()
    rows = selectors.clocks_of(complaint)
    acts = deadline_acts(request.user, complaint, rows)
    old_words = [clock for clock in rows if _is_old_word_on_progress(clock, rows)]
    told = [clock for clock in rows if clock not in old_words and not _asked_of_others_since(clock)]
    granted = acts.granted
    clocks = [
        {
            "clock": clock,
            "next": shown(clock, now) if clock.state in OPEN_STATES else None,
            "granted": [extension for extension in granted if extension.clock_id == clock.pk],
        }
        for clock in sorted(told, key=lambda clock: clock.state not in OPEN_STATES)
    ]
    context: dict[str, Any] = {
        "complaint": complaint,
        "clocks": clocks,
        "left_out": len(old_words),
        "acts": acts,
        "takeover": _takeover(request.user, complaint, clocks, now),
        "referral": selectors.referral_of(complaint),
    }
    if not htmx.asks_for_part(request):
        context |= {"explained": selectors.explained(complaint, now=now), "requests": acts.requests}
    return htmx.render(request, "escalation/deadlines.html", part="clocks", context=context)


def _takeover(user: User, complaint: Complaint, clocks: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    """Who answers for a complaint that has climbed and until when, and whether this person could."""
    rests = selectors.resting([complaint], now=now)
    kinds = {entry["clock"].kind for entry in clocks if entry["next"] is not None}
    taken = selectors.taken_over(complaint, now=now) if rests else None
    return {
        "until": rests.get(complaint.pk),
        "by": taken.by if taken and taken.rests else None,
        "possible": bool(selectors.takeable(user, [complaint], open_kinds={complaint.pk: kinds}, rests=rests)),
    }


def _is_old_word_on_progress(clock: Clock, clocks: Sequence[Clock]) -> bool:
    """Each update ends one such clock and starts the next: the last of them tells enough."""
    return clock.kind == ClockKind.PROGRESS and any(
        other.kind == clock.kind and (other.cycle, other.number) > (clock.cycle, clock.number) for other in clocks
    )


def _asked_of_others_since(clock: Clock) -> bool:
    """The complaint climbed on before anybody took it over, and the next one was asked."""
    return clock.kind == ClockKind.TAKEOVER and clock.state == State.CANCELLED
