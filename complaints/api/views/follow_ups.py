"""How the office went back to the complainant after the answer. The act itself is one of `complaints/api/acts.py`."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import selectors
from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.views.parts import PartsOfComplaint
from complaints.models import Complaint, FollowUp


class FollowUps(PartsOfComplaint):
    """The follow-ups of a complaint."""

    model = FollowUp
    serializer_class = shapes.FollowUpOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[FollowUp]:
        """With everything that is shown of them."""
        return selectors.follow_ups_of(complaint)

    @extend_schema(operation_id="complaints_follow_ups", summary="List the follow-ups")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each visit, call or letter after the answer, in the order in which they were made."""
        return super().get(request, *args, **kwargs)
