"""The keys that programs use on behalf of people."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiToken, User

TOKEN_PREFIX = "rdr_"  # noqa: S105 - what every key begins with, so that a leaked one is recognised; no secret
_RANDOM_BYTES = 30
"""240 bits: nobody guesses a key, so a plain digest is enough to keep it by."""

_SHOWN = 8
"""Characters by which a person recognises the key again."""

USE_IS_NOTED_EVERY = timedelta(minutes=1)
"""`last_used_at` is exact to this: a busy program must not rewrite its row with each request."""


@transaction.atomic
def issue_token(
    *, user: User, name: str, scopes: Sequence[ApiToken.Scope | str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a key for the API; the second value is the key itself, known at this moment only.

    `expires_at` is aware; without it the key lasts until it is revoked.
    Raises ValueError for no scope, or one that does not exist.
    """
    wanted = sorted({ApiToken.Scope(scope) for scope in scopes})
    if not wanted:
        raise ValueError("A token needs at least one scope.")
    plain = TOKEN_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=plain[:_SHOWN],
        digest=token_digest(plain),
        scopes=[str(scope) for scope in wanted],
        expires_at=expires_at,
    )
    return token, plain


@transaction.atomic
def revoke_token(*, token: ApiToken) -> ApiToken:
    """End a key at once. A key that has ended already keeps the moment at which it did."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    token.refresh_from_db(fields=["revoked_at"])
    return token


def note_use(*, token: ApiToken, at: datetime) -> None:
    """Remember that the key was used; writes at most once in `USE_IS_NOTED_EVERY`."""
    stale = at - USE_IS_NOTED_EVERY
    if token.last_used_at is not None and token.last_used_at > stale:
        return
    ApiToken.objects.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lte=stale), pk=token.pk).update(
        last_used_at=at
    )
    token.last_used_at = at


def token_digest(plain: str) -> str:
    """What is stored of a key, and what it is found by."""
    return hashlib.sha256(plain.encode()).hexdigest()
