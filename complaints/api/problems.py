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

from collections.abc import Mapping
from typing import Any

from rest_framework.response import Response

from common import api_errors
from common.refusals import Forbidden, Refusal, Unfit


def problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer for a view; None for a fault of ours."""
    if isinstance(exc, Refusal):
        return api_errors.answer(status=_status(exc), code=exc.code, detail=exc, errors=exc.errors)
    return api_errors.problem(exc, context)


def _status(exc: Refusal) -> int:
    if isinstance(exc, Forbidden):
        return 403
    return 400 if isinstance(exc, Unfit) or exc.errors else 409
