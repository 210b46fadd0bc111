"""A request far beyond all limits is refused before it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile


@pytest.mark.django_db
def test_a_request_beyond_all_limits_is_refused_with_a_page(client, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    page = client.post("/file/evidence/", {"evidence": SimpleUploadedFile("big.txt", b"x" * 2000)})
    assert page.status_code == 400
    assert "Nothing was changed." in page.content.decode()


@pytest.mark.django_db
def test_a_request_within_them_is_read(client, settings):
    settings.UPLOAD_MAX_BYTES = 10_000
    page = client.post("/file/evidence/", {"evidence": SimpleUploadedFile("small.txt", b"x" * 2000)})
    assert page.status_code == 302
