"""The two answers a page gives: show a template or a part of it, and say that an act is done.

Every page works without JavaScript. htmx only asks for less: `render` answers it with one partial of the same
file (`{% partialdef NAME %}`), and `done` answers it with an event instead of a redirect.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as render_page
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails


def asks_for_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: not a boosted link, and not a page restored from history."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    return details is not None and bool(details) and not (details.boosted or details.history_restore_request)


def render(
    request: HttpRequest,
    template: str,
    *,
    part: str = "",
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page `template`; for an htmx request only its partial `part`, if one is named.

    A form with errors is answered with status 422: the browser shows it as a page, htmx swaps it in.
    """
    name = f"{template}#{part}" if part and asks_for_part(request) else template
    response = render_page(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def done(request: HttpRequest, *, to: Any, says: str = "", changed: str = "") -> HttpResponse:
    """The answer to a POST that has been carried out.

    `to` is where a plain browser goes next: an object with `get_absolute_url`, a view's name, or a path.
    `says` is one sentence for the person who acted. `changed` names what is now out of date on their page: htmx
    stays there and every element with `hx-trigger="NAME-changed from:body"` fetches itself anew. Without
    `changed`, htmx goes to `to` as well.
    """
    if asks_for_part(request) and changed:
        response = HttpResponse(status=204)
        trigger_client_event(response, f"{changed}-changed", {})
        if says:
            trigger_client_event(response, "says", {"text": str(says), "level": "success"})
        return response
    if says:
        messages.success(request, says)
    target = resolve_url(to)
    if asks_for_part(request):
        return HttpResponseClientRedirect(target)
    return HttpResponseRedirect(target)
