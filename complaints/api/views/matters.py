"""The matters of a complaint, and the acts on one of them."""

from collections.abc import Sequence
from typing import Any

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
from complaints.api.acts import MATTER_ACTS, Act
from complaints.api.parsers import Json
from complaints.api.views.doors import Door
from complaints.api.views.headers import ETAG, IF_MATCH, refuse_if_changed
from complaints.api.views.parts import PartsOfComplaint
from complaints.lifecycle import Verb
from complaints.models import Complaint, Matter
from complaints.selectors import matters
from complaints.services.matters import MOST_MATTERS


class Matters(PartsOfComplaint):
    """The matters that a complaint was split into."""

    model = Matter
    serializer_class = shapes.MatterOut
    pagination_class = paging.InOrderOfNumbers

    def rows(self, complaint: Complaint) -> QuerySet[Matter]:
        """With everything that is shown of them."""
        return matters.with_all([complaint])

    def context_of(self, rows: Sequence[Matter]) -> dict[str, Any]:
        """Which of the complaints they were split off into the person sees."""
        linked = [row.went_to_id for row in rows if row.went_to_id is not None]
        return {"linked": matters.seen_among(self.person, linked)}

    @extend_schema(operation_id="complaints_matters", summary="List the matters")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the letter was split into, and what was found about each; nothing when it was never split."""
        return super().get(request, *args, **kwargs)


class ActingOnMatter(Door):
    """One verb about one matter of a complaint."""

    verb: Verb = Verb.SETTLE_MATTER
    act: Act = MATTER_ACTS[Verb.SETTLE_MATTER]
    parser_classes = (Json,)

    @classmethod
    def matter_addresses(cls) -> list[URLPattern]:
        """One address for each verb, `complaints/{reference}/matters/{number}/{settle}/`."""
        return [
            path(
                f"complaints/<str:reference>/matters/<int:number>/{verb.removesuffix('_matter')}/",
                cls.as_view(verb=verb, act=act),
                name=verb.value,
            )
            for verb, act in MATTER_ACTS.items()
        ]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """What is sent, for the schema."""
        return self.act.takes

    @extend_schema(responses={200: shapes.ComplaintOut}, parameters=[IF_MATCH, ETAG])
    def post(self, request: Request, reference: str, number: int) -> Response:
        """Do it. The answer is the complaint as it now is."""
        complaint = self.seen(reference)
        if number > MOST_MATTERS or not complaint.matters.filter(number=number).exists():
            raise NotFound(_("The complaint has no matter with this number."))
        given = self.act.takes(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            refuse_if_changed(request, complaint, {})
            self.act.do(complaint_id=complaint.pk, by=self.person, given={**given.validated_data, "number": number})
        return self.told(complaint.pk, shapes.ComplaintOut)
