"""Every error of the API in one shape: `application/problem+json` (RFC 9457) with a stable `code`.

`{type, title, status, code, detail, errors}`: `code` is for programs and never changes, `title` and `detail` are
sentences for people in the language asked for, `errors` names each field at fault with its sentences
(`complainant.email`, `subjects.0.name`). Doors of an app translate their own refusals with `answer`.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[str, str | Promise] = {
    "malformed": _("The request cannot be read."),
    "invalid": _("Something in the request cannot be taken."),
    "file_refused": _("The file cannot be taken."),
    "not_authenticated": _("The request carries no token."),
    "invalid_token": _("The token opens nothing."),
    "token_expired": _("The token has expired."),
    "scope_missing": _("The token lacks the scope for this."),
    "not_allowed": _("You may not do this."),
    "not_found": _("There is nothing here."),
    "method_not_allowed": _("This address does not take that method."),
    "not_acceptable": _("The answer cannot be given in that format."),
    "illegal_move": _("This is not possible now."),
    "conflict_of_interest": _("This person may not hold the complaint."),
    "tasks_open": _("Tasks are still open."),
    "matters_open": _("Matters are not settled yet."),
    "not_judged": _("The complaint has not been judged."),
    "contradicts_judgement": _("This contradicts the judgement."),
    "response_incomplete": _("The final response lacks something."),
    "promises_too_much": _("This may promise more than we can keep."),
    "letter_needed": _("Only a final response ends this complaint."),
    "legal_hold": _("The complaint is under a legal hold."),
    "no_authority": _("No authority is on file."),
    "signatures_missing": _("Signatures are missing."),
    "nobody_to_sign": _("Nobody could sign."),
    "remedies_open": _("Remedies are still open."),
    "second_person_needed": _("Another, senior person must decide this."),
    "third_person_needed": _("A third person must decide this."),
    "deadline_passed": _("The deadline has passed."),
    "clock_ended": _("This deadline has ended."),
    "not_extendable": _("This deadline is not put off."),
    "already_asked": _("A request waits for a decision."),
    "already_decided": _("This has been decided."),
    "own_request": _("Somebody else must decide this."),
    "no_policy": _("No policy applies."),
    "kept_by_another_act": _("This is kept by another act."),
    **dict.fromkeys(
        (
            "bad_calendar",
            "bad_cases",
            "bad_document",
            "bad_ladder",
            "bad_pack",
            "bad_policy",
            "bad_preset",
            "bad_table",
            "bad_target",
        ),
        _("The document cannot be taken."),
    ),
    "bad_ledger": _("The record of this deadline is damaged."),
    "cannot_migrate": _("Open deadlines cannot be moved like this."),
    "escalation_refused": _("This is not possible now."),
    "naive_moment": _("A moment lacks its time zone."),
    "no_referral": _("There is no referral."),
    "no_such_preset": _("There is no such preset."),
    "not_retriable": _("The message cannot be sent again."),
    "nothing_to_take_over": _("There is nothing to take over."),
    "out_of_reach": _("The moment is too far away."),
    "preset_differs": _("The office says something else already."),
    "preset_refused": _("The preset cannot be loaded."),
    "referral_settled": _("The referral is settled."),
    "taken_over": _("Somebody else has taken it over."),
    "idempotency_conflict": _("This key was used for another request."),
    "changed_meanwhile": _("It was changed meanwhile."),
    "too_large": _("The request is too large."),
    "unsupported_media_type": _("This format is not taken here."),
    "throttled": _("Too many requests."),
    "server_error": _("Something went wrong on our side."),
    "unavailable": _("The service cannot answer right now."),
}

_CODES = {  # Django REST framework's names → ours
    "parse_error": "malformed",
    "authentication_failed": "invalid_token",
    "permission_denied": "not_allowed",
    "error": "server_error",
}
_RETRY_AFTER = 2  # seconds: a restart or a resolved deadlock takes about that long


def body(*, status: int, code: str, detail: Any, errors: Mapping[str, Sequence[Any]] | None = None) -> dict[str, Any]:
    """The problem document itself."""
    return {
        "type": f"urn:redress:problem:{code}",
        "title": str(TITLES.get(code) or HTTPStatus(status).phrase),
        "status": int(status),
        "code": code,
        "detail": _writable(detail),
        "errors": {
            _writable(field): [_writable(each) for each in sentences] for field, sentences in (errors or {}).items()
        },
    }


def _writable(text: Any) -> str:
    """A sentence may quote what was sent, and half a character (a lone surrogate) cannot be sent back."""
    return str(text).encode("utf-8", "replace").decode("utf-8")


def answer(
    *,
    status: int,
    code: str,
    detail: Any,
    errors: Mapping[str, Sequence[Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem as the answer of a view of the REST framework."""
    document = body(status=status, code=code, detail=detail, errors=errors)
    return Response(document, status=status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def plain_answer(*, status: int, code: str, detail: Any) -> JsonResponse:
    """The same where no view of the REST framework was reached."""
    return JsonResponse(body(status=status, code=code, detail=detail), status=status, content_type=MEDIA_TYPE)


def problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer for a view of the REST framework; None for what is a fault of ours (then a 500 without details)."""
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    if isinstance(exc, Http404):
        return answer(status=404, code="not_found", detail=_("There is nothing here, or nothing you may see."))
    if isinstance(exc, PermissionDenied):
        return answer(status=403, code="not_allowed", detail=_("You may not do this."))
    if isinstance(exc, RequestDataTooBig):
        return answer(status=413, code="too_large", detail=_("Send less text at once."))
    if isinstance(exc, SuspiciousOperation):
        return answer(status=400, code="malformed", detail=_("The request cannot be read."))
    if isinstance(exc, OperationalError | InterfaceError):
        logger.exception("The database did not answer")
        return answer(
            status=503,
            code="unavailable",
            detail=_("Nothing was changed. Try again in a moment."),
            headers={"Retry-After": str(_RETRY_AFTER)},
        )
    return None


def _of_framework(exc: exceptions.APIException) -> Response:
    headers = {}
    scheme = getattr(exc, "auth_header", None)
    if scheme:
        headers["WWW-Authenticate"] = scheme
    seconds = getattr(exc, "wait", None)
    if seconds is not None:
        headers["Retry-After"] = str(max(1, ceil(seconds)))
    if isinstance(exc, exceptions.ValidationError):
        general, errors = _sorted_out(exc.detail)
        detail = general[0] if general else _("Please look at the fields named under “errors”.")
        return answer(status=exc.status_code, code="invalid", detail=detail, errors=errors)
    code = str(exc.get_codes())
    said: Any = exc.detail
    if code == "not_authenticated":
        said = _("Send the header “Authorization: Bearer …” with your token.")
    return answer(status=exc.status_code, code=_CODES.get(code, code), detail=said, headers=headers)


def _sorted_out(detail: Any) -> tuple[list[str], dict[str, list[str]]]:
    """Sentences about the request as a whole, and sentences by the path of their field."""
    found: dict[str, list[str]] = {}

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, Mapping):
            for name, below in node.items():
                walk(below, path if name == "non_field_errors" else (*path, str(name)))
        elif isinstance(node, list | tuple):
            for place, below in enumerate(node):
                walk(below, path if isinstance(below, str) else (*path, str(place)))
        else:
            found.setdefault(".".join(path), []).append(str(node))

    walk(detail, ())
    return found.pop("", []), found
