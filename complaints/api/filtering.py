"""The filters of the desk's lists, for the API: nothing in the address is ignored silently."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

_OF_THE_PAGE = {"cursor", "page_size"}


class KnownFilters(DjangoFilterBackend):
    """Refuses parameters that no filter knows: a misspelt one would answer with everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """The rows asked for. Raises ValidationError naming each parameter at fault."""
        known = self.get_filterset_class(view, queryset).base_filters.keys() | _OF_THE_PAGE
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name[:100]: [_("There is no such filter here.")] for name in unknown})
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered
