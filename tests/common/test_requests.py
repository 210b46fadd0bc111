"""Requests that claim odd charsets or carry cookies nobody gave them are answered like others."""

from io import BytesIO

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisIsAway

from common.requests import ReadableRequest
from complaints import references
from config.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(rf):
    """Ask the application itself, as the web server does; returns the status."""

    def _ask(method: str, path: str, body: bytes = b"", **headers: str) -> int:
        statuses = []
        environ = rf.generic(method, path, body).environ | headers
        answer = application(environ, lambda status, _headers, _fault=None: statuses.append(int(status[:3])))
        answer.close()
        return statuses[0]

    return _ask


@pytest.mark.parametrize("charset", ["hex", "utf-7", "raw_unicode_escape", "utf-16", "nonsense"])
def test_a_charset_claimed_by_the_visitor_does_not_count(ask, charset, head_office):
    form = (
        b'--x\r\nContent-Disposition: form-data; name="subject"\r\n\r\n\\ud800 \xe9\x80\x80\r\n'
        b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\nIt broke.\r\n'
        b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\nen\r\n--x--\r\n'
    )
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert ask("GET", "/track/?reference=x", b"x", CONTENT_TYPE=kind) == 200
    request = ReadableRequest(
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(form)), "wsgi.input": BytesIO(form)}
    )
    assert request.POST["subject"] == "\\ud800 退"


@pytest.mark.parametrize("kind", ["multipart/form-data; charset*=nonsense''%ff", "x/y; charset*=utf-8''hex", ";;;="])
def test_a_type_that_cannot_be_read_is_none(ask, kind):
    assert ask("GET", "/track/", b"x", CONTENT_TYPE=kind) == 200


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "draft", "messages"])
def test_a_cookie_that_no_table_can_hold_is_forgotten(ask, name):
    for path in ("/", "/track/", "/account/sign-in/"):
        assert ask("GET", path, HTTP_COOKIE=f'{name}="abcdefghijk\\000"') == 200


def test_a_cache_that_is_away_closes_no_door(client, settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True

    def away(*_args, **_kwargs):
        raise RedisIsAway

    monkeypatch.setattr(cache, "add", away)
    page = client.post("/track/", {"reference": references.make(2031, 123_456), "secret": "guess"})
    assert page.status_code == 422
