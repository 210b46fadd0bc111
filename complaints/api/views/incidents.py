"""Mass incidents: the list, the door where new ones come in, one update to all, and closing."""

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api import paging
from complaints.api.parsers import Json
from complaints.api.serializers import incidents as shapes
from complaints.api.serializers.taking import NothingIn
from complaints.api.views.doors import Door, Listing
from complaints.api.views.headers import checked_key
from complaints.models import MassIncident
from complaints.selectors import mass
from complaints.services import incidents

MOST_REFERENCES = 1000
_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Your own name for this update, up to 200 characters. Sent again, it answers with the same update "
    "and writes to nobody a second time.",
)


class IncidentPart(Door):
    """What the doors about one incident share."""

    def incident(self, incident_id: int) -> MassIncident:
        """With its counts. Raises NotFound for one that is not there, or that the person does not see."""
        visible = mass.with_counts(mass.visible_incidents(self.person), self.person)
        found = visible.filter(pk=min(incident_id, 2**63 - 1)).first()
        if found is None:
            raise NotFound(_("There is no mass incident with this number that you may see."))
        return found


class Incidents(Listing):
    """The mass incidents that the person sees, and the door where new ones come in."""

    serializer_class = shapes.IncidentOut
    pagination_class = paging.LastOpenedFirst
    parser_classes = (Json,)

    def get_queryset(self) -> QuerySet[MassIncident]:
        """With the counts of the complaints that the person sees."""
        return mass.with_counts(mass.visible_incidents(self.person), self.person)

    @extend_schema(operation_id="incidents_list", summary="List mass incidents", tags=["incidents"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The last opened first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="incidents_open",
        summary="Open a mass incident",
        request=shapes.OpenIncidentIn,
        responses={201: shapes.IncidentOut},
        tags=["incidents"],
    )
    def post(self, request: Request) -> Response:
        """Open the parent of many complaints of a department, and of those below it."""
        given = shapes.OpenIncidentIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        opened = incidents.open_incident(by=self.person, **given.validated_data)
        return Response(shapes.IncidentOut(self.get_queryset().get(pk=opened.pk)).data, status=201)


class IncidentDoor(IncidentPart):
    """One mass incident."""

    serializer_class = shapes.IncidentWithComplaintsOut

    @extend_schema(operation_id="incidents_read", summary="Read a mass incident", tags=["incidents"])
    def get(self, request: Request, incident_id: int) -> Response:
        """With the references of the complaints gathered under it that the person sees."""
        found = self.incident(incident_id)
        visible = mass.complaints_of(found, self.person).values_list("reference", flat=True)
        context = self.get_serializer_context() | {"references": list(visible[:MOST_REFERENCES])}
        return Response(shapes.IncidentWithComplaintsOut(found, context=context).data)


class Updates(IncidentPart):
    """What was sent to all complaints of an incident, and the door for the next update."""

    serializer_class = shapes.UpdateOut
    parser_classes = (Json,)

    @extend_schema(
        operation_id="incidents_updates",
        summary="List the updates of a mass incident",
        responses={200: shapes.UpdateOut(many=True)},
        tags=["incidents"],
    )
    def get(self, request: Request, incident_id: int) -> Response:
        """The last first."""
        sent = mass.updates_of(self.incident(incident_id), self.person)
        context = {"reached": {each.update.pk: each.reached for each in sent}}
        return Response(shapes.UpdateOut([each.update for each in sent], many=True, context=context).data)

    @extend_schema(
        operation_id="incidents_tell_all",
        summary="Write to all",
        request=shapes.UpdateIn,
        responses={201: shapes.UpdateOut},
        parameters=[_KEY],
        tags=["incidents"],
    )
    def post(self, request: Request, incident_id: int) -> Response:
        """Write the same reply to every open complaint of the incident that the person may answer."""
        found = self.incident(incident_id)
        given = shapes.UpdateIn(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        update = incidents.tell_all(
            incident=found,
            by=self.person,
            body=given.validated_data["body"],
            key=uuid4().hex if key is None else checked_key(key),
        )
        reached = {each.update.pk: each.reached for each in mass.updates_of(found, self.person)}
        return Response(shapes.UpdateOut(update, context={"reached": reached}).data, status=201)


class ClosingIncident(IncidentPart):
    """Closing a mass incident."""

    serializer_class = NothingIn
    parser_classes = (Json,)

    @extend_schema(
        operation_id="incidents_close",
        summary="Close a mass incident",
        request=NothingIn,
        responses={200: shapes.IncidentOut},
        tags=["incidents"],
    )
    def post(self, request: Request, incident_id: int) -> Response:
        """Gather nothing more under it. The complaints go on, each on its own."""
        found = self.incident(incident_id)
        NothingIn(data=request.data).is_valid(raise_exception=True)
        incidents.close_incident(incident_id=found.pk, by=self.person)
        return Response(shapes.IncidentOut(self.incident(incident_id)).data)
