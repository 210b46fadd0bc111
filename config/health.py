"""Is it alive, can it serve, and are the deadlines being kept? For load balancers and alarms: no names, no secrets.

Each check is a part with its own state, so that a red answer says which part is ill.
"""

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

from config import env
from escalation.selectors import engine_health

logger = logging.getLogger(__name__)

_PATIENCE = 2  # seconds for Redis to answer


class NotReady(Exception):
    """A part that answers, but is not what it should be."""


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. Says nothing about anything else: restarting would not help there."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served; 503 naming the part that is not ready."""
    return _report({"database": _database, "migrations": _migrations, "redis": _redis})


@require_safe
@never_cache
def deadlines(request: HttpRequest) -> JsonResponse:
    """200 while deadlines are being kept; 503 when no sweep came, or one leaves work undone, for too long.

    A new office is given as long for its first sweep: it is `starting`, and that is 200 as well.
    """
    try:
        health = engine_health()
    except DatabaseError:
        logger.warning("The health of the deadlines cannot be read", exc_info=True)
        return JsonResponse({"status": "failing", "parts": {"database": "failing"}}, status=503)
    allowed = settings.SWEEP_LATE_AFTER_SECONDS
    starting = health.is_starting(allowed)
    late = health.is_late(allowed) and not starting
    facts = {
        "since_sweep_seconds": _rounded(health.since_sweep),
        "oldest_due_seconds": _rounded(health.lag),
        "late_after_seconds": allowed,
        "clocks_failing": health.failing,
        "clocks_set_aside": health.set_aside,
    }
    status = "late" if late else "starting" if starting else "ok"
    return JsonResponse({"status": status, **facts}, status=503 if late else 200)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _report(parts: dict[str, Callable[[], None]]) -> JsonResponse:
    states = {name: _state(name, check) for name, check in parts.items()}
    good = all(state == "ok" for state in states.values())
    return JsonResponse({"status": "ok" if good else "failing", "parts": states}, status=200 if good else 503)


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:  # whatever is wrong with a part, the answer is red and the log says why
        logger.warning("The health check of %s failed", name, exc_info=True)
        return "failing"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache  # a failure raises and is not kept; once they are applied they stay so for as long as this process runs
def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("There are migrations to apply.")


def _redis() -> None:
    with Redis.from_url(
        env.redis_for_cache(settings.REDIS_URL),
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
    ) as redis:
        redis.ping()
