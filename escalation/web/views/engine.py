"""Is the engine keeping the deadlines? And the clocks at which it fails, with a retry. For administrators."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common import htmx, moments
from complaints import permissions
from complaints.web.desk.access import StaffRequest
from escalation import selectors
from escalation.models import Clock
from escalation.selectors.left_alone import left_alone
from escalation.services import failing
from escalation.web.access import administrators_only
from escalation.web.tabs import tabs


@require_safe
@never_cache
@administrators_only
def show(request: StaffRequest) -> HttpResponse:
    """The heartbeat, the lag, what is due, and what was set aside or fails. Complaints that the person does not see
    are counted, not named.
    """
    health = selectors.engine_health()
    context = {
        "tabs": tabs(request),
        "health": health,
        "late": health.is_late(settings.SWEEP_LATE_AFTER_SECONDS),
        "allowed": moments.span(settings.SWEEP_LATE_AFTER_SECONDS),
        "since_sweep": None if health.since_sweep is None else moments.span(health.since_sweep),
        "lag": moments.span(health.lag),
        "due_now": selectors.due_now(health.now),
        "left_alone": left_alone(permissions.visible_to(request.user)),
        "troubled": selectors.troubled(permissions.visible_to(request.user)),
    }
    return htmx.render(request, "escalation/engine.html", context=context)


@require_POST
@administrators_only
def try_again(request: StaffRequest, clock_id: int) -> HttpResponse:
    """Let the next sweep look at a clock that was set aside."""
    visible = permissions.visible_to(request.user)
    clock = get_object_or_404(Clock.objects.filter(complaint__in=visible), pk=clock_id)
    says = _("The next sweep looks at it again.") if clock.set_aside_at else _("This clock is no longer set aside.")
    failing.try_again(clock_id=clock.pk)
    return htmx.done(request, to="escalation:engine", says=says)
