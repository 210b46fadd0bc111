"""Pages of the API: `{results, next, previous}`, each page named by the row it begins behind.

A cursor is a place in the list, so complaints that come in meanwhile neither repeat nor hide a row. It is signed:
one that was not given by us is refused with a sentence, never guessed at.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from common.paging import Order

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

Place = tuple[bool, Any, int]
"""Whether to read backwards from there, the moment (or number) of the row, and its id."""


class ByPlace(BasePagination):
    """A page of the list in its `order`. `page_size` is taken up to 200; more is answered with 200."""

    order = Order("received_at", descending=True)
    next_link: str | None = None
    previous_link: str | None = None

    def paginate_queryset(  # type: ignore[override]  # a place is looked up by the database: no plain sequences
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The rows of the page asked for. Raises ValidationError for a cursor or a size that is none."""
        size = self._size(request)
        place = self._read(request.query_params.get("cursor"))
        backwards = place is not None and place[0]
        if place is not None:
            queryset = queryset.filter(self.order.beyond(place[1], place[2], backwards=backwards))
        found = list(queryset.order_by(*self.order.terms(backwards=backwards))[: size + 1])
        more, rows = len(found) > size, found[:size]
        if backwards:
            rows.reverse()
        if rows and (more or backwards):
            self.next_link = self._link(request, rows[-1], backwards=False)
        if rows and place is not None and (more or not backwards):
            self.previous_link = self._link(request, rows[0], backwards=True)
        return rows

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        """The envelope."""
        return Response({"results": data, "next": self.next_link, "previous": self.previous_link})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The envelope as OpenAPI says it."""
        link = {"type": ["string", "null"], "format": "uri", "description": "Null at the end of the list."}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The two parameters of every list."""
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "A place in the list, as `next` and `previous` carry it.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": f"Rows on a page, {PAGE_SIZE} unless told otherwise, {MAX_PAGE_SIZE} at most.",
                "schema": {"type": "integer", "minimum": 1, "default": PAGE_SIZE},
            },
        ]

    @staticmethod
    def _size(request: Request) -> int:
        given = request.query_params.get("page_size", str(PAGE_SIZE))
        digits = given.lstrip("0")
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError({"page_size": [_("This must be a whole number from 1 on.")]})
        return min(int(digits[:9]), MAX_PAGE_SIZE)

    def _signer(self) -> Signer:
        return Signer(salt=f"complaints.api.paging.{self.order.field}")

    def _link(self, request: Request, row: Model, *, backwards: bool) -> str:
        at = getattr(row, self.order.field)
        place = [backwards, at.isoformat() if isinstance(at, datetime) else at, row.pk]
        return replace_query_param(request.build_absolute_uri(), "cursor", self._signer().sign_object(place))

    def _read(self, cursor: str | None) -> Place | None:
        if cursor is None:
            return None
        try:
            backwards, at, row_id = self._signer().unsign_object(cursor)
        except BadSignature:
            raise ValidationError(
                {"cursor": [_("This is no cursor of ours. Begin again without one, then follow “next”.")]}
            ) from None
        return backwards, datetime.fromisoformat(at) if isinstance(at, str) else at, row_id


class NewestFirst(ByPlace):
    """Complaints, the last received first."""


class InOrderOfEvents(ByPlace):
    """Events as they follow one another in the chain."""

    order = Order("sequence")


class OldestFirst(ByPlace):
    """Messages and files as they came."""

    order = Order("created_at")


class InOrderOfNumbers(ByPlace):
    """What counts within its complaint: tasks, matters, facts, judgements, follow-ups, remedies, claims."""

    order = Order("number")


class InOrderOfCycles(ByPlace):
    """Final responses, that of the first cycle first."""

    order = Order("cycle")


class LastOpenedFirst(ByPlace):
    """Mass incidents, the last opened first."""

    order = Order("opened_at", descending=True)


class LastDemandedFirst(ByPlace):
    """Upgrades, the last demanded first."""

    order = Order("demanded_at", descending=True)


class InOrderOfAdmission(ByPlace):
    """Places in a circle as people came to have them."""

    order = Order("admitted_at")


class LastLookFirst(ByPlace):
    """Looks at a restricted complaint, the last one first."""

    order = Order("at", descending=True)


class InOrderOfDecision(ByPlace):
    """Class decisions as they were made."""

    order = Order("decided_at")
