"""One complaint with everything about it, and its files."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from common import htmx
from complaints import aftercare, guiding, permissions, selectors
from complaints.lifecycle import Status, Verb
from complaints.models import Attachment, Complaint, Message
from complaints.selectors import grave, guides, inquiries, matters, parties, upgrades
from complaints.selectors.guides import About
from complaints.selectors.inquiries import Inquiry, Record
from complaints.settling import LIVE
from complaints.web.desk import story
from complaints.web.desk.access import StaffRequest, seen, staff_only
from complaints.web.desk.forms import correspondence as said_forms
from complaints.web.desk.milestones import milestones
from complaints.web.desk.offers import class_reviews as class_offers
from complaints.web.desk.offers import departments as department_offers
from complaints.web.desk.offers import gravity as gravity_offers
from complaints.web.desk.offers import measure as measure_offers
from complaints.web.desk.offers import outside as outside_offers
from complaints.web.desk.offers import proof as proof_offers
from complaints.web.desk.offers import upgrades as upgrade_offers
from complaints.web.desk.offers import wish as wish_offers
from complaints.web.desk.offers.acts import offers
from complaints.web.desk.offers.circle import circle
from complaints.web.desk.offers.matters import matter_rows
from complaints.web.desk.offers.remedies import claim_rows, next_remedies, remedy_rows
from complaints.web.desk.offers.tasks import task_rows


@require_safe
@staff_only
def dossier(request: StaffRequest, reference: str) -> HttpResponse:
    """The story, the facts, and the acts possible now."""
    complaint = seen(request, reference)
    if complaint.reference != reference:
        return redirect("desk:dossier", complaint.reference)
    case = selectors.dossier(request.user, complaint)
    split = matters.of(request.user, complaint, allowed=case.allowed)
    merged = list(complaint.merged.order_by("id")) if complaint.is_open else []
    others = [complaint.earlier, complaint.merged_into, *merged, *(decision.earlier for decision in case.decisions)]
    inquiry = inquiries.inquiry(request.user, complaint, tasks=[entry.task for entry in case.tasks])
    unnamed = permissions.unnamed_to(request.user, others)
    told = _story(case, request.user)
    context = {
        "complaint": complaint,
        "since": complaint.event_count,
        "this_one": [complaint],
        "case": case,
        "story": told[::-1],
        "offers": offers(
            request.user, complaint, allowed=case.allowed, proposal=case.proposal, remedies=case.remedies
        ),
        "milestones": milestones(complaint),
        "reply": said_forms.ReplyForm(complaint=complaint, user=request.user, auto_id="reply-%s"),
        "note": said_forms.NoteForm(complaint=complaint, user=request.user, auto_id="note-%s"),
        "may_attach": Verb.ATTACH in case.allowed,
        "may_promise": Verb.PROMISE in case.allowed,
        "heads": _heads(complaint),
        "tasks": task_rows(complaint, case.tasks),
        "split": split,
        "matters": matter_rows(complaint, split.entries),
        "inquiry": inquiry,
        "guides": guides.fitting(_about(complaint, split, inquiry)),
        "steps": guiding.steps(),
        "same_person": Record(case.related),
        "same_subject": inquiries.about_the_same(request.user, complaint),
        "remedies": remedy_rows(complaint, case.remedies, case.allowed),
        "next_remedies": next_remedies(complaint, case.remedies, case.allowed),
        "supplier_claims": claim_rows(complaint, case.supplier_claims, case.allowed),
        "subjects": complaint.subjects.all(),
        "external_numbers": complaint.external_numbers.all(),
        "merged": [other for other in merged if other.pk not in unnamed],
        "unnamed": unnamed,
        "circle": circle(request.user, complaint, case.allowed),
        "contacts": _contacts(case),
        "contact_days": settings.REPEAT_CONTACT_DAYS,
        **_panels(request.user, case, told),
    }
    return htmx.render(request, "desk/dossier.html", context=context)


@require_safe
@staff_only
def changes(request: StaffRequest, reference: str) -> HttpResponse:
    """What has happened to the complaint since the page that asks was made (`?since=` its last event)."""
    complaint = seen(request, reference)
    since = request.GET.get("since", "")
    if not (since.isascii() and since.isdigit() and len(since) < 10):
        raise Http404(_("This page does not say when it was made."))
    events = selectors.events_after(complaint, int(since))
    meanwhile = story.entries(complaint, events=events, reader=request.user)
    context = {"complaint": complaint, "since": since, "meanwhile": meanwhile}
    if not htmx.asks_for_part(request):
        return redirect("desk:dossier", complaint.reference)
    return htmx.render(request, "desk/dossier.html", part="changes", context=context)


@require_safe
@staff_only
def file(request: StaffRequest, reference: str, number: int) -> HttpResponseBase:
    """A piece of evidence, to be saved: whatever it holds, the browser neither guesses its type nor runs it."""
    complaint = seen(request, reference)
    attachment = get_object_or_404(Attachment, pk=number, complaint=complaint)
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("The file is no longer in the store.")) from None
    response = FileResponse(
        content, as_attachment=True, filename=attachment.name, content_type=attachment.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _panels(user: User, case: selectors.Dossier, told: Sequence[story.Entry]) -> dict[str, Any]:
    """The panels of one subject each: what is known of it, and the acts about it."""
    complaint, allowed, decisions = case.complaint, case.allowed, case.decisions
    gravity, outside = grave.gravity_of(complaint), parties.parties_of(complaint)
    return {
        "gravity": gravity_offers.panel(user, complaint, allowed=allowed, facts=gravity, decisions=decisions),
        "outside": outside_offers.panel(user, complaint, allowed=allowed, facts=outside),
        "between": department_offers.panel(user, complaint, case.transfers, allowed=allowed, story=told),
        "interim": measure_offers.panel(user, complaint, allowed=allowed),
        "proofs": proof_offers.panel(user, complaint, allowed=allowed),
        "another": wish_offers.panel(user, complaint, allowed=allowed),
        "grave_class": class_offers.panel(user, complaint, allowed=allowed, decisions=decisions),
        "further": upgrade_offers.panel(user, complaint, allowed=allowed),
    }


def _about(complaint: Complaint, split: matters.Matters, inquiry: Inquiry) -> About:
    """What the guides are chosen by: what has been read of the complaint already."""
    categories = [entry.matter.category_id for entry in split.entries if entry.matter.state in LIVE]
    judged = [judgement for judgement in (inquiry.in_force, *inquiry.of_matters) if judgement is not None]
    return About(
        department_id=complaint.department_id,
        categories={each for each in (complaint.category_id, *categories) if each is not None},
        causes={judgement.cause for judgement in judged if judgement.cause},
        kind=complaint.class_kind,
    )


def _heads(complaint: Complaint) -> list[User]:
    """Who follows up in person: of a major complaint that has been answered, the head of the department."""
    told = Status(complaint.status) in (Status.RESOLVED, Status.CLOSED)
    return permissions.heads_of(complaint) if told and aftercare.wants_the_head(complaint.priority) else []


def _contacts(case: selectors.Dossier) -> int:
    """How often their complainant has turned to the office of late without an answer, of what the reader sees: this
    complaint while it is open, the other open ones, and what they wrote about this one since our last message.
    """
    if not case.complaint.is_open:
        return 0
    since = timezone.now() - timedelta(days=settings.REPEAT_CONTACT_DAYS)
    said = [entry.message for entry in case.stream if entry.message is not None and entry.at >= since]
    unanswered = 0
    for message in said:
        if message.kind == Message.Kind.REPLY:
            unanswered = 0
        elif message.kind == Message.Kind.HEARD:
            unanswered += 1
    others = [other.pk for other in case.related if other.is_open and other.received_at >= since]
    wrote = upgrades.letters([case.complaint.pk, *others]) if others else 1
    return wrote + unanswered


def _story(case: selectors.Dossier, reader: User) -> list[story.Entry]:
    return story.entries(
        case.complaint,
        events=[entry.event for entry in case.stream if entry.event is not None],
        messages=[entry.message for entry in case.stream if entry.message is not None],
        attachments=case.attachments,
        decisions=case.decisions,
        reader=reader,
    )
