"""The doors of the REST API. Each finds the complaint among those the person sees, and calls one service."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest
from django.urls import URLPattern, path
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer

from accounts.models import ApiToken, User
from complaints import permissions, references, selectors
from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.acts import ACTS, Act
from complaints.api.filtering import KnownFilters
from complaints.api.parsers import Json
from complaints.filters import ComplaintFilter
from complaints.lifecycle import Status, Verb, verbs_from
from complaints.models import Attachment, Complaint, Decision, Event, Message
from complaints.services import idempotency, intake

_MAX_KEY = 200

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the complaint as you last saw it. When it has changed since, nothing is done and "
    "the answer is 412 `changed_meanwhile`.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Your own name for this create, up to 200 characters. Sent again with the same body, it answers "
    "with the same complaint and the same secret and creates nothing; with another body it is refused "
    "with 409 `idempotency_conflict`. Kept for some days.",
)
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
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="The version, for `If-Match`."
)


class ChangedMeanwhile(APIException):
    """`If-Match` names another version than the one there is."""

    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = _("The complaint has changed since you read it. Read it again, then decide anew.")


class Door(GenericAPIView):
    """What all doors share."""

    request: Request

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Read addresses as UTF-8, whatever charset the header claims for the body."""
        request.encoding = settings.DEFAULT_CHARSET
        return super().initialize_request(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who the token acts for. Its class of authentication gives no other kind of user."""
        user: User = self.request.user  # type: ignore[assignment]  # typed for anonymous visitors as well
        return user

    def get_serializer_context(self) -> dict[str, Any]:
        """With the address that every link begins with: asked once for a page, not once for a row."""
        address = reverse("api:complaints", request=self.request)
        return {**super().get_serializer_context(), "complaints_at": address}

    def seen(self, reference: str) -> Complaint:
        """The complaint with this reference, however it was typed.

        Raises NotFound for one that is not there, that the person does not see, or that cannot exist.
        """
        normal = references.normalise(reference)
        if normal is None:
            raise NotFound(
                _("The check character of this reference does not match: please compare it with the original.")
            )
        complaint = self.complaints().filter(reference=normal).first()
        if complaint is None:
            raise NotFound(_("There is no complaint with this reference that you may see."))
        return complaint

    def complaints(self) -> QuerySet[Complaint]:
        """What the person sees."""
        return permissions.visible_to(self.request.user)

    def told(self, complaint_id: int, shape: type[shapes.ComplaintOut], status: int = 200, **context: Any) -> Response:
        """The complaint as it now is, whoever may see it from now on: the person has just dealt with it."""
        complaint = (
            selectors.listed(Complaint.objects.filter(pk=complaint_id))
            .select_related("merged_into", "earlier")
            .prefetch_related("subjects")
            .get()
        )
        allowed = permissions.allowed_verbs(self.person, complaint)
        context |= self.get_serializer_context() | {
            "sections": shapes.sections_of([complaint]),
            "acts": [verb for verb in verbs_from(Status(complaint.status)) if verb in allowed],
        }
        return Response(shape(complaint, context=context).data, status=status, headers={"ETag": _etag(complaint)})


class Listing(ListModelMixin, Door):
    """A list in pages."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page."""
        return self.list(request)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everything a row shows is read at once for the whole page."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        context = {**self.get_serializer_context(), **self.context_of(rows or [])}
        shape = self.get_serializer_class()
        return self.get_paginated_response(shape(rows, many=True, context=context).data)

    def context_of(self, rows: Sequence[Any]) -> dict[str, Any]:
        """What the shape of the rows needs besides them."""
        return {}


class Complaints(Listing):
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

        The answer shows `access_secret`, with which the complainant opens the case; it is never shown again.
        """
        given = shapes.RegisterIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        if key is None:
            registered = intake.register(registration=given.registration(), by=self.person)
            return self._created(registered.complaint, registered.access_secret, repeated=False)
        once = idempotency.register_once(
            registration=given.registration(),
            token=_token(request),
            key=_checked(key),
            request_digest=_digest(request.data),
        )
        return self._created(once.complaint, once.access_secret, repeated=once.repeated)

    def _created(self, complaint: Complaint, access_secret: str, *, repeated: bool) -> Response:
        answer = self.told(complaint.pk, shapes.RegisteredOut, status=201, access_secret=access_secret)
        answer["Location"] = answer.data["links"]["self"]
        answer["Cache-Control"] = "no-store"
        if repeated:
            answer["Idempotent-Replayed"] = "true"
        return answer


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
            self._refuse_if_changed(complaint, given.validated_data)
            self.act.do(complaint_id=complaint.pk, by=self.person, given=given.validated_data)
        return self.told(complaint.pk, shapes.ComplaintOut)

    def _refuse_if_changed(self, complaint: Complaint, given: dict[str, Any]) -> None:
        """Compare versions under the lock, or the comparison would mean nothing when the act begins.

        An act between two complaints holds both now, in the order in which every act holds two.
        """
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            return
        other = next((value.pk for value in given.values() if isinstance(value, Complaint)), complaint.pk)
        held, _other = selectors.locked_both(complaint.pk, other)
        tags = [tag.removeprefix("W/") for tag in parse_etags(wanted)]
        if tags != ["*"] and _etag(held) not in tags:
            raise ChangedMeanwhile


class PartsOfComplaint(Listing):
    """Rows that belong to one complaint."""

    model: ClassVar[type[Model]]

    def get_queryset(self) -> QuerySet[Any]:
        """Only of a complaint the person sees."""
        if getattr(self, "swagger_fake_view", False):  # drf-spectacular asks without a request
            return self.model._default_manager.none()
        return self.rows(self.seen(self.kwargs["reference"]))

    def rows(self, complaint: Complaint) -> QuerySet[Any]:
        """Those of this complaint, with what is shown of them."""
        raise TypeError(f"{type(self).__name__} does not say which rows it lists.")


class Events(PartsOfComplaint):
    model = Event
    serializer_class = shapes.EventOut
    pagination_class = paging.InOrderOfEvents

    def rows(self, complaint: Complaint) -> QuerySet[Event]:
        """In the order of the chain."""
        return complaint.events.select_related("actor")

    @extend_schema(operation_id="complaints_events", summary="Read what happened")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every event, from the first. Each `hash` covers its event and the hash before it."""
        return super().get(request, *args, **kwargs)


class Messages(PartsOfComplaint):
    model = Message
    serializer_class = shapes.MessageOut
    pagination_class = paging.OldestFirst

    def rows(self, complaint: Complaint) -> QuerySet[Message]:
        """The conversation and the notes."""
        return complaint.messages.select_related("author").prefetch_related("attachments")

    @extend_schema(operation_id="complaints_messages", summary="Read the conversation and the notes")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was written, from the first message on. Notes are read by the office only."""
        return super().get(request, *args, **kwargs)


class Decisions(PartsOfComplaint):
    model = Decision
    serializer_class = shapes.DecisionOut
    pagination_class = paging.InOrderOfDecision

    def rows(self, complaint: Complaint) -> QuerySet[Decision]:
        """The history of the class."""
        return complaint.decisions.select_related("decided_by", "second_person", "earlier")

    @extend_schema(operation_id="complaints_decisions", summary="Read the decisions about the class")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each decision with its reasons, from the first on; also those rejected or replaced since."""
        return super().get(request, *args, **kwargs)


class Attachments(PartsOfComplaint):
    model = Attachment
    serializer_class = shapes.AttachmentOut
    pagination_class = paging.OldestFirst

    def rows(self, complaint: Complaint) -> QuerySet[Attachment]:
        """The evidence."""
        return complaint.attachments.select_related("uploaded_by")

    def context_of(self, rows: Sequence[Attachment]) -> dict[str, Any]:
        """For the addresses of the files."""
        return {"reference": references.normalise(self.kwargs["reference"])}

    @extend_schema(operation_id="complaints_attachments", summary="List the files")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was sent in or added, from the first on, with the address of each file."""
        return super().get(request, *args, **kwargs)


class AnyFormat(BaseContentNegotiation):
    """A file is sent as it is, whatever the program says it accepts."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """Nothing is parsed here."""
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """For the errors."""
        first = next(iter(renderers))
        return first, first.media_type


class AttachmentDoor(Door):
    """One file."""

    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="complaints_attachment",
        summary="Download a file",
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")},
    )
    def get(self, request: Request, reference: str, attachment_id: int) -> FileResponse:
        """The file itself, always as a download: nothing that came from outside is shown as a page."""
        attachment = self.seen(reference).attachments.filter(pk=attachment_id).first()
        if attachment is None:
            raise NotFound(_("This complaint has no such file."))
        try:
            file = attachment.file.open()
        except FileNotFoundError:
            raise NotFound(_("The file is no longer in the store. Ask an administrator.")) from None
        return FileResponse(file, as_attachment=True, filename=attachment.name, content_type=attachment.content_type)


def _etag(complaint: Complaint) -> str:
    """Every act writes an event, so their number is the version."""
    return f'"{complaint.event_count}"'


def _token(request: Request) -> ApiToken:
    """The token that opened the door."""
    token: ApiToken = request.auth  # type: ignore[assignment]  # typed for every kind of authentication
    return token


def _checked(key: str) -> str:
    """An Idempotency-Key that can be kept. Raises ValidationError."""
    if not key.strip() or len(key) > _MAX_KEY or not key.isprintable():
        raise ValidationError({"Idempotency-Key": [_("This must be 1 to 200 characters of plain text.")]})
    return key


def _digest(body: Any) -> str:
    """The same for the same content, however its fields are ordered."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
