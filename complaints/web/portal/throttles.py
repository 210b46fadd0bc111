"""How often one address may try: the answer says when to come back, and what was typed is not lost."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from common.requests import visitor_address

logger = logging.getLogger(__name__)

FILE, TRACK = "portal-file", "portal-track"


def too_often(
    request: HttpRequest, group: str, rate: str, *, typed: Mapping[str, Any] | None = None
) -> HttpResponse | None:
    """Count this attempt; the page to answer with (429) when there were too many from this address, else None.

    `typed` is text to hand back to the visitor on that page.
    """
    try:
        usage = get_usage(request, group=group, key=_address, rate=rate, increment=True)
    except (RedisError, OSError):  # a broken cache must not close the door to complainants
        logger.warning("The cache did not answer; this attempt was not counted", exc_info=True)
        return None
    if usage is None or not usage["should_limit"]:
        return None
    seconds = max(int(usage["time_left"]), 1)
    again_at = timezone.now() + timedelta(seconds=seconds)
    response = render(request, "portal/too_often.html", {"again_at": again_at, "typed": typed or {}}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _address(group: str, request: HttpRequest) -> str:
    return visitor_address(request) or "unknown"
