"""One view for each act about what is grave; each calls exactly one service."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import grave
from complaints.services import majors, media, safety
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import gravity as gravity_forms
from complaints.web.desk.offers.gravity import OFFERS

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def declare_major(request: StaffRequest, reference: str) -> HttpResponse:
    """Declare the complaint major."""
    act = Act(
        Verb.DECLARE_MAJOR,
        lambda complaint, said: majors.declare_major(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is declared major, and the management has to acknowledge it."),
        form=gravity_forms.DeclareMajorForm,
        offer=OFFERS[Verb.DECLARE_MAJOR],
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def acknowledge_major(request: StaffRequest, reference: str) -> HttpResponse:
    """Acknowledge for the management that it is major."""
    act = Act(
        Verb.ACKNOWLEDGE_MAJOR,
        lambda complaint, said: majors.acknowledge_major(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is recorded that the management knows."),
        form=gravity_forms.AcknowledgeMajorForm,
        offer=OFFERS[Verb.ACKNOWLEDGE_MAJOR],
        more=_what_was_declared,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def report_to_authority(request: StaffRequest, reference: str) -> HttpResponse:
    """Record a report to an authority."""
    act = Act(
        Verb.REPORT_TO_AUTHORITY,
        lambda complaint, said: majors.report_to_authority(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The report is recorded."),
        form=gravity_forms.ReportToAuthorityForm,
        offer=OFFERS[Verb.REPORT_TO_AUTHORITY],
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def report_safety(request: StaffRequest, reference: str) -> HttpResponse:
    """Record a threat or a disruption."""
    act = Act(
        Verb.REPORT_SAFETY,
        lambda complaint, said: safety.report_safety(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The safety incident is recorded; those who lead have been told."),
        form=gravity_forms.ReportSafetyForm,
        offer=OFFERS[Verb.REPORT_SAFETY],
        more=lambda _request, _complaint: {"beside": "desk/panels/safety_guidance.html"},
        preset=("kind",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def tell_safety(request: StaffRequest, reference: str) -> HttpResponse:
    """Record who was told of a safety incident."""
    act = Act(
        Verb.TELL_SAFETY,
        lambda complaint, said: safety.tell_safety(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is recorded who was told."),
        form=gravity_forms.TellSafetyForm,
        offer=OFFERS[Verb.TELL_SAFETY],
        preset=("incident",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def note_media(request: StaffRequest, reference: str) -> HttpResponse:
    """Record media attention."""
    act = Act(
        Verb.NOTE_MEDIA,
        lambda complaint, said: media.note_media(complaint_id=complaint.pk, by=request.user, **said),
        says=_("Recorded. Order and deadlines stay as they are."),
        form=gravity_forms.NoteMediaForm,
        offer=OFFERS[Verb.NOTE_MEDIA],
    )
    return answer(request, reference, act)


def _what_was_declared(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    return {"beside": "desk/panels/declared_major.html", "major": grave.gravity_of(complaint).major}
