"""What left the office by mail, what waits, and what could not be sent. For administrators."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from common import htmx, paging
from notifications import letters, permissions, selectors, services
from notifications.models import OutboxMessage

View = Callable[..., HttpResponse]

_NEWEST = paging.Order("created_at", descending=True)


def for_administrators(view: View) -> View:
    """Others get 403; visitors are asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not permissions.may_read_mailbox(request.user):
            raise PermissionDenied
        return view(request, **arguments)

    return cast(View, login_required(never_cache(guarded)))


@require_GET
@for_administrators
def mailbox(request: HttpRequest) -> HttpResponse:
    """The messages, newest first; `state` chooses, an unknown one chooses nothing."""
    state = request.GET.get("state", "")
    messages = selectors.mailbox(cast(User, request.user)).select_related("complaint", "recipient").defer("body")
    if state in OutboxMessage.State.values:
        messages = messages.filter(state=state)
    context = {
        "page": paging.page(messages, order=_NEWEST, cursor=request.GET.get("cursor", "")),
        "tabs": _tabs(state),
        "state": state,
        "mail_is_kept": settings.MAIL_IS_KEPT,
    }
    return htmx.render(request, "notifications/mailbox.html", part="messages", context=context)


@require_GET
@for_administrators
def message(request: HttpRequest, *, message_id: int) -> HttpResponse:
    """One message. A link's signature is shown only where mail is kept instead of being sent."""
    user = cast(User, request.user)
    found = _found(user, message_id)
    readable = permissions.may_read_text(user, found)
    kept = found.state == OutboxMessage.State.KEPT
    text = (found.body if kept else letters.without_keys(found.body)) if readable else ""
    for reference in selectors.unseen_in(user, found):
        text = text.replace(reference, "…")
    context = {"message": found, "readable": readable, "text": text}
    return htmx.render(request, "notifications/message.html", part="message", context=context)


@require_POST
@for_administrators
def retry(request: HttpRequest, *, message_id: int) -> HttpResponse:
    """Try a message again that was set aside."""
    user = cast(User, request.user)
    tried = services.retry(message_id=_found(user, message_id).pk, by=user)
    return htmx.done(
        request,
        to=reverse("notifications:message", args=[tried.pk]),
        says=_("The message will be tried again in a moment."),
        changed="message",
    )


def _found(user: User, message_id: int) -> OutboxMessage:
    return get_object_or_404(selectors.mailbox(user).select_related("complaint", "recipient"), pk=message_id)


def _tabs(state: str) -> list[dict[str, Any]]:
    start = reverse("notifications:mailbox")
    return [
        {"href": start, "label": _("All"), "current": state not in OutboxMessage.State.values},
        *(
            {"href": f"{start}?state={choice.value}", "label": choice.label, "current": state == choice.value}
            for choice in OutboxMessage.State
        ),
    ]
