"""The transfers of a complaint. The acts are among the verbs of a complaint (`complaints/api/acts.py`)."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import transfers
from complaints.api import paging
from complaints.api.serializers.transfers import TransferOut
from complaints.api.views.parts import PartsOfComplaint
from complaints.models import Complaint, Transfer


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
