"""The two answers a page gives: a template or its part, and "done"."""

import json

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from common import htmx


def asked(**headers):
    request = RequestFactory().post("/", headers=headers)
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    return request


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        ({"hx-request": "true"}, True),
        ({"hx-request": "true", "hx-boosted": "true"}, False),
        ({"hx-request": "true", "hx-history-restore-request": "true"}, False),
    ],
)
def test_only_an_htmx_request_for_a_part_gets_a_part(headers, part):
    assert htmx.asks_for_part(asked(**headers)) is part


def test_a_plain_browser_is_sent_on_with_a_message():
    request = asked()
    response = htmx.done(request, to="/desk/", says="Kept.", changed="dossier")
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert [str(message) for message in get_messages(request)] == ["Kept."]


def test_htmx_stays_on_the_page_and_hears_what_changed():
    request = asked(**{"hx-request": "true"})
    response = htmx.done(request, to="/desk/", says="已保存。", changed="dossier")
    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"]) == {
        "dossier-changed": {},
        "says": {"text": "已保存。", "level": "success"},
    }
    assert not list(get_messages(request))


def test_htmx_is_sent_on_when_nothing_on_the_page_changed():
    request = asked(**{"hx-request": "true"})
    response = htmx.done(request, to="/desk/", says="Kept.")
    assert response["HX-Redirect"] == "/desk/"
    assert [str(message) for message in get_messages(request)] == ["Kept."]


def test_a_page_varies_with_the_htmx_header():
    assert "HX-Request" in htmx.render(asked(), "500.html", status=422)["Vary"]
