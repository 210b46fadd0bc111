"""One view for each act on a complaint; each calls exactly one service. What they share is in `acting.py`."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints import selectors, settling
from complaints.lifecycle import Verb
from complaints.models import Complaint, Decision
from complaints.selectors import digests, grave, matters
from complaints.services import casework, correspondence, decisions, evidence
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import acts as forms
from complaints.web.desk.forms import classes as class_forms
from complaints.web.desk.forms import correspondence as said_forms
from complaints.web.desk.offers import gravity as gravity_offers
from complaints.web.desk.offers.acts import TAKE

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def acknowledge(request: StaffRequest, reference: str) -> HttpResponse:
    """Confirm that the office has taken the complaint on."""
    act = Act(
        Verb.ACKNOWLEDGE,
        lambda complaint, said: casework.acknowledge(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is acknowledged."),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def take(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the complaint into one's own hands."""
    act = Act(
        TAKE,
        lambda complaint, said: casework.assign(complaint_id=complaint.pk, by=request.user, to=request.user, **said),
        says=_("You hold this complaint now."),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def assign(request: StaffRequest, reference: str) -> HttpResponse:
    """Put the complaint into somebody's hands."""
    act = Act(
        Verb.ASSIGN,
        lambda complaint, said: casework.assign(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint has a new holder."),
        form=forms.AssignForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def classify(request: StaffRequest, reference: str) -> HttpResponse:
    """Decide the class, or propose it to a second person."""
    act = Act(
        Verb.CLASSIFY,
        lambda complaint, said: decisions.classify(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The decision about the class is written down."),
        form=class_forms.ClassifyForm,
        more=_same_person,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def confirm_class(request: StaffRequest, reference: str) -> HttpResponse:
    """Agree, as the second person, to a proposed class."""
    act = Act(
        Verb.CONFIRM_CLASS,
        lambda complaint, said: decisions.confirm_class(
            # the form is not stale, so this is the decision that was shown with it
            complaint_id=complaint.pk,
            by=request.user,
            digest=digests.of_class(complaint),
            **said,
        ),
        says=_("The class is confirmed and in force."),
        form=class_forms.SecondLookForm,
        more=_proposal,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def reject_class(request: StaffRequest, reference: str) -> HttpResponse:
    """Disagree, as the second person, with a proposed class."""
    act = Act(
        Verb.REJECT_CLASS,
        lambda complaint, said: decisions.reject_class(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The proposed class is rejected; the class stays what it was."),
        form=class_forms.SecondLookForm,
        more=_proposal,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def prioritise(request: StaffRequest, reference: str) -> HttpResponse:
    """Judge impact and urgency anew."""
    act = Act(
        Verb.PRIORITISE,
        lambda complaint, said: casework.prioritise(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The priority is set."),
        form=forms.PrioritiseForm,
        more=_declaring_major,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def reply(request: StaffRequest, reference: str) -> HttpResponse:
    """Write to the complainant."""
    act = Act(
        Verb.REPLY,
        lambda complaint, said: correspondence.reply(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The reply is on its way to the complainant."),
        form=said_forms.ReplyForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down something that only the office reads."""
    act = Act(
        Verb.NOTE,
        lambda complaint, said: correspondence.note(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The note is kept. Only the office reads it."),
        form=said_forms.NoteForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def attach(request: StaffRequest, reference: str) -> HttpResponse:
    """Add a piece of evidence."""
    act = Act(
        Verb.ATTACH,
        lambda complaint, said: evidence.attach(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The file is kept with the complaint."),
        form=said_forms.AttachForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def wait(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask the complainant something and wait for the answer."""
    act = Act(
        Verb.WAIT,
        lambda complaint, said: casework.wait(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complainant has been asked; we wait for the answer."),
        form=forms.WaitForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def resume(request: StaffRequest, reference: str) -> HttpResponse:
    """Go on without the complainant's answer."""
    act = Act(
        Verb.RESUME,
        lambda complaint, said: casework.resume(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is being looked into again."),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def resolve(request: StaffRequest, reference: str) -> HttpResponse:
    """Tell the complainant how the matter ended."""
    act = Act(
        Verb.RESOLVE,
        lambda complaint, said: casework.resolve(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is answered; the answer is on its way to the complainant."),
        form=forms.ResolveForm,
        more=_its_matters,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Start a new cycle."""
    act = Act(
        Verb.REOPEN,
        lambda complaint, said: casework.reopen(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is open again."),
        form=forms.ReopenForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def withdraw(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that the complainant takes the complaint back."""
    act = Act(
        Verb.WITHDRAW,
        lambda complaint, said: casework.withdraw(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is recorded as withdrawn."),
        form=forms.ReasonsForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def decline(request: StaffRequest, reference: str) -> HttpResponse:
    """Refuse to take the complaint on, and say where else to turn."""
    act = Act(
        Verb.DECLINE,
        lambda complaint, said: casework.decline(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint is declined; the complainant is told why and where else to turn."),
        form=forms.DeclineForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def merge(request: StaffRequest, reference: str) -> HttpResponse:
    """End the complaint as the same matter as another."""
    act = Act(
        Verb.MERGE,
        lambda complaint, said: casework.merge(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint goes on in the other one."),
        form=forms.MergeForm,
        more=_same_person,
    )
    return answer(request, reference, act)


def _same_person(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """Other complaints of the same person, to name one of them."""
    return {"related": selectors.related(request.user, complaint)[:10]}


def _its_matters(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The matters that say how it ends, if it was split."""
    split = matters.of(request.user, complaint, allowed=frozenset())
    live = [entry for entry in split.entries if entry.matter.state in settling.LIVE]
    return {"beside": "desk/panels/matters_ending.html", "split": split, "live": live} if live else {}


def _declaring_major(request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """A priority tells no management: what does, unless it was done."""
    if grave.gravity_of(complaint).major is not None:
        return {}
    declare = gravity_offers.offer_of(Verb.DECLARE_MAJOR, request.user, complaint)
    return {"beside": "desk/priority_beside.html", "declare": declare}


def _proposal(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The decision that the second person looks at."""
    proposed = complaint.decisions.filter(state=Decision.State.PROPOSED, conversion="")
    return {"proposal": proposed.select_related("decided_by", "earlier").first()}
