"""A slow line: what the first page loads, pictures left out, stays under 60 kB as it is sent."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db

BUDGET = 60_000


@pytest.mark.parametrize("address", ["/", "/file/what-happened/", "/track/"])
def test_a_first_visit_is_light(client, address):
    page = client.get(address).content
    linked = set(re.findall(r'(?:href|src)="/static/([^"#]+\.(?:css|js))"', page.decode()))
    assert len(linked) >= 4
    weight = len(page)
    for name in linked:
        with open(finders.find(name), "rb") as file:
            weight += len(gzip.compress(file.read()))
    assert weight < BUDGET


def test_no_page_needs_a_script(client):
    page = client.get("/file/what-happened/").content.decode()
    assert "htmx" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page), "the security policy forbids them"
