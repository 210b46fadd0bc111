"""One view for each act about deadlines; each calls exactly one service, in the manner of all acts of the desk."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from escalation import selectors
from escalation.services import extensions, promises
from escalation.web import act_forms
from escalation.web.offers import offer_of

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def promise(request: StaffRequest, reference: str) -> HttpResponse:
    """Promise the complainant a call or a reply by a moment."""
    act = Act(
        Verb.PROMISE,
        lambda complaint, said: promises.promise(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The promise is kept with the complaint, and its date is watched."),
        form=act_forms.PromiseForm,
        offer=partial(offer_of, Verb.PROMISE),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def fulfil(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that something was done which no other act keeps."""
    act = Act(
        Verb.FULFIL,
        lambda complaint, said: promises.fulfil(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is recorded as done."),
        form=act_forms.FulfilForm,
        offer=partial(offer_of, Verb.FULFIL),
        preset=("clock",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def ask_extension(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask for more time."""
    act = Act(
        Verb.ASK_EXTENSION,
        lambda complaint, said: extensions.ask(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The request waits for somebody else's decision."),
        form=act_forms.AskExtensionForm,
        offer=partial(offer_of, Verb.ASK_EXTENSION),
        preset=("clock",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def grant_extension(request: StaffRequest, reference: str) -> HttpResponse:
    """Give more time."""
    act = Act(
        Verb.GRANT_EXTENSION,
        lambda complaint, said: extensions.grant(complaint_id=complaint.pk, by=request.user, **said),
        says=_("More time is granted; the complainant is told where it concerns them."),
        form=act_forms.GrantExtensionForm,
        offer=partial(offer_of, Verb.GRANT_EXTENSION),
        more=_requests,
        preset=("extension",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def refuse_extension(request: StaffRequest, reference: str) -> HttpResponse:
    """Let the deadline stand."""
    act = Act(
        Verb.REFUSE_EXTENSION,
        lambda complaint, said: extensions.refuse(complaint_id=complaint.pk, by=request.user, **said),
        says=_("More time is refused: the deadline stands."),
        form=act_forms.RefuseExtensionForm,
        offer=partial(offer_of, Verb.REFUSE_EXTENSION),
        more=_requests,
        preset=("extension",),
    )
    return answer(request, reference, act)


def _requests(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The requests that wait, each with the date it would bring."""
    now = timezone.now()
    requests = selectors.waiting_of(selectors.requests_of(complaint), now)
    waiting = [(request, selectors.due_if_granted(request, now)) for request in requests]
    return {"beside": "escalation/requests.html", "waiting": waiting}
