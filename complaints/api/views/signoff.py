"""The proposals of a complaint, and the office's rules of sign-off. The acts are among the verbs of a complaint."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.views.doors import Door
from complaints.api.views.parts import PartsOfComplaint
from complaints.models import AuthorityLimit, Complaint, Proposal
from complaints.selectors import proposals


class Proposals(PartsOfComplaint):
    """What was put before those who must sign."""

    model = Proposal
    serializer_class = shapes.ProposalOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[Proposal]:
        """With everything that is shown of them."""
        return proposals.with_all([complaint])

    @extend_schema(operation_id="complaints_proposals", summary="List the proposals and their signatures")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In the order in which they were made, each with who must sign it and who has."""
        return super().get(request, *args, **kwargs)


def _page(name: str, shape: type[serializers.Serializer]) -> Any:
    link = serializers.URLField(allow_null=True)
    return inline_serializer(name, {"results": shape(many=True), "next": link, "previous": link})


class SignoffRules(Door):
    """`GET /signoff-rules/`."""

    serializer_class = shapes.SignoffRuleOut

    @extend_schema(
        operation_id="signoff_rules_list",
        summary="List the rules of sign-off",
        responses=_page("SignoffRulesOut", shapes.SignoffRuleOut),
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """All on one page, in their order. Every active one that fits a proposal asks for its signatures."""
        shape = shapes.SignoffRuleOut(proposals.rules_with_all(), many=True)
        return Response({"results": shape.data, "next": None, "previous": None})


class AuthorityLimits(Door):
    """`GET /authority-limits/`."""

    serializer_class = shapes.AuthorityLimitOut

    @extend_schema(
        operation_id="authority_limits_list",
        summary="List the authority limits",
        responses=_page("AuthorityLimitsOut", shapes.AuthorityLimitOut),
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """All on one page: up to which amount each role decides alone."""
        shape = shapes.AuthorityLimitOut(AuthorityLimit.objects.all(), many=True)
        return Response({"results": shape.data, "next": None, "previous": None})
