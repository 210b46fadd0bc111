"""What would the deadline be? A question about a calendar and a target, kept in the address alone."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest, staff_only
from escalation import selectors, what_if
from escalation.errors import EscalationError
from escalation.web.forms import WhatIfForm, pause_forms
from escalation.web.tabs import tabs

PAGE = "escalation/what_if.html"


@require_safe
@staff_only
def ask(request: StaffRequest) -> HttpResponse:
    """The form, and under it the answer: the deadline, the moments on the way, and every stretch of time."""
    versions = selectors.newest_calendars()
    context = {"tabs": tabs(request), "versions": versions}
    if not versions:
        return htmx.render(request, PAGE, context=context)
    selectors.prepare(calendar_version_ids=[version.pk for version in versions])
    if not request.GET:
        return htmx.render(
            request, PAGE, context=context | {"form": WhatIfForm.blank(versions), "pauses": pause_forms({}, None)}
        )
    form = WhatIfForm(request.GET, versions=versions)
    form.full_clean()
    pauses = pause_forms(request.GET, form.rules.zone if form.rules else None)
    context |= {"form": form, "pauses": pauses, "calendar": form.chosen, "rules": form.rules}
    if form.rules and form.is_valid() and all(not row.is_bound or row.is_valid() for row in pauses):
        try:
            context["answer"] = what_if.answer(
                form.rules,
                form.cleaned_data["target"],
                form.cleaned_data["start"],
                [row.pause for row in pauses if row.is_bound and row.pause],
            )
        except EscalationError as refusal:
            form.add_error("amount", str(refusal))
    return htmx.render(request, PAGE, context=context, status=200 if "answer" in context else 422)
