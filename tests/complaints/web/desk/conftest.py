"""People at the desk: each a browser that is signed in."""

import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from complaints.models import Complaint


class Desk(Client):
    """A browser of somebody of the staff."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)

    def opens(self, complaint: Complaint, act: str = "", **options) -> HttpResponse:
        """Look at the dossier, or at the page of an act."""
        return self.get(reverse(f"desk:{act or 'dossier'}", args=[complaint.reference]), **options)

    def does(self, act: str, complaint: Complaint, *, version: int | None = None, **answers) -> HttpResponse:
        """Send the form of an act as it was just shown, or as it was shown at another version."""
        headers = answers.pop("headers", None)
        if version is None:
            version = Complaint.objects.values_list("event_count", flat=True).get(pk=complaint.pk)
        return self.post(
            reverse(f"desk:{act}", args=[complaint.reference]), {"version": version, **answers}, headers=headers
        )


@pytest.fixture
def desk():
    return Desk


@pytest.fixture
def complaint(register) -> Complaint:
    return register().complaint


@pytest.fixture
def words():
    """The page as text, entities resolved: what a person reads."""

    def _words(response: HttpResponse) -> str:
        return unescape(response.content.decode())

    return _words


@pytest.fixture
def picture():
    """A real picture, small, under the name given."""

    def _picture(name: str = "receipt.png") -> SimpleUploadedFile:
        buffer = io.BytesIO()
        Image.new("RGB", (4, 4), "red").save(buffer, "PNG")
        return SimpleUploadedFile(name, buffer.getvalue(), content_type="image/png")

    return _picture
