"""How much one token may ask in a minute (settings: DEFAULT_THROTTLE_RATES)."""

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time it imports this module

logger = logging.getLogger(__name__)


class PerToken(SimpleRateThrottle):
    """Counts reads and writes of each token in windows of the rate's own length.

    One counter in the cache, not a list of moments: at a thousand a minute the list would be read and written
    whole with every request. A broken cache closes no door.
    """

    left: float = 0

    def __init__(self) -> None:
        """The rate depends on the method, which only the request knows."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count this request; False when its token has had its share."""
        if not isinstance(request.auth, ApiToken):
            return True
        self.scope = "read" if request.method in SAFE_METHODS else "write"
        limit, seconds = self.parse_rate(self.get_rate())
        if limit is None or seconds is None:
            return True
        now = time.time()
        window = int(now // seconds)
        self.left = (window + 1) * seconds - now
        key = f"api-{self.scope}-{request.auth.pk}-{window}"
        try:
            cache.add(key, 0, timeout=seconds)
            return int(cache.incr(key)) <= limit
        except (RedisError, ValueError, OSError):  # ValueError: the counter went with its window just now
            logger.warning("The cache did not answer; this request was not counted", exc_info=True)
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.left
