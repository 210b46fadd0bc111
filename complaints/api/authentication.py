"""Who a program is, and what its token is good for."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts import services
from accounts.models import ApiToken, User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # at run time it imports this module


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>`. The program acts as the person the token was issued for."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token; None when no bearer token was sent.

        Raises AuthenticationFailed with the code `invalid_token` or `token_expired`.
        """
        scheme, _space, plain = get_authorization_header(request).strip().partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        digest = services.token_digest(plain.strip().decode("latin-1"))
        token = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if token is None:
            raise AuthenticationFailed(_("This token is not known here."), code="invalid_token")
        if token.revoked_at is not None:
            raise AuthenticationFailed(_("This token was revoked."), code="invalid_token")
        now = timezone.now()
        if not token.usable(now):
            raise AuthenticationFailed(_("This token has expired. Ask for a new one."), code="token_expired")
        if not token.user.is_active:
            raise AuthenticationFailed(_("The person this token acts for is no longer active."), code="invalid_token")
        services.note_use(token=token, at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="Redress"'


class HasScope(BasePermission):
    """Reading needs the scope `read`, everything else `write`."""

    message = _("The token lacks the scope for this: reading needs “read”, changing needs “write”.")
    code = "scope_missing"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the token is good for this method."""
        wanted = ApiToken.Scope.READ if request.method in SAFE_METHODS else ApiToken.Scope.WRITE
        return isinstance(request.auth, ApiToken) and wanted in request.auth.scopes
