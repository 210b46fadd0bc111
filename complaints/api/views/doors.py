"""What the doors of the REST API share: finding the complaint, answering with it, and lists in pages."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.models import User
from complaints import permissions, references, selectors
from complaints.api import serializers as shapes
from complaints.lifecycle import ABOUT_ONE_PART, Status, verbs_from
from complaints.models import Complaint
from complaints.selectors import grave, handler_wishes, matters, parties, proposals, transfers, upgrades
from complaints.selectors import remedies as remedy_reads
from complaints.selectors import tasks as task_reads
from complaints.services import viewing


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

        Raises NotFound for one that is not there, that the person does not see, or that cannot exist. That somebody
        looked at a restricted one is written down.
        """
        normal = references.normalise(reference)
        if normal is None:
            raise NotFound(
                _("The check character of this reference does not match: please compare it with the original.")
            )
        complaint = self.complaints().filter(reference=normal).first()
        if complaint is None:
            raise NotFound(_("There is no complaint with this reference that you may see."))
        match = self.request.resolver_match
        viewing.note(
            complaint=complaint,
            by=self.person,
            door=match.view_name if match else "",
            address=self.request.path,
        )
        return complaint

    def complaints(self) -> QuerySet[Complaint]:
        """What the person sees."""
        return permissions.visible_to(self.request.user)

    def told(self, complaint_id: int, shape: type[shapes.ComplaintOut], status: int = 200, **context: Any) -> Response:
        """The complaint as it now is, whoever may see it from now on: the person has just dealt with it."""
        complaint = selectors.listed(Complaint.objects.filter(pk=complaint_id)).prefetch_related("subjects").get()
        allowed = permissions.allowed_verbs(self.person, complaint)
        context |= self.get_serializer_context() | {
            "sections": shapes.sections_of([complaint]),
            "tasks": task_reads.tasks_with_all([complaint]),
            "split": matters.of(self.person, complaint, allowed=allowed),
            "gravity": grave.gravity_of(complaint),
            "outside": parties.parties_of(complaint),
            "remedies": list(remedy_reads.remedies_with_all([complaint])),
            "supplier_claims": remedy_reads.supplier_claims_of(complaint),
            "unnamed": permissions.unnamed_to(self.person, [complaint.merged_into, complaint.earlier]),
            "ratings": complaint.ratings.select_related("message"),
            "proposals": proposals.with_all([complaint]),
            "transfers": transfers.with_all([complaint]),
            "proofs": complaint.proofs.select_related("listed_by", "settled_by"),
            "numbers": complaint.numbers.all(),
            "measures": (complaint.measures.select_related("ordered_by", "ended_by") if complaint.restriction else []),
            "handler_wishes": handler_wishes.with_all([complaint]),
            "upgrade": upgrades.upgrade_of(complaint),
            "taken_further": upgrades.taken_further(self.person, complaint),
            "acts": [
                verb for verb in verbs_from(Status(complaint.status)) if verb in allowed and verb not in ABOUT_ONE_PART
            ],
        }
        return Response(shape(complaint, context=context).data, status=status, headers={"ETag": etag(complaint)})


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


def etag(complaint: Complaint) -> str:
    """Every act writes an event, so their number is the version."""
    return f'"{complaint.event_count}"'
