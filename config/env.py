"""Typed reading of the environment: a bad value stops the start with one clear sentence."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()


def _refuse(name: str, value: object, wanted: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"The environment variable {name} is {value!r}, but it must be {wanted}.")


def text(name: str, default: str | None = None) -> str:
    """A string; without a default the variable is required."""
    value = _env.str(name, default="" if default is None else default)
    if not value and default is None:
        raise ImproperlyConfigured(f"The environment variable {name} is required: set it (see .env.example).")
    return str(value)


def flag(name: str, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    value = _env.str(name, default="1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise _refuse(name, value, "1 or 0")


def whole(name: str, default: int, *, least: int) -> int:
    """A whole number, not below `least`."""
    value = _env.str(name, default=str(default)).strip()
    if value.isascii() and value.isdigit() and int(value) >= least:
        return int(value)
    raise _refuse(name, value, f"a whole number, at least {least}")


def names(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = _env.str(name, default=",".join(default))
    return [part.strip() for part in value.split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute path; created later by whoever writes there."""
    return Path(_env.str(name, default=str(default))).expanduser().resolve()


def database(name: str) -> dict[str, Any]:
    """`postgres://user:password@host:port/name`; a socket directory goes percent-encoded in place of the host."""
    url = text(name)
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise _refuse(name, url.split("@")[-1], "a postgres:// URL: Redress keeps its promises with PostgreSQL")
    config = dict(_env.db_url_config(url))
    config["HOST"] = unquote(str(config.get("HOST") or ""))
    return config


def redis(name: str) -> str:
    """`redis://…`, `rediss://…` or `redis+socket:///path?virtual_host=0`."""
    url = text(name)
    if urlsplit(url).scheme not in {"redis", "rediss", "redis+socket"}:
        raise _refuse(name, url.split("@")[-1], "a redis://, rediss:// or redis+socket:// URL")
    return url


def redis_for_cache(url: str) -> str:
    """The same server as redis-py spells it: Celery says redis+socket, redis-py says unix."""
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        return f"unix://{parts.path}?db=" + parts.query.replace("virtual_host=", "")
    return url


def email(name: str) -> dict[str, Any]:
    """`mailbox:` keeps mail in the outbox, `console:` prints it, `smtp://` and `smtp+tls://` send it."""
    url = text(name, "mailbox:")
    if urlsplit(url).scheme == "mailbox":
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "KEPT": True}
    if urlsplit(url).scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend", "KEPT": False}
    if urlsplit(url).scheme in {"smtp", "smtp+tls", "smtp+ssl", "smtps"}:
        return {**_env.email_url_config(url), "KEPT": False}
    raise _refuse(name, url.split("@")[-1], "mailbox:, console:, smtp://… or smtp+tls://…")
