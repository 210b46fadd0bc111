"""Guessing and flooding are slowed down, with a page that says when to come back."""

import pytest
from django.core.cache import cache

from complaints import references

pytestmark = pytest.mark.django_db

REFERENCE = references.make(2031, 123_456)


@pytest.fixture(autouse=True)
def _throttled(settings):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    yield
    cache.clear()


def test_guessing_secrets_is_slowed_down_and_told_when_to_come_back(client, settings):
    settings.PORTAL_TRACK_RATE = "2/m"
    pages = [client.post("/track/", {"reference": REFERENCE, "secret": "guess"}) for _ in range(3)]
    assert [page.status_code for page in pages] == [422, 422, 429]
    assert 0 < int(pages[2]["Retry-After"]) <= 61
    assert "Come back after" in pages[2].content.decode()
    assert "Taipei time" in pages[2].content.decode()


def test_asking_for_links_counts_with_guessing(client, settings):
    settings.PORTAL_TRACK_RATE = "1/m"
    assert client.post("/track/", {"reference": REFERENCE, "secret": "guess"}).status_code == 422
    page = client.post("/track/lost/", {"reference": REFERENCE, "email": "lin@example.org"})
    assert page.status_code == 429


def test_looking_is_not_counted(client, settings):
    settings.PORTAL_TRACK_RATE = "1/m"
    assert {client.get("/track/").status_code for _ in range(3)} == {200}


def test_filing_again_and_again_is_slowed_down_and_the_draft_stays(client, settings, fill):
    settings.PORTAL_FILE_RATE = "1/h"
    fill()
    assert client.post("/file/check/").status_code == 429
    assert "Charged twice" in client.get("/file/check/").content.decode()


def test_text_that_could_not_be_kept_comes_back(client, settings, head_office):
    settings.PORTAL_FILE_RATE = "0/h"
    page = client.post("/file/what-happened/", {"subject": "x", "description": "My long story", "language": "en"})
    assert page.status_code == 429
    assert "My long story" in page.content.decode()


def test_one_address_does_not_shut_the_door_for_another(client, settings):
    settings.PORTAL_TRACK_RATE = "1/m"
    for address, status in (("10.0.0.1", 422), ("10.0.0.1", 429), ("10.0.0.2", 422), ("", 422)):
        page = client.post("/track/", {"reference": REFERENCE, "secret": "guess"}, REMOTE_ADDR=address)
        assert page.status_code == status


def test_a_household_with_ipv6_counts_as_one(client, settings):
    settings.PORTAL_TRACK_RATE = "1/m"
    for address, status in (("2001:db8::1", 422), ("2001:db8::2", 429), ("2001:db8:0:1::1", 422)):
        page = client.post("/track/", {"reference": REFERENCE, "secret": "guess"}, REMOTE_ADDR=address)
        assert page.status_code == status


def test_behind_the_proxy_its_own_word_counts_and_not_the_visitor_s(client, settings):
    settings.PORTAL_TRACK_RATE = "1/m"
    settings.SERVED_OVER_TLS = True
    for forwarded, status in (("1.1.1.1, 10.0.0.1", 422), ("2.2.2.2, 10.0.0.1", 429), ("1.1.1.1, 10.0.0.9", 422)):
        page = client.post(
            "/track/", {"reference": REFERENCE, "secret": "guess"}, headers={"X-Forwarded-For": forwarded}
        )
        assert page.status_code == status
