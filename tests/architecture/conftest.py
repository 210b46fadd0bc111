"""What every walk through the doors has in common."""

import pytest
from django.http import HttpResponse

from config import urls


@pytest.fixture(autouse=True)
def _errors_are_told_in_a_word(monkeypatch):
    """Thousands of refusals are not drawn as whole pages: those say nothing of complaints."""
    for status in (403, 404):
        answer = HttpResponse("No.", status=status)
        monkeypatch.setattr(urls, f"handler{status}", lambda request, exception, answer=answer: answer)
