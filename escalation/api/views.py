"""The doors of the REST API to deadlines."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.views import Door
from escalation import selectors
from escalation.api.serializers import ExplainedClockOut


class Clocks(Door):
    """`GET /complaints/{reference}/clocks/`."""

    serializer_class = ExplainedClockOut

    @extend_schema(
        operation_id="complaints_clocks",
        summary="Read the deadlines, and why they are what they are",
        responses=inline_serializer(
            "ClocksOut",
            {
                "results": ExplainedClockOut(many=True),
                "next": serializers.URLField(allow_null=True),
                "previous": serializers.URLField(allow_null=True),
            },
        ),
    )
    def get(self, request: Request, reference: str, **kwargs: Any) -> Response:
        """All of them on one page: the present cycle first, then by what is due."""
        complaint = self.seen(reference)
        explained = selectors.explained(complaint)
        shape = ExplainedClockOut(
            [one.clock for one in explained],
            many=True,
            context={
                "explained": {one.clock.pk: one for one in explained},
                "extensions": selectors.requests_of(complaint),
            },
        )
        return Response({"results": shape.data, "next": None, "previous": None})
