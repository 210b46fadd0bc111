"""A customer at the public doors: no account, no JavaScript."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

WHAT_HAPPENED = {
    "subject": "Charged twice",
    "description": "The card was charged twice for one purchase.",
    "language": "en",
}
CONTACT = {"identity": "named", "name": "Lin Mei-hua", "email": "lin@example.org"}


@pytest.fixture
def picture():
    """A real picture of a few hundred bytes."""

    def _picture(name: str = "receipt.png") -> SimpleUploadedFile:
        buffer = io.BytesIO()
        Image.new("RGB", (4, 4), "teal").save(buffer, "PNG")
        return SimpleUploadedFile(name, buffer.getvalue(), "image/png")

    return _picture


@pytest.fixture
def go(client, head_office):
    """Send one step of the guided form."""

    def _go(slug: str, *, then: str = "", **answers):
        address = f"/file/{slug}/" + (f"?then={then}" if then else "")
        return client.post(address, {"go-on": "1"} | answers)

    return _go


@pytest.fixture
def fill(go):
    """Fill in the whole form up to the answers to check."""

    def _fill(*, what=None, about=None, wishes=None, contact=None):
        go("what-happened", **(WHAT_HAPPENED | (what or {})))
        go("about", **(about or {}))
        go("wishes", **(wishes or {}))
        go("evidence")
        return go("contact", **(CONTACT | (contact or {})))

    return _fill


@pytest.fixture
def filed(client, fill):
    """A complaint filed through the form; the reference and the secret as the receipt shows them."""

    def _filed(**answers) -> tuple[str, str]:
        fill(**answers)
        page = client.post("/file/check/", follow=True).content.decode()
        return shown(page, "receipt-reference"), shown(page, "receipt-secret")

    return _filed


def shown(page: str, identifier: str) -> str:
    """What the element with this id shows."""
    found = re.search(rf'id="{identifier}">([^<]+)<', page)
    assert found, f"#{identifier} is not on the page"
    return found[1]
