"""What was found out about a complaint, what that rests on, and how it was judged."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import permissions, selectors
from complaints.api import paging
from complaints.api.serializers.inquiries import FactOut, InquiryOut, JudgementOut
from complaints.api.views.doors import Door
from complaints.api.views.parts import PartsOfComplaint
from complaints.models import Complaint, InvestigationEntry, Judgement
from complaints.selectors import inquiries


class Facts(PartsOfComplaint):
    """The investigation entries of a complaint."""

    model = InvestigationEntry
    serializer_class = FactOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[InvestigationEntry]:
        """With everything that is shown of them."""
        return inquiries.entries_with_all(complaint)

    @extend_schema(operation_id="complaints_facts", summary="List what was found out")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every recorded fact, also those whose place another one takes."""
        return super().get(request, *args, **kwargs)


class Judgements(PartsOfComplaint):
    """How a complaint was judged, and judged anew."""

    model = Judgement
    serializer_class = JudgementOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[Judgement]:
        """With everything that is shown of them."""
        self.complaint = complaint
        return inquiries.judgements_with_all(complaint)

    def context_of(self, rows: Sequence[Judgement]) -> dict[str, Any]:
        """Whether the person learns which colleague answers for it."""
        return {"sees_party": permissions.sees_responsible(self.person, self.complaint)}

    @extend_schema(operation_id="complaints_judgements", summary="List the judgements")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each with its reasons, from the first on; the last one is in force."""
        return super().get(request, *args, **kwargs)


class InquiryDoor(Door):
    """What a judgement rests on."""

    serializer_class = InquiryOut

    @extend_schema(operation_id="complaints_inquiry", summary="Read what a judgement rests on")
    def get(self, request: Request, reference: str) -> Response:
        """Both sides, the facts, the depth of inquiry that is proposed and what it lacks, the judgement in force, and
        what else is on record about the same person and the same subject.
        """
        complaint = self.seen(reference)
        inquiry = inquiries.inquiry(self.person, complaint)
        context = self.get_serializer_context() | {
            "sees_party": inquiry.sees_party,
            "same_person": inquiries.Record(list(selectors.related(self.person, complaint))),
            "same_subject": inquiries.about_the_same(self.person, complaint),
        }
        return Response(InquiryOut(inquiry, context=context).data)
