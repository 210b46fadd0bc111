"""What is read once while a page is drawn, however many parts of the page ask for it."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

T = TypeVar("T")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("read", default=None)


class ReadOnceMiddleware:
    """Keep what `read_once` has read until the answer stands. Not while something may be changed: an act always looks
    at the database as it is, and may hold a lock that makes a second look tell more than the first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        before = _read.set({})
        try:
            return self.get_response(request)
        finally:
            _read.reset(before)


def read_once(name: Hashable, read: Callable[[], T]) -> T:
    """What `read` returns; within one page it is called once for each `name`. The answer is not to be changed."""
    kept = _read.get()
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    answer: T = kept[name]
    return answer
