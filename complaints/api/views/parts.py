"""What belongs to one complaint: its events, conversation, decisions, and files."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import permissions, references
from complaints.api import paging
from complaints.api import serializers as shapes
from complaints.api.views.doors import Door, Listing
from complaints.models import Attachment, CirclePlace, Complaint, Decision, Event, Message, Viewing


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
        with_objection = ("objection__decided_by", "objection__recorded_by")
        return complaint.decisions.select_related("decided_by", "second_person", "earlier", *with_objection)

    def context_of(self, rows: Sequence[Decision]) -> dict[str, Any]:
        """Which earlier complaints are kept from the person."""
        return {"unnamed": permissions.unnamed_to(self.person, [decision.earlier for decision in rows])}

    @extend_schema(operation_id="complaints_decisions", summary="Read the decisions about the class")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each decision with its reasons, from the first on; also those rejected or replaced since."""
        return super().get(request, *args, **kwargs)


class Circle(PartsOfComplaint):
    model = CirclePlace
    serializer_class = shapes.CirclePlaceOut
    pagination_class = paging.InOrderOfAdmission

    def rows(self, complaint: Complaint) -> QuerySet[CirclePlace]:
        """The places, also those that have ended."""
        return complaint.circle.select_related("user", "admitted_by")

    @extend_schema(operation_id="complaints_circle", summary="Read who sees a restricted complaint")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who is and was in its circle, in the order in which they came. Empty for one that was never restricted."""
        return super().get(request, *args, **kwargs)


class Viewings(PartsOfComplaint):
    model = Viewing
    serializer_class = shapes.ViewingOut
    pagination_class = paging.LastLookFirst

    def rows(self, complaint: Complaint) -> QuerySet[Viewing]:
        """Every look."""
        return complaint.viewings.select_related("user")

    @extend_schema(operation_id="complaints_viewings", summary="Read who has looked at a restricted complaint")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who looked, when, through which door; the last one first. The same page again within a quarter of an hour is
        one look.
        """
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
