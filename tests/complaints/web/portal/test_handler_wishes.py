"""Asking for another handler on the page of the case."""

from html import unescape

import pytest

from complaints import access
from complaints.models import HandlerWish
from complaints.services import casework, rehandling


@pytest.fixture
def case(client, register, agent):
    complaint = register().complaint
    client.get(access.signed_link(complaint).removeprefix("http://127.0.0.1:8000"), follow=True)
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    return complaint


def page_of(client, complaint):
    return unescape(client.get(f"/track/{complaint.reference}/").content.decode())


def test_the_complainant_asks_and_reads_what_was_decided(client, case, agent, handler, supervisor):
    address = f"/track/{case.reference}/another/"
    assert "Ask for somebody else" not in page_of(client, case), "nobody handles it yet"
    casework.assign(complaint_id=case.pk, by=agent, to=handler)
    assert "Ask for somebody else" in page_of(client, case)
    refused = client.post(address, {"another-wish": "another", "another-body": " "})
    assert refused.status_code == 422
    assert "Say why you would like somebody else" in refused.content.decode()
    asked = {"another-wish": "supervisor", "another-body": "She never calls back."}
    assert client.post(address, asked).status_code == 302
    wish = HandlerWish.objects.get()
    assert (wish.wish, wish.recorded_by, wish.reasons) == ("supervisor", None, "She never calls back.")
    page = page_of(client, case)
    assert "Somebody senior looks at it" in page
    assert 'name="another-body"' not in page
    again = client.post(address, asked)
    assert again.status_code == 422
    assert "She never calls back." in again.content.decode(), "what was typed is handed back"
    rehandling.refuse_another(complaint_id=case.pk, by=supervisor, answer="She has been ill, and calls today.")
    page = page_of(client, case)
    assert "She has been ill, and calls today." in page
    assert 'name="another-body"' in page, "they may ask again"
    client.post(address, asked)
    rehandling.grant_another(complaint_id=case.pk, by=supervisor, to=supervisor)
    page = page_of(client, case)
    assert "somebody else handles it now" in page
    assert supervisor.name in page
    client.session.flush()
    client.cookies.clear()
    assert client.post(address, asked).status_code == 403
