"""The remedies of a complaint and what is claimed from suppliers: the doors where new ones come in, and the acts on
one of them.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.acts import CLAIM_ACTS, REMEDY_ACTS, Act
from complaints.api.parsers import Json
from complaints.api.views.doors import Door
from complaints.api.views.headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    checked_key,
    digest_of,
    refuse_if_changed,
    token_of,
)
from complaints.api.views.parts import PartsOfComplaint
from complaints.lifecycle import Verb
from complaints.models import Complaint, Remedy, SupplierClaim
from complaints.selectors import remedies as remedy_reads
from complaints.services import idempotency, remedies, supplier_claims
from complaints.services.remedies import MOST_REMEDIES
from complaints.services.supplier_claims import MOST_CLAIMS


class _NewParts(PartsOfComplaint):
    """Parts of a complaint, and the door where new ones come in."""

    pagination_class = paging.InOrderOfNumbers
    parser_classes = (Json,)

    def made(self, request: Request, complaint: Complaint, what: str, make: Callable[[], object]) -> Response:
        """Make it once for each Idempotency-Key. The answer is the complaint as it now is."""
        key = request.headers.get("Idempotency-Key")
        repeated = False
        with transaction.atomic():
            if key is None:
                refuse_if_changed(request, complaint, {})
                make()
            else:
                repeated = idempotency.make_once(
                    complaint_id=complaint.pk,
                    token=token_of(request),
                    key=checked_key(key),
                    request_digest=digest_of(request.data),
                    what=what,
                    make=make,
                    if_new=lambda: refuse_if_changed(request, complaint, {}),
                )
        answer = self.told(complaint.pk, shapes.ComplaintOut, status=201)
        if repeated:
            answer["Idempotent-Replayed"] = "true"
        return answer


class Remedies(_NewParts):
    """The remedies of a complaint, and the door where new ones come in."""

    model = Remedy
    serializer_class = shapes.RemedyOut

    def rows(self, complaint: Complaint) -> QuerySet[Remedy]:
        """With everything that is shown of them."""
        return remedy_reads.remedies_with_all([complaint])

    @extend_schema(operation_id="complaints_remedies", summary="List the remedies")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was planned, offered, agreed and carried out, in the order in which it was planned."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="complaints_plan_remedy",
        summary="Plan a remedy",
        request=shapes.PlanRemedyIn,
        responses={201: shapes.ComplaintOut},
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
        tags=["acts"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write down what could be done for the complainant, who does not learn of it before it is offered.

        While a remedy is open the complaint cannot be resolved: the answer is then 409 `remedies_open`. The answer is
        the complaint as it now is; its last remedy is the new one.
        """
        complaint = self.seen(reference)
        given = shapes.PlanRemedyIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return self.made(
            request,
            complaint,
            "remedy",
            lambda: remedies.plan(complaint_id=complaint.pk, by=self.person, **given.remedy()),
        )


class SupplierClaims(_NewParts):
    """What is claimed from suppliers, and the door where new claims come in."""

    model = SupplierClaim
    serializer_class = shapes.SupplierClaimOut

    def rows(self, complaint: Complaint) -> QuerySet[SupplierClaim]:
        """With everything that is shown of them."""
        return remedy_reads.supplier_claims_of(complaint)

    @extend_schema(operation_id="complaints_supplier_claims", summary="List the claims against suppliers")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is claimed from makers and suppliers, and what came of it."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="complaints_claim_from_supplier",
        summary="Claim from a supplier",
        request=shapes.ClaimFromSupplierIn,
        responses={201: shapes.ComplaintOut},
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
        tags=["acts"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Record that a maker or supplier is asked to pay, how much, and why. The answer is the complaint as it now
        is; the last of its `supplier_claims` is the new one.
        """
        complaint = self.seen(reference)
        given = shapes.ClaimFromSupplierIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return self.made(
            request,
            complaint,
            "supplier_claim",
            lambda: supplier_claims.claim(complaint_id=complaint.pk, by=self.person, **given.claim()),
        )


class _ActingOnPart(Door):
    """One verb about one numbered part of a complaint."""

    verb: Verb
    act: Act
    parser_classes = (Json,)
    refusal: ClassVar[Any]

    def find(self, complaint: Complaint, number: int) -> bool:
        """Whether the complaint has a part with this number."""
        raise TypeError(f"{type(self).__name__} does not say where its parts are.")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """What is sent, for the schema."""
        return self.act.takes

    @extend_schema(responses={200: shapes.ComplaintOut}, parameters=[IF_MATCH, ETAG])
    def post(self, request: Request, reference: str, number: int) -> Response:
        """Do it. The answer is the complaint as it now is."""
        complaint = self.seen(reference)
        if not self.find(complaint, number):
            raise NotFound(self.refusal)
        given = self.act.takes(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            refuse_if_changed(request, complaint, {})
            self.act.do(complaint_id=complaint.pk, by=self.person, given={**given.validated_data, "number": number})
        return self.told(complaint.pk, shapes.ComplaintOut)


class ActingOnRemedy(_ActingOnPart):
    """One verb about one remedy of a complaint."""

    verb = Verb.CARRY_OUT
    act = REMEDY_ACTS[Verb.CARRY_OUT]
    refusal = _("The complaint has no remedy with this number.")

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        """One address for each verb, `complaints/{reference}/remedies/{number}/{carry_out}/`."""
        return [
            path(
                f"complaints/<str:reference>/remedies/<int:number>/{verb.removesuffix('_remedy')}/",
                cls.as_view(verb=verb, act=act),
                name=verb.value,
            )
            for verb, act in REMEDY_ACTS.items()
        ]

    def find(self, complaint: Complaint, number: int) -> bool:
        """Among its remedies."""
        return number <= MOST_REMEDIES and complaint.remedies.filter(number=number).exists()


class ActingOnClaim(_ActingOnPart):
    """One verb about one claim against a supplier."""

    verb = Verb.SETTLE_SUPPLIER_CLAIM
    act = CLAIM_ACTS[Verb.SETTLE_SUPPLIER_CLAIM]
    refusal = _("The complaint has no claim against a supplier with this number.")

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        """One address for each verb, `complaints/{reference}/supplier_claims/{number}/{settle}/`."""
        return [
            path(
                f"complaints/<str:reference>/supplier_claims/<int:number>/{verb.removesuffix('_supplier_claim')}/",
                cls.as_view(verb=verb, act=act),
                name=verb.value,
            )
            for verb, act in CLAIM_ACTS.items()
        ]

    def find(self, complaint: Complaint, number: int) -> bool:
        """Among its claims."""
        return number <= MOST_CLAIMS and complaint.supplier_claims.filter(number=number).exists()
