"""One view for each act about remedies; each calls exactly one service."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.lifecycle import Verb
from complaints.selectors import digests
from complaints.services import carrying_out, offers, supplier_claims
from complaints.services import remedies as services
from complaints.web.desk.access import StaffRequest, staff_only
from complaints.web.desk.acting import Act, answer
from complaints.web.desk.forms import claims as claim_forms
from complaints.web.desk.forms import remedies as remedy_forms
from complaints.web.desk.offers import remedies as remedy_offers

asks_and_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_and_acts
@staff_only
def plan(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down what could be done for the complainant."""
    act = Act(
        Verb.PLAN_REMEDY,
        lambda complaint, said: services.plan(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The remedy is planned. The complainant does not know of it yet."),
        form=remedy_forms.PlanRemedyForm,
        preset=("kind", "follows"),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def drop(request: StaffRequest, reference: str) -> HttpResponse:
    """Say that a remedy will not be carried out."""
    act = Act(
        Verb.DROP_REMEDY,
        lambda complaint, said: services.drop(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The remedy is dropped."),
        form=remedy_forms.DropRemedyForm,
        offer=remedy_offers.DROP,
        preset=("remedy",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def offer(request: StaffRequest, reference: str) -> HttpResponse:
    """Offer planned remedies to the complainant."""
    act = Act(
        Verb.OFFER,
        lambda complaint, said: offers.offer(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The offer is on its way to the complainant."),
        form=remedy_forms.OfferForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def accept(request: StaffRequest, reference: str) -> HttpResponse:
    """Record what the complainant chose."""
    act = Act(
        Verb.ACCEPT_OFFER,
        lambda complaint, said: offers.record_choice(
            # the form is not stale, so this is the offer that was shown with it
            complaint_id=complaint.pk,
            by=request.user,
            digest=digests.of_offer(complaint),
            **said,
        ),
        says=_("The complainant's choice is recorded."),
        form=remedy_forms.AcceptOfferForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def refuse(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that the complainant refuses what is offered."""
    act = Act(
        Verb.REFUSE_OFFER,
        lambda complaint, said: offers.record_refusal(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The complainant's refusal is recorded."),
        form=remedy_forms.RefuseOfferForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def carry_out(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that a remedy was carried out."""
    act = Act(
        Verb.CARRY_OUT,
        lambda complaint, said: carrying_out.carry_out(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The remedy is carried out; the complainant is told."),
        form=remedy_forms.CarryOutForm,
        offer=remedy_offers.CARRY_OUT,
        preset=("remedy",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def still_broken(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that a remedy has not put things right."""
    act = Act(
        Verb.STILL_BROKEN,
        lambda complaint, said: carrying_out.record_failure(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is recorded that this has not put things right."),
        form=remedy_forms.StillBrokenForm,
        offer=remedy_offers.STILL_BROKEN,
        preset=("remedy",),
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def claim(request: StaffRequest, reference: str) -> HttpResponse:
    """Record what is claimed from a supplier."""
    act = Act(
        Verb.CLAIM_FROM_SUPPLIER,
        lambda complaint, said: supplier_claims.claim(complaint_id=complaint.pk, by=request.user, **said),
        says=_("The claim against the supplier is recorded."),
        form=claim_forms.ClaimForm,
    )
    return answer(request, reference, act)


@asks_and_acts
@staff_only
def settle(request: StaffRequest, reference: str) -> HttpResponse:
    """Record what came of a claim against a supplier."""
    act = Act(
        Verb.SETTLE_SUPPLIER_CLAIM,
        lambda complaint, said: supplier_claims.settle(complaint_id=complaint.pk, by=request.user, **said),
        says=_("It is recorded what came of the claim."),
        form=claim_forms.SettleForm,
        offer=remedy_offers.offer_to_settle,
        preset=("claim",),
    )
    return answer(request, reference, act)
