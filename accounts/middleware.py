"""Signed-in people read the product in their own language and time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User


class PersonalLanguageAndZoneMiddleware:
    """Activate the person's language and zone; visitors keep what their browser asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            with timezone.override(None):
                return self.get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(ZoneInfo(user.timezone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        return response
