"""The deadlines of one complaint, and why they are what they are."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest, seen, staff_only
from escalation import selectors
from escalation.replay import OPEN_STATES
from escalation.selectors.clocks import shown


@require_safe
@staff_only
def deadlines(request: StaffRequest, reference: str) -> HttpResponse:
    """The dossier fetches the chips as a part; the whole page explains every date, stretch by stretch."""
    complaint = seen(request, reference)
    now = timezone.now()
    clocks = [
        {"clock": clock, "next": shown(clock, now) if clock.state in OPEN_STATES else None}
        for clock in selectors.clocks_of(complaint)
    ]
    context = {"complaint": complaint, "clocks": clocks}
    if not htmx.asks_for_part(request):
        context["explained"] = selectors.explained(complaint, now=now)
    return htmx.render(request, "escalation/deadlines.html", part="clocks", context=context)
