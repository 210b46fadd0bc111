"""The final responses of a complaint. The acts on them are in `acts.py`; sending one is `resolve`, with a letter."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.acts import SEND_RESPONSE
from complaints.api.views.complaints import Acting
from complaints.api.views.headers import ETAG, IF_MATCH
from complaints.api.views.parts import PartsOfComplaint
from complaints.lifecycle import Verb
from complaints.models import Complaint, FinalResponse
from complaints.selectors import final_responses


class FinalResponses(PartsOfComplaint):
    model = FinalResponse
    serializer_class = shapes.FinalResponseOut
    pagination_class = paging.InOrderOfCycles

    def rows(self, complaint: Complaint) -> QuerySet[FinalResponse]:
        """With everything that is shown of them."""
        return final_responses.with_parts(complaint.responses.all())

    def context_of(self, rows: Sequence[FinalResponse]) -> dict[str, Any]:
        """What the rule that the complaint goes by asks."""
        complaint = self.seen(self.kwargs["reference"])
        return {"complaint": complaint, "required": final_responses.requirements(complaint)}

    @extend_schema(operation_id="complaints_responses", summary="Read the final responses")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One letter for each cycle in which one was begun, the first cycle first, with what each still lacks."""
        return super().get(request, *args, **kwargs)


class SendingResponse(Acting):
    """`resolve`, done with the letter."""

    verb = Verb.RESOLVE
    act = SEND_RESPONSE

    @classmethod
    def address(cls) -> URLPattern:
        """Its own, beside that of `resolve`."""
        return path("complaints/<str:reference>/send_response/", cls.as_view(), name="send_response")

    @extend_schema(
        operation_id="complaints_send_response",
        summary="Send the final response",
        responses={200: shapes.ComplaintOut},
        parameters=[IF_MATCH, ETAG],
        tags=["acts"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """The complainant is told, the letter is kept as a PDF with its digest, and the complaint is resolved.

        A letter that lacks something is refused with 400 `response_incomplete`, whose `errors` name every part; one
        that a second person has yet to approve with 409 `second_person_needed`.
        """
        return super().post(request, reference)
