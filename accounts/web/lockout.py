"""For whom and from where failed sign-ins count (settings: AXES_USERNAME_CALLABLE, AXES_CLIENT_IP_CALLABLE)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from common.requests import visitor_address


def counted_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str | None:
    """One spelling of the address typed: sign-in finds people in any case, so a new case is no new chance."""
    given: Mapping[str, Any] = credentials or (request.POST if request is not None else {})
    typed = given.get(settings.AXES_USERNAME_FORM_FIELD)
    return str(typed).strip().upper().lower() if typed else None


def counted_address(request: HttpRequest) -> str | None:
    """The visitor's own address and not that of the proxy, or six failures of one would lock out everybody."""
    return visitor_address(request) or None
