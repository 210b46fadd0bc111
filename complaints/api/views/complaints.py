"""The list of complaints and the door where new ones come in, one complaint, and the acts of the office on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from complaints import selectors
from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.acts import ACTS, Act
from complaints.api.filtering import KnownFilters
from complaints.api.parsers import Json
from complaints.api.problems import told_as
from complaints.api.serializers.taking_registrations import SettledIn
from complaints.api.views.doors import Door, Listing
from complaints.api.views.headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    checked_key,
    digest_of,
    refuse_if_changed,
    token_of,
)
from complaints.filters import ComplaintFilter
from complaints.lifecycle import Verb
from complaints.models import Complaint
from complaints.services import first_contact, idempotency

EXAMPLE = OpenApiExample(
    "A phone call about a double charge",
    request_only=True,
    value={
        "subject": "重複扣款",
        "description": "我在門市買了一台電鍋，信用卡被扣了兩次款。",
        "channel": "phone",
        "form": "oral",
        "read_back": True,
        "language": "zh-hant",
        "occurred_at": "2026-11-19T18:30:00+08:00",
        "complainant": {"name": "林美華", "phone": "0912 345 678", "relation": "customer"},
        "subjects": [{"kind": "product", "name": "電鍋", "reference": "TAC-11"}],
        "demands": ["refund", "apology"],
    },
)


class Registering(Door):
    """What the doors share at which complaints come in."""

    def created(self, complaint: Complaint, access_secret: str, *, repeated: bool) -> Response:
        """The complaint just registered, or registered by the same request before, with its secret."""
        if repeated and not self.complaints().filter(pk=complaint.pk).exists():
            known = {"reference": complaint.reference, "access_secret": access_secret}
            answer = Response(known | {"restriction": complaint.restriction}, status=201)
        else:
            answer = self.told(complaint.pk, shapes.RegisteredOut, status=201, access_secret=access_secret)
            answer["Location"] = answer.data["links"]["self"]
        answer["Cache-Control"] = "no-store"
        if repeated:
            answer["Idempotent-Replayed"] = "true"
        return answer


class Complaints(Registering, Listing):
    """All complaints the person sees, and the door where new ones come in."""

    serializer_class = shapes.ComplaintRowOut
    pagination_class = paging.NewestFirst
    filter_backends = (KnownFilters,)
    filterset_class = ComplaintFilter
    parser_classes = (Json,)

    def get_queryset(self) -> QuerySet[Complaint]:
        """With what a row shows."""
        return selectors.listed(self.complaints())

    def context_of(self, rows: Sequence[Complaint]) -> dict[str, Any]:
        """Every section, read once for the page."""
        return {"sections": shapes.sections_of(rows)}

    @extend_schema(operation_id="complaints_list", summary="List complaints, the last received first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All complaints the person sees. Filters narrow it down; one that is unknown is refused."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="complaints_register",
        summary="Register a complaint",
        request=shapes.RegisterIn,
        responses={201: shapes.RegisteredOut},
        parameters=[IDEMPOTENCY_KEY],
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Record a complaint. Only `subject` and `description` are required.

        The answer shows `access_secret`, with which the complainant opens the case; it is never shown again. A
        complaint that is restricted by what it is goes to others: asked for again with the same `Idempotency-Key`, the
        answer tells only `reference`, `access_secret` and `restriction`.
        """
        given = shapes.RegisterIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        with told_as({name: f"settled.{name}" for name in SettledIn().get_fields()}):
            if key is None:
                registered = first_contact.register(
                    registration=given.registration(), by=self.person, settled=given.settlement()
                )
                return self.created(registered.complaint, registered.access_secret, repeated=False)
            once = idempotency.register_once(
                registration=given.registration(),
                settled=given.settlement(),
                token=token_of(request),
                key=checked_key(key),
                request_digest=digest_of(request.data),
            )
        return self.created(once.complaint, once.access_secret, repeated=once.repeated)


class ComplaintDoor(Door):
    """One complaint with its whole record."""

    serializer_class = shapes.ComplaintOut

    @extend_schema(operation_id="complaints_read", summary="Read a complaint", parameters=[ETAG])
    def get(self, request: Request, reference: str) -> Response:
        """The whole record, where the case stands, and which acts are possible now."""
        return self.told(self.seen(reference).pk, shapes.ComplaintOut)


class Acting(Door):
    """One verb of the office: `act` says what it takes and what it does."""

    verb: Verb = Verb.NOTE  # each address gives its own (`addresses`); Django wants the attributes to be there
    act: Act = ACTS[Verb.NOTE]

    @classmethod
    def addresses(cls, acts: Mapping[Verb, Act]) -> list[URLPattern]:
        """One address for each verb, `complaints/{reference}/{verb}/`: of this app's acts, or another's."""
        return [
            path(f"complaints/<str:reference>/{verb}/", cls.as_view(verb=verb, act=act), name=verb.value)
            for verb, act in acts.items()
        ]

    def get_parsers(self) -> list[BaseParser]:
        """Files come as a form, everything else as JSON."""
        return [MultiPartParser()] if self.act.multipart else [Json()]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """What is sent, for the schema."""
        return self.act.takes

    @extend_schema(responses={200: shapes.ComplaintOut}, parameters=[IF_MATCH, ETAG])
    def post(self, request: Request, reference: str) -> Response:
        """Do it. The answer is the complaint as it now is."""
        complaint = self.seen(reference)
        given = self.act.takes(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            refuse_if_changed(request, complaint, given.validated_data)
            self.act.do(complaint_id=complaint.pk, by=self.person, given=given.validated_data)
        return self.told(complaint.pk, shapes.ComplaintOut)
