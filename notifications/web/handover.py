"""What happened while the office was closed, to hand over in the morning."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.fields import MomentField, name_what_is_missing
from notifications import selectors
from notifications.selectors import Period

LONGEST = timedelta(days=31)


class PeriodForm(forms.Form):
    """Another period than the one since the office last closed."""

    since = MomentField(label=_("From"))
    until = MomentField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_what_is_missing(self)

    def clean(self) -> dict[str, Any]:
        """Refuse what ends before it begins, and more than a month."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until:
            if until <= since:
                self.add_error("until", _("This must be later than the beginning."))
            elif until - since > LONGEST:
                self.add_error("until", _("This is more than a month; choose a shorter period."))
        return given

    def period(self) -> Period:
        """What was chosen; the form is valid."""
        return Period(self.cleaned_data["since"], self.cleaned_data["until"], closed=False)


@require_safe
@never_cache
@staff_only
def show(request: StaffRequest) -> HttpResponse:
    """The list for the time since the office last closed, or for the period in the address."""
    now = timezone.now()
    chosen = bool(request.GET.get("since") or request.GET.get("until"))
    period = selectors.last_closed(request.user, now)
    form = PeriodForm(request.GET) if chosen else PeriodForm(initial=_local(period))
    context: dict[str, Any] = {"form": form, "chosen": chosen, "period": period, "now": now}
    if chosen and not form.is_valid():
        return htmx.render(request, "notifications/handover.html", context=context, status=422)
    if chosen:
        context["period"] = period = form.period()
    context["handover"] = selectors.handover_list(request.user, period, now)
    return htmx.render(request, "notifications/handover.html", context=context)


def _local(period: Period) -> dict[str, datetime]:
    return {"since": timezone.localtime(period.since), "until": timezone.localtime(period.until)}
