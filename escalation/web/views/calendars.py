"""Calendars: the list with its alarms, a year day by day, the JSON form to take away and to bring in, tables of days
off to lay onto them.
"""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import htmx
from complaints.web.desk.access import StaffRequest, staff_only
from escalation import permissions, selectors, tables, tasks, years
from escalation.calendars import FIRST_YEAR, LAST_YEAR
from escalation.errors import EscalationError
from escalation.models import CalendarVersion
from escalation.services import calendars
from escalation.web.access import administrators_only
from escalation.web.forms import CalendarImportForm
from escalation.web.tables import LaidForm, TableForm
from escalation.web.tabs import tabs

MOST_VERSIONS = 20
"""So many versions of a calendar are listed, the newest first."""


@require_safe
@staff_only
def index(request: StaffRequest) -> HttpResponse:
    """Every calendar, and which of them need next year's days."""
    context = {
        "tabs": tabs(request),
        "standings": selectors.calendar_standings(timezone.now()),
        "may_import": permissions.may_administer(request.user),
    }
    return htmx.render(request, "escalation/calendars.html", context=context)


@require_safe
@staff_only
def show(request: StaffRequest, code: str, year: int | None = None) -> HttpResponse:
    """Twelve months of the newest version; without a year the present one at the calendar's place."""
    version = _newest(code)
    rules = selectors.calendar_rules(version.pk)
    shown = year if year is not None else rules.local_date(timezone.now()).year
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        raise Http404(_("Calendars do not reach this year."))
    context = {
        "tabs": tabs(request),
        "version": version,
        "rules": rules,
        "year": shown,
        "previous": shown - 1 if shown > FIRST_YEAR else None,
        "next": shown + 1 if shown < LAST_YEAR else None,
        "months": years.year_of(rules, shown),
        "guessed": rules.covers_until is not None and rules.covers_until.year < shown,
        "may_import": permissions.may_administer(request.user),
        "standing": selectors.calendar_standing(version, timezone.now()),
        "versions": version.calendar.versions.select_related("published_by", "recount")[:MOST_VERSIONS],
    }
    return htmx.render(request, "escalation/calendar.html", context=context)


@require_safe
@staff_only
def export(request: StaffRequest, code: str) -> HttpResponse:
    """The JSON form of the newest version, as a file; the import takes it back."""
    document = selectors.calendar_rules(_newest(code).pk).to_json()
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{code}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def bring_in(request: StaffRequest) -> HttpResponse:
    """Publish a JSON document as the next version of a calendar; what is wrong with it is said by its field."""
    form = CalendarImportForm(request.POST or None, request.FILES or None, initial={"code": request.GET.get("code")})
    if request.method == "POST" and form.is_valid():
        try:
            version = calendars.publish(
                code=form.cleaned_data["code"], document=form.cleaned_data["document"], by=request.user
            )
        except EscalationError as refusal:
            form.refuse(refusal)
        else:
            return _published(request, version)
    context = {"tabs": tabs(request), "form": form}
    return htmx.render(request, "escalation/calendar_import.html", context=context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def lay_table(request: StaffRequest, code: str) -> HttpResponse:
    """Lay a table of days off onto the newest version, and show what would change. Nothing is published here."""
    version = _newest(code)
    form = TableForm(request.POST or None, request.FILES or None, rules=selectors.calendar_rules(version.pk))
    context = {"tabs": tabs(request), "version": version, "rules": form.rules, "form": form}
    if request.method == "POST" and form.is_valid() and form.laid:
        document = json.dumps(form.laid.calendar.to_json(), ensure_ascii=False)
        context |= {
            "laid": form.laid,
            "left_out": tables.year_list(form.laid.missing),
            "standing": selectors.calendar_standing(version, timezone.now()),
            "publish": LaidForm(initial={"document": document, "after": version.number}),
        }
    return htmx.render(request, "escalation/calendar_table.html", context=context, status=422 if form.errors else 200)


@require_POST
@administrators_only
def publish_table(request: StaffRequest, code: str) -> HttpResponse:
    """Publish what the preview showed, unless another version has been published meanwhile."""
    newest = _newest(code)
    form = LaidForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is not what the preview showed; begin again."))
        return redirect("escalation:calendar-table", code)
    try:
        version = calendars.publish(code=newest.calendar.code, by=request.user, **form.cleaned_data)
    except EscalationError as refusal:
        messages.error(request, refusal.sentence)
        return redirect("escalation:calendar-table", code)
    return _published(request, version)


def _published(request: StaffRequest, version: CalendarVersion) -> HttpResponse:
    """To the calendar, which tells what became of running deadlines; what is left of that begins now."""
    tasks.recount_soon()
    says = _("%(name)s: version %(number)d is the newest.") % {
        "name": version.calendar.name,
        "number": version.number,
    }
    return htmx.done(request, to=reverse("escalation:calendar", args=[version.calendar.code]), says=says)


def _newest(code: str) -> CalendarVersion:
    version = selectors.newest_calendar(code)
    if version is None:
        raise Http404(_("There is no such calendar."))
    return version
