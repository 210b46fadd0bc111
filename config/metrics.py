"""What a monitor watches, as Prometheus text. Everything is read from the database at the moment of asking, so that
every process gives the same answer and none keeps numbers of its own. No names, no references, no secrets.
"""

import ipaddress
import logging
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from common import paging
from complaints import permissions
from complaints import selectors as complaints
from complaints.lifecycle import OPEN
from escalation import selectors as escalation
from notifications import selectors as notifications

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever has the token (`REDRESS_METRICS_TOKEN`), or for this machine alone while there is none.

    401 without the right token, 403 from elsewhere, 503 while the database does not answer.
    """
    if settings.METRICS_TOKEN:
        if not _has_token(request):
            return _says("Send Authorization: Bearer with the metrics token.", 401, {"WWW-Authenticate": "Bearer"})
    elif not _is_from_this_machine(request):
        return _says("Set REDRESS_METRICS_TOKEN to read the metrics from another machine.", 403)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Office())
    try:
        return HttpResponse(encode(registry), content_type=content_type)
    except DatabaseError:
        logger.warning("The metrics cannot be read", exc_info=True)
        return _says("The database does not answer.", 503)


class Office(Collector):
    """How the office stands. A dozen queries whatever the size: each on an index, or an estimate of the planner."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read before somebody asks."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every number, read now."""
        yield from _engine()
        yield from _complaints()
        yield from _outbox()


def _engine() -> Iterator[GaugeMetricFamily]:
    health = escalation.engine_health()
    yield _gauge("deadline_lag_seconds", "For how long the oldest due clock has been waiting for a sweep.", health.lag)
    if health.since_sweep is not None:
        yield _gauge("sweep_age_seconds", "Since the last sweep; absent before the first.", health.since_sweep)
    yield _gauge("clocks_due", "Clocks that wait for a sweep now.", escalation.due_now(health.now))
    yield _gauge("clocks_failing", "Clocks at which sweeps fail and try again.", health.failing)
    yield _gauge("clocks_set_aside", "Clocks set aside after too many failures.", health.set_aside)
    yield _gauge(
        "clocks_provisional",
        "Running clocks whose deadline rests on days that no calendar lists yet.",
        escalation.provisional_clocks(),
    )
    overdue = complaints.overdue(permissions.unrestricted(), health.now)
    yield _gauge(
        "complaints_overdue",
        "Open complaints with a broken promise, without restricted ones; an estimate beyond 1,000.",
        paging.total(overdue).rows,
    )


def _complaints() -> Iterator[GaugeMetricFamily]:
    by_status = GaugeMetricFamily(
        "redress_complaints_open",
        "Open complaints by status, without restricted ones; an estimate beyond 1,000.",
        labels=["status"],
    )
    for status in sorted(OPEN):
        by_status.add_metric([status.value], paging.total(permissions.unrestricted().filter(status=status)).rows)
    yield by_status


def _outbox() -> Iterator[GaugeMetricFamily]:
    outbox = notifications.outbox_standing()
    yield _gauge("outbox_waiting", "Messages that wait to be sent.", outbox.waiting)
    yield _gauge("outbox_set_aside", "Messages set aside after the last try.", outbox.set_aside)
    yield _gauge("outbox_oldest_seconds", "Since the oldest waiting message was written.", outbox.oldest)
    yield _gauge("outbox_lag_seconds", "For how long the most overdue message should have been tried.", outbox.lag)


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"redress_{name}", says, value=value)


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)


def _is_from_this_machine(request: HttpRequest) -> bool:
    """Asked from a loopback address, and not by a proxy for somebody else."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _says(sentence: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(sentence + "\n", status=status, headers=headers, content_type="text/plain; charset=utf-8")
