"""What a visitor's browser carries: the key of their draft, and which cases it may open.

The draft's key lies in a signed cookie that scripts cannot read. Open cases lie in the session, which remembers a
part of the secret's digest, so a case that was given a new secret closes at once.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from complaints import references
from complaints.models import Complaint, Draft
from complaints.services import drafts

ACCESS_LASTS = timedelta(hours=12)
"""How long a case stays open in a browser after it was last looked at."""

MOST_CASES = 20
_COOKIE, _SALT, _SESSION_KEY, _DIGEST_PART = "draft", "complaints.web.portal.draft", "open_cases", 16


def draft_key(request: HttpRequest) -> str:
    """The key in the visitor's cookie; empty when there is none or it was tampered with."""
    return str(request.get_signed_cookie(_COOKIE, default="", salt=_SALT, max_age=drafts.KEPT_FOR))


def draft(request: HttpRequest) -> Draft | None:
    """The draft this visitor is writing."""
    key = draft_key(request)
    return drafts.find(key) if key else None


def remember_draft(response: HttpResponse, key: str) -> None:
    """Give the browser the key of its draft."""
    response.set_signed_cookie(
        _COOKIE,
        key,
        salt=_SALT,
        max_age=drafts.KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget_draft(response: HttpResponse) -> None:
    """Take the key back."""
    response.delete_cookie(_COOKIE, samesite="Lax")


def open_case(request: HttpRequest, complaint: Complaint) -> None:
    """Let this browser into the case. A new session id, so that nobody who planted the old one comes along."""
    cases = _cases(request)
    cases.pop(complaint.reference, None)
    cases[complaint.reference] = [complaint.access_digest[:_DIGEST_PART], _until()]
    request.session[_SESSION_KEY] = dict(list(cases.items())[-MOST_CASES:])
    request.session.cycle_key()


def opened_case(request: HttpRequest, reference: str) -> Complaint | None:
    """The case, if this browser may still open it."""
    plain = references.normalise(reference)
    entry = _cases(request).get(plain or "")
    if entry is None:
        return None
    with_people = Complaint.objects.select_related("holder__department", "department", "complainant")
    complaint = with_people.filter(reference=plain).first()
    if complaint is None or not constant_time_compare(entry[0], complaint.access_digest[:_DIGEST_PART]):
        return None
    if entry[1] - timezone.now().timestamp() < ACCESS_LASTS.total_seconds() * 0.9:
        request.session[_SESSION_KEY] = {**_cases(request), complaint.reference: [entry[0], _until()]}
    return complaint


def open_references(request: HttpRequest) -> list[str]:
    """The references of the cases this browser may open, the last opened first."""
    return list(_cases(request))[::-1]


def close_case(request: HttpRequest, reference: str) -> None:
    """Close the case in this browser: the next person at this computer needs the secret again."""
    cases = _cases(request)
    cases.pop(references.normalise(reference) or "", None)
    request.session[_SESSION_KEY] = cases


def _until() -> int:
    return int((timezone.now() + ACCESS_LASTS).timestamp())


def _cases(request: HttpRequest) -> dict[str, list[Any]]:
    now = timezone.now().timestamp()
    return {ref: entry for ref, entry in request.session.get(_SESSION_KEY, {}).items() if entry[1] > now}
