"""Requests far beyond all limits end before they fill the disk."""

from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class RefuseHugeRequests(FileUploadHandler):
    """First of the upload handlers: looks at the announced length and leaves the files to the next one.

    A file that is merely too large is still read, so that the page can name it in a sentence.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django calls it by this name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Raise RequestDataTooBig (a page with status 400) beyond settings.UPLOAD_MAX_BYTES."""
        if content_length > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig(f"The request announces {content_length} bytes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
