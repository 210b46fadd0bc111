"""Upgrades: all of them for the supervision desk, and the door where those without a number come in."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import permissions
from complaints.api import paging
from complaints.api.filtering import KnownFilters
from complaints.api.parsers import Json
from complaints.api.serializers import RegisteredOut
from complaints.api.serializers import upgrades as shapes
from complaints.api.views.complaints import Registering
from complaints.api.views.doors import Listing
from complaints.api.views.headers import IDEMPOTENCY_KEY, checked_key, digest_of, token_of
from complaints.models import Upgrade
from complaints.selectors import upgrades as reads
from complaints.services import idempotency, unrecorded_upgrades
from complaints.upgrade_filters import UpgradeFilter


class Upgrades(Registering, Listing):
    """`GET /upgrades/` and `POST /upgrades/`."""

    serializer_class = shapes.SupervisedUpgradeOut
    pagination_class = paging.LastDemandedFirst
    filter_backends = (KnownFilters,)
    filterset_class = UpgradeFilter
    parser_classes = (Json,)

    def get_queryset(self) -> QuerySet[Upgrade]:
        """All that the person sees."""
        return reads.supervised(self.person)

    def context_of(self, rows: Sequence[Upgrade]) -> dict[str, Any]:
        """Which references are kept from the reader."""
        return {"unnamed": permissions.unnamed_to(self.person, [row.earlier for row in rows])}

    @extend_schema(operation_id="upgrades_list", summary="List upgrades, the last demanded first", tags=["upgrades"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each ground beside what the record said, for those who supervise: specialists, executives, auditors."""
        permissions.check_supervises(self.person)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="upgrades_register",
        summary="Register an upgrade without a number",
        request=shapes.UnrecordedUpgradeIn,
        responses={201: RegisteredOut},
        parameters=[IDEMPOTENCY_KEY],
        tags=["upgrades"],
    )
    def post(self, request: Request) -> Response:
        """Take something further whose number nobody has: it enters at the desk for upgraded complaints. With
        `none_found` the earlier complaint was looked for in vain; else whoever takes it looks (`name_earlier`).
        """
        taken = shapes.UnrecordedUpgradeIn(data=request.data, context=self.get_serializer_context())
        taken.is_valid(raise_exception=True)
        given, none_found = taken.given(), bool(taken.validated_data["none_found"])
        key = request.headers.get("Idempotency-Key")
        if key is None:
            registered = unrecorded_upgrades.upgrade(given=given, by=self.person, none_found=none_found)
            return self.created(registered.complaint, registered.access_secret, repeated=False)
        once = idempotency.upgrade_once(
            given=given,
            none_found=none_found,
            token=token_of(request),
            key=checked_key(key),
            request_digest=digest_of(request.data),
        )
        return self.created(once.complaint, once.access_secret, repeated=once.repeated)
