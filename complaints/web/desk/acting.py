"""How every act on a complaint is done from the desk: see it, read the form, refuse a stale one, do it, say so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from common import htmx
from common.refusals import Forbidden, Refusal, Unfit
from complaints import selectors
from complaints.models import Complaint, Event, Message
from complaints.web.desk import story
from complaints.web.desk.access import StaffRequest, address, seen
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.offers.acts import Offer, offers_for
from complaints.web.desk.templated import INSERT, TemplatedForm

Deed = Callable[[Complaint, dict[str, Any]], object]
"""Calls the one service of the act with what was typed."""

UNDISTURBING = frozenset({"reminded", "breached", "link_requested"})
"""Events that change nothing a person could overwrite: they do not make a form stale."""


@dataclass(frozen=True)
class Act:
    """One act of one door: the form it shows, what it does, and the sentence that follows.

    `more` gives the page of the act what it shows beside the form. `offer` says whether the person may do it now; left
    out, it is the button of that name on the dossier. `preset` names the fields that the address may fill in.
    `leads_to` is the page that follows, where that is not the dossier.
    """

    name: str
    does: Deed
    says: Any
    form: type[ActForm] = ActForm
    more: Callable[[StaffRequest, Complaint], dict[str, Any]] = field(default=lambda _request, _complaint: {})
    offer: Callable[[User, Complaint], Offer] | None = None
    preset: Sequence[str] = ()
    leads_to: Callable[[Complaint], str] | None = None


def answer(request: StaffRequest, reference: str, act: Act) -> HttpResponse:
    """The page of the act for a GET; for a POST the act itself.

    A form that is not right comes back with status 422; one whose complaint has moved on meanwhile, and one whose act
    is refused, with 409; each with all that was typed. Raises Http404 for what the person does not see. Left to the
    middleware is what is forbidden, and the refusal of an act that asks for nothing.
    """
    complaint = seen(request, reference)
    if request.method != "POST":
        return _page(request, complaint, act, _form(request, complaint, act))
    if INSERT in request.POST and issubclass(act.form, TemplatedForm):
        return _page(request, complaint, act, _with_template(request, complaint, act))
    form = _form(request, complaint, act, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, complaint, act, form, status=422)
    try:
        meanwhile = _do(request, complaint, act, form)
    except Forbidden:
        raise
    except Refusal as refusal:
        unfit = isinstance(refusal, Unfit)
        if not (form.fields or unfit):
            raise
        form.refuse(refusal)
        return _page(request, complaint, act, form, status=422 if unfit else 409)
    if meanwhile:
        return _page(request, seen(request, reference), act, form, status=409, meanwhile=meanwhile)
    to = act.leads_to(complaint) if act.leads_to else address(request.user, complaint)
    return htmx.done(request, to=to, says=str(act.says))


def _form(request: StaffRequest, complaint: Complaint, act: Act, *typed: Any) -> ActForm:
    """The form; its fields' ids bear the act's name, because a page may show several forms."""
    preset = {name: request.GET[name] for name in act.preset if name in request.GET}
    return act.form(*typed, complaint=complaint, user=request.user, auto_id=f"{act.name}-%s", initial=preset)


def _with_template(request: StaffRequest, complaint: Complaint, act: Act) -> ActForm:
    """The form as it was typed so far, with the chosen template put in. Nothing of it is judged yet."""
    form, typed = _form(request, complaint, act), _form(request, complaint, act, request.POST)
    if isinstance(form, TemplatedForm):
        form.insert({bound.name: bound.data for bound in typed if bound.name != "file"})
    return form


def _do(request: StaffRequest, complaint: Complaint, act: Act, form: ActForm) -> Sequence[Event]:
    """Hold the complaint, see whether it is still as the form showed it, and only then act.

    An act between two complaints holds both now, in the order in which every act holds two.
    """
    named = (value.pk for value in form.cleaned_data.values() if isinstance(value, Complaint))
    with transaction.atomic():
        held, _other = selectors.locked_both(complaint.pk, next(named, complaint.pk))
        meanwhile = _events_since(held, request.POST.get("version", ""))
        if not meanwhile:
            act.does(held, form.said())
    return meanwhile


def _events_since(held: Complaint, version: str) -> Sequence[Event]:
    """What happened after the form was made. A form that does not say when it was made is stale."""
    made_at = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    if made_at == held.event_count:
        return []
    return [event for event in selectors.events_after(held, made_at) if event.kind not in UNDISTURBING]


def _page(
    request: StaffRequest,
    complaint: Complaint,
    act: Act,
    form: ActForm,
    *,
    status: int = 200,
    meanwhile: Sequence[Event] = (),
) -> HttpResponse:
    if request.FILES and (form.is_bound or INSERT in request.POST):
        form.add_error(None, _("Choose the file again: the browser does not keep it."))
    offer = act.offer(request.user, complaint) if act.offer else offers_for(request.user, complaint).by_name[act.name]
    context = {
        "complaint": complaint,
        "offer": offer,
        "form": form,
        "shown_version": request.POST.get("version", "") if INSERT in request.POST else "",
        "meanwhile": story.entries(
            complaint, events=meanwhile, messages=_messages_of(complaint, meanwhile), reader=request.user
        ),
        **act.more(request, complaint),
    }
    return htmx.render(request, "desk/act.html", part="sheet", context=context, status=status)


def _messages_of(complaint: Complaint, events: Sequence[Event]) -> list[Message]:
    ids = [event.data["message"] for event in events if "message" in event.data]
    return list(complaint.messages.filter(pk__in=ids).select_related("author").prefetch_related("attachments"))
