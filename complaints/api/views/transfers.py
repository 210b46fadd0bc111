"""The transfers and briefings of a complaint. The acts are among its verbs (`complaints/api/acts.py`)."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api import paging
from complaints.api.serializers.transfers import BriefingOut, TransferOut
from complaints.api.views.parts import PartsOfComplaint
from complaints.models import Briefing, Complaint, Transfer
from complaints.selectors import head_office, transfers


class Transfers(PartsOfComplaint):
    """How a complaint went from one department to another."""

    model = Transfer
    serializer_class = TransferOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[Transfer]:
        """With everything that is shown of them."""
        return transfers.with_all([complaint])

    @extend_schema(operation_id="complaints_transfers", summary="List the transfers")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In the order in which they were asked for, each with its answer."""
        return super().get(request, *args, **kwargs)


class Briefings(PartsOfComplaint):
    """What those above have told the department that handles it."""

    model = Briefing
    serializer_class = BriefingOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[Briefing]:
        """With everything that is shown of them."""
        return head_office.briefings_of([complaint])

    @extend_schema(operation_id="complaints_briefings", summary="List the briefings")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In the order in which they were written, each with what was reported back."""
        return super().get(request, *args, **kwargs)
