"""Writes about people: their keys, their shifts on duty, their absences."""

from accounts.services.tokens import (
    TOKEN_PREFIX,
    USE_IS_NOTED_EVERY,
    issue_token,
    note_use,
    revoke_token,
    token_digest,
)

__all__ = [
    "TOKEN_PREFIX",
    "USE_IS_NOTED_EVERY",
    "issue_token",
    "note_use",
    "revoke_token",
    "token_digest",
]
