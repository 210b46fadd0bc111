"""Opening a link to the form that somebody was sent, with what they said already filled in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.services import form_links
from complaints.web.portal import steps, throttles, visits


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """The link opens nothing by itself, because programs that show previews of messages open links, too: one press
    begins the form, and the link is gone.
    """
    if request.method != "POST":
        waits = form_links.waits(key)
        return render(request, "portal/form_link.html", {"waits": waits}, status=200 if waits else 410)
    if refused := throttles.too_often(request, throttles.FILE, settings.PORTAL_FILE_RATE):
        return refused
    begun = form_links.open_link(key=key)
    if begun is None:
        return render(request, "portal/form_link.html", {"waits": False}, status=410)
    response = redirect("portal:step", slug=steps.STEPS[0].slug)
    visits.remember_draft(response, begun.key)
    return response
