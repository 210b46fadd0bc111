"""Slips for paper: the registration form and the assignment slip, in the language that the reader chooses. (M45.)"""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import htmx
from complaints.models import Complaint
from complaints.selectors import tasks as task_reads
from complaints.web.desk.access import StaffRequest, seen, staff_only


@dataclass(frozen=True)
class Slip:
    """One kind of slip: its address, what it is called on the screen, and its template."""

    view: str
    title: str | Promise
    template: str


REGISTRATION = Slip("desk:print-registration", _("Registration form"), "desk/slips/registration.html")
ASSIGNMENT = Slip("desk:print-assignment", _("Assignment slip"), "desk/slips/assignment.html")


@require_safe
@never_cache
@staff_only
def registration(request: StaffRequest, reference: str) -> HttpResponse:
    """The record as it was taken, for the complainant to sign: by default in the language of the complaint."""
    complaint = seen(request, reference)
    return _printed(request, complaint, REGISTRATION, otherwise=complaint.language)


@require_safe
@never_cache
@staff_only
def assignment(request: StaffRequest, reference: str) -> HttpResponse:
    """What is handed to whom, and by when: by default in the reader's language."""
    complaint = seen(request, reference)
    return _printed(request, complaint, ASSIGNMENT, otherwise=request.user.language)


def _printed(request: StaffRequest, complaint: Complaint, slip: Slip, *, otherwise: str) -> HttpResponse:
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else otherwise
    context: dict[str, Any] = {
        "complaint": complaint,
        "subjects": list(complaint.subjects.all()),
        "external_numbers": list(complaint.external_numbers.all()),
        "numbers": list(complaint.numbers.all()),
        "files": list(complaint.attachments.filter(internal=False).order_by("id")),
        "tasks": [entry.task for entry in task_reads.tasks_of(request.user, complaint) if entry.task.is_open],
        "printed_by": request.user,
        "printed_at": timezone.now(),
    }
    with translation.override(language), timezone.override(ZoneInfo(settings.TIME_ZONE)):
        sheet = render_to_string(slip.template, context)
    page = {
        "complaint": complaint,
        "slip": slip,
        "sheet": sheet,
        "language": language,
        "languages": [(code, code == language) for code, _name in settings.LANGUAGES],
    }
    return htmx.render(request, "desk/slip.html", context=page)
