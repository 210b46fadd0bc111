"""The one place where the web turns a refusal of the office into something a person can read."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from common.refusals import Forbidden, Refusal


class ComplaintErrorMiddleware:
    """A `Refusal` that no view caught: forbidden is a 403, the rest a flash on the page it came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for the view. Other exceptions are not ours."""
        if not isinstance(exception, Refusal):
            return None
        part_only = bool(request.headers.get("HX-Request"))
        if isinstance(exception, Forbidden):
            return _forbidden(request, exception, part_only=part_only)
        messages.error(request, str(exception))
        if part_only:
            return HttpResponseClientRefresh()
        return redirect(_where_it_came_from(request))


def _forbidden(request: HttpRequest, exception: Forbidden, *, part_only: bool) -> HttpResponse:
    if part_only:  # the page stays as it is, and says why nothing happened
        response = HttpResponse(status=403)
        trigger_client_event(response, "says", {"text": str(exception), "level": "error"})
        return response
    return render(request, "403.html", {"exception": exception}, status=403)


def _where_it_came_from(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    door = "/desk/" if request.path.startswith("/desk/") else "/"
    return referer if safe else door
