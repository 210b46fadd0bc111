"""Taking over 接手, from the desk and from the link in a letter."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from common import htmx, moments
from complaints.errors import ComplaintError
from complaints.models import Complaint
from complaints.web.desk.access import StaffRequest, address, seen, staff_only
from complaints.web.portal import throttles
from escalation import selectors, takeover_links
from escalation.errors import TakenOver
from escalation.services import taking_over
from escalation.takeover_links import Asked, Standing

BY_MAIL = "take-over-by-mail"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def take_over(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer for a complaint that has climbed. From the board one goes back to the board, as it was filtered."""
    complaint = seen(request, reference)
    if request.method != "POST":  # led here after signing in
        return redirect("escalation:deadlines", complaint.reference)
    taking_over.take_over(complaint_id=complaint.pk, by=request.user)
    board = _board(request)
    return htmx.done(
        request,
        to=board or address(request.user, complaint),
        says=_says(complaint),
        changed="board" if board else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def by_mail(request: HttpRequest) -> HttpResponse:
    """The page of the link in a letter: which complaint, and one button. Only the button does anything, for machines
    that look into mail follow links. Nobody is signed in by it.
    """
    if refused := throttles.too_often(request, BY_MAIL, settings.TAKE_OVER_RATE):
        return refused
    asked = takeover_links.read(request.GET.get("key", ""))
    if asked is None:
        return _page(request, None, status=404)
    with _in_the_words_of(asked.user, request):
        if request.method != "POST" or asked.standing is not Standing.WAITS:
            return _page(request, asked)
        try:
            taking_over.take_over(complaint_id=asked.complaint.pk, by=asked.user, letter_of=asked.event_id)
        except TakenOver:  # just now: the page says so
            pass
        except ComplaintError as refusal:
            return _page(request, asked, status=409, refusal=str(refusal))
        return redirect(request.get_full_path())


def _page(request: HttpRequest, asked: Asked | None, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context: dict[str, Any] = {"asked": asked, "refusal": refusal}
    return render(request, "escalation/take_over_by_mail.html", context, status=status)


@contextmanager
def _in_the_words_of(user: User, request: HttpRequest) -> Iterator[None]:
    """Speak to the reader of the letter in their language, unless this browser has chosen one, and in their zone."""
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    language = translation.get_language() if chosen else user.language
    with translation.override(language), timezone.override(ZoneInfo(user.timezone)):
        yield


def _board(request: StaffRequest) -> str:
    """The board as the person has it before them, if they act from there; nothing for any other address."""
    back, board = request.POST.get("next", ""), reverse("escalation:board")
    return back if back == board or back.startswith(f"{board}?") else ""


def _says(complaint: Complaint) -> str:
    taken = selectors.taken_over(complaint)
    until = moments.full(taken.until) if taken else ""
    return _("You have taken %(reference)s over. The climb rests until %(until)s.") % {
        "reference": complaint.reference,
        "until": until,
    }
