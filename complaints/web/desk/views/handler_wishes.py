"""One view for each act about another handler at the complainant's wish; each calls exactly one service."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.selectors import handler_wishes
from complaints.services import rehandling
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import wish as wish_forms
from complaints.web.desk.offers.wish import OFFERS
from complaints.web.desk.views.acts import asks_and_acts


@asks_and_acts
@staff_only
def ask_another(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that the complainant asks for somebody else."""
    act = Act(
        Verb.ASK_ANOTHER,
        lambda complaint, said: rehandling.record_ask_another(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The wish is recorded; those who may decide about it are told."),
        form=wish_forms.AskAnotherForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def grant_another(request: StaffRequest, reference: str) -> HttpResponse:
    """Give the complaint to somebody else."""
    act = Act(
        Verb.GRANT_ANOTHER,
        lambda complaint, said: rehandling.grant_another(complaint_id=complaint.pk, by=request.user, **said),
        says=_("Somebody else handles the complaint now; the complainant is told who."),
        form=wish_forms.GrantAnotherForm,
        offer=OFFERS[Verb.GRANT_ANOTHER],
        more=_what_is_wished,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def refuse_another(request: StaffRequest, reference: str) -> HttpResponse:
    """Leave it where it is."""
    act = Act(
        Verb.REFUSE_ANOTHER,
        lambda complaint, said: rehandling.refuse_another(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complaint stays with its handler; the complainant is told why."),
        form=wish_forms.RefuseAnotherForm,
        offer=OFFERS[Verb.REFUSE_ANOTHER],
        more=_what_is_wished,
    )
    return answer(request, reference, act)


def _what_is_wished(_request: StaffRequest, complaint: Complaint) -> dict[str, Any]:
    """The wish that is decided about, to be read before."""
    wish = handler_wishes.open_wish(complaint)
    return {"beside": "desk/panels/wish.html", "wish": wish} if wish is not None else {}
