"""Errors that no view answered: a page for people, a problem document for programs. Never any details."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from common import api_errors

_API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read."""
    if request.path.startswith(_API):
        return api_errors.plain_answer(status=400, code="malformed", detail=_("The request cannot be read."))
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for this person."""
    if request.path.startswith(_API):
        return api_errors.plain_answer(status=403, code="not_allowed", detail=_("You may not do this."))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    if request.path.startswith(_API):
        detail = _("There is no such address. The addresses are listed at /api/v1/docs/.")
        return api_errors.plain_answer(status=404, code="not_found", detail=detail)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; the log has it under the id in `X-Request-Id`."""
    if request.path.startswith(_API):
        detail = _("The fault is noted and nothing was changed. Quote the X-Request-Id of this answer.")
        return api_errors.plain_answer(status=500, code="server_error", detail=detail)
    return defaults.server_error(request)
