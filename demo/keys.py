"""demo.json: where the office is, who may sign in, and a key for programs. (Design section 8.)"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings

from accounts import services
from accounts.models import ApiToken, User


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    email: str
    password: str
    role: str
    department: str


def hand_out(*, accounts: Sequence[Account], token_for: User) -> None:
    """Make a key for the API that reads and writes for that person, and write demo.json."""
    _token, plain = services.issue_token(
        user=token_for, name="demo.json", scopes=[ApiToken.Scope.READ, ApiToken.Scope.WRITE]
    )
    document = {
        "url": settings.BASE_URL,
        "accounts": [asdict(account) for account in accounts],
        "api_token": plain,
    }
    _write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _write(text: str) -> None:
    """Whole or not at all, and for its owner's eyes only."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.DATA_DIR / "demo.json"
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
