"""How often one address may try: the answer says when to come back, and what was typed is not lost."""

import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_ratelimit.core import get_usage

FILE, TRACK = "portal-file", "portal-track"


def too_often(
    request: HttpRequest, group: str, rate: str, *, typed: Mapping[str, Any] | None = None
) -> HttpResponse | None:
    """Count this attempt; the page to answer with (429) when there were too many from this address, else None.

    `typed` is text to hand back to the visitor on that page.
    """
    usage = get_usage(request, group=group, key=_address, rate=rate, increment=True)
    if usage is None or not usage["should_limit"]:
        return None
    seconds = max(int(usage["time_left"]), 1)
    again_at = timezone.now() + timedelta(seconds=seconds)
    response = render(request, "portal/too_often.html", {"again_at": again_at, "typed": typed or {}}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _address(group: str, request: HttpRequest) -> str:
    """The visitor's address; a whole /64 of IPv6 counts as one.

    Behind the proxy that ends TLS, the last address it added to X-Forwarded-For counts, never one the visitor wrote.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.SERVED_OVER_TLS:
        given = request.headers.get("X-Forwarded-For", given).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
