"""For whom and from where failed sign-ins count (settings: AXES_USERNAME_CALLABLE, AXES_CLIENT_IP_CALLABLE), and how
often a link for a new password is mailed."""

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from common.requests import visitor_address

logger = logging.getLogger(__name__)

RESET_PAUSE = 300
"""Seconds in which one address gets no second link: nobody is to be flooded in somebody else's name."""


COUNTED = 255
"""How many characters of a name are counted: the tables of django-axes hold no more, and nobody has so long a name."""


def counted_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str | None:
    """One spelling of the address typed: sign-in finds people in any case, so a new case is no new chance."""
    given: Mapping[str, Any] = credentials or (request.POST if request is not None else {})
    typed = given.get(settings.AXES_USERNAME_FORM_FIELD)
    return str(typed).strip().upper().lower()[:COUNTED] if typed else None


def counted_address(request: HttpRequest) -> str | None:
    """The visitor's own address and not that of the proxy, or six failures of one would lock out everybody."""
    return visitor_address(request) or None


def just_asked_for_link(email: str) -> bool:
    """Whether a link was asked for in this name a moment ago; this time counts as well. A broken cache says no."""
    name = hashlib.sha256(email.strip().upper().lower().encode()).hexdigest()
    try:
        return not cache.add(f"password-link-{name}", 1, timeout=RESET_PAUSE)
    except (RedisError, OSError):
        logger.warning("The cache did not answer; this request for a link was not counted", exc_info=True)
        return False
