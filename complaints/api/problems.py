"""The one place where the API turns a refusal of the office into a problem document.

| refusal | status | code |
|---|---|---|
| `Invalid`, `FileRefused`, `PromisesTooMuch`, and whatever names fields | 400 | `invalid`, `file_refused` … |
| `NotAllowed` | 403 | `not_allowed` |
| `IllegalMove` | 409 | `illegal_move` |
| `SecondPersonNeeded`: the same request of another person would pass | 409 | `second_person_needed` |
| `IdempotencyConflict` | 409 | `idempotency_conflict` |
| `ConflictOfInterest` | 409 | `conflict_of_interest` |
| any other `Refusal` | 409 | its own code |
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework.response import Response

from common import api_errors
from common.refusals import Forbidden, Refusal, Unfit


@contextmanager
def told_as(paths: Mapping[str, str]) -> Iterator[None]:
    """A refusal names fields as the service knows them; tell each in `paths` by its path in the request."""
    try:
        yield
    except Refusal as refusal:
        refusal.errors = {paths.get(field, field): sentences for field, sentences in refusal.errors.items()}
        raise


def problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer for a view; None for a fault of ours."""
    if isinstance(exc, Refusal):
        return api_errors.answer(status=_status(exc), code=exc.code, detail=exc, errors=exc.errors)
    return api_errors.problem(exc, context)


def _status(exc: Refusal) -> int:
    if isinstance(exc, Forbidden):
        return 403
    return 400 if isinstance(exc, Unfit) or exc.errors else 409
