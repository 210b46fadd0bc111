"""One view for each act about proofs and numbers; each calls exactly one service."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from complaints.lifecycle import Verb
from complaints.services import proofs
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import proof as forms
from complaints.web.desk.forms.acts import ActForm
from complaints.web.desk.offers.proof import OFFERS
from complaints.web.desk.views.acts import asks_and_acts


def _answer(
    request: StaffRequest, reference: str, verb: Verb, service: Callable[..., Any], form: type[ActForm], says: Any
) -> HttpResponse:
    act = Act(
        verb,
        lambda complaint, said: service(complaint_id=complaint.pk, by=request.user, **said),
        says=says,
        form=form,
        offer=OFFERS[verb],
        preset=("proof",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def list_proof(request: StaffRequest, reference: str) -> HttpResponse:
    """Put something on the list that would show how it was."""
    says = _("The proof is on the list.")
    return _answer(request, reference, Verb.LIST_PROOF, proofs.list_proof, forms.ListProofForm, says)


@asks_and_acts
@staff_only
def settle_proof(request: StaffRequest, reference: str) -> HttpResponse:
    """Say whether it is there."""
    says = _("The list says how it stands.")
    return _answer(request, reference, Verb.SETTLE_PROOF, proofs.settle_proof, forms.SettleProofForm, says)


@asks_and_acts
@staff_only
def record_number(request: StaffRequest, reference: str) -> HttpResponse:
    """Record a number by which others know the matter."""
    says = _("The number is recorded; the complaint is found by it.")
    return _answer(request, reference, Verb.RECORD_NUMBER, proofs.record_number, forms.RecordNumberForm, says)
