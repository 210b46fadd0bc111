"""Proceedings, holds, authorities and joint complainants on the desk."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.models import Authority, JointComplainant, LegalHold, Proceeding
from complaints.outside import ProceedingKind
from complaints.services import proceedings, standing
from complaints.services.intake import ComplainantDetails
from tests.factories.escalation import publish_calendar, publish_policy


@pytest.fixture
def represented(register):
    publish_calendar()
    publish_policy()
    return register(complainant=ComplainantDetails(name="Lin Mei-hua", on_behalf_of="Lin senior")).complaint


def post(client, complaint, act, *, htmx=False, **data):
    complaint.refresh_from_db()
    headers = {"HX-Request": "true"} if htmx else {}
    address = reverse(f"desk:{act}", args=[complaint.reference])
    return client.post(address, {"version": complaint.event_count} | data, headers=headers)


def dossier(client, complaint):
    return client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()


def test_everything_goes_by_forms(client, represented, supervisor):
    client.force_login(supervisor)
    page = dossier(client, represented)
    assert "no authority is on file" in page
    resolve = client.get(reverse("desk:resolve", args=[represented.reference])).content.decode()
    assert "neither findings nor a remedy may go to them" in resolve
    due = (timezone.localtime() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    given = {"kind": "court", "body": "District court", "reference": "C-7", "what": "Answer the claim.", "due": due}
    assert post(client, represented, "open-proceeding", **given).status_code == 302
    assert post(client, represented, "place-hold", reasons="The court asked.").status_code == 302
    paper = SimpleUploadedFile("power.txt", b"I authorise", content_type="text/plain")
    given = {"basis": "power_of_attorney", "document_seen": "on", "valid_until": "2999-01-01", "file": paper}
    assert post(client, represented, "record-authority", **given).status_code == 302
    assert post(client, represented, "add-complainant", name="Chen Ta-wei", relation="resident").status_code == 302
    page = dossier(client, represented)
    for words in ("District court", "C-7", "Legal hold by Supervisor", "power.txt", "Chen Ta-wei", "until 2999-01-01"):
        assert words in page
    assert "no authority is on file" not in page
    refused = post(client, represented, "withdraw", reasons="They called.", htmx=True)
    assert (refused.status_code, b"They called." in refused.content) == (409, True)
    assert "A legal hold is in force" in dossier(client, represented)
    for act in ("withdraw", "decline", "merge"):
        act_page = client.get(reverse(f"desk:{act}", args=[represented.reference])).content.decode()
        assert "A legal hold is in force: this complaint is kept as it is" in act_page, act
    ends = {
        "move-proceeding": {"proceeding": "1", "due": "", "reasons": "Put off."},
        "end-proceeding": {"proceeding": "1", "result": "Settled."},
        "lift-hold": {"reasons": "Done."},
        "revoke-authority": {"authority": "1", "reasons": "Taken back."},
        "remove-complainant": {"person": "1"},
    }
    for name, data in ends.items():
        assert client.get(reverse(f"desk:{name}", args=[represented.reference])).status_code == 200
        assert post(client, represented, name, **data).status_code == 302, name
        assert post(client, represented, name, **data).status_code in (302, 409, 422), name
    assert "Settled." in dossier(client, represented)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_that_is_not_right_comes_back(client, represented, supervisor, htmx):
    client.force_login(supervisor)
    wrong = {
        "open-proceeding": {"kind": "duel", "body": "x", "what": "x"},
        "move-proceeding": {"proceeding": "1", "due": "never", "reasons": "x"},
        "end-proceeding": {"proceeding": "1", "result": "x"},
        "place-hold": {"reasons": " "},
        "record-authority": {"basis": "power_of_attorney", "valid_until": "2001-01-01"},
        "revoke-authority": {"authority": "1" * 30, "reasons": "x"},
        "add-complainant": {"name": "x", "email": "no"},
        "remove-complainant": {"person": "\x00"},
    }
    for name, data in wrong.items():
        assert post(client, represented, name, htmx=htmx, **data).status_code == 422, name
    for model in (Proceeding, LegalHold, Authority, JointComplainant):
        assert not model.objects.exists()


def test_who_may_not_is_told_so(client, represented, agent, outsider):
    client.force_login(outsider)
    assert client.get(reverse("desk:open-proceeding", args=[represented.reference])).status_code == 404
    client.force_login(agent)
    assert post(client, represented, "place-hold", reasons="x").status_code == 403


def test_twice_as_much_costs_the_dossier_the_same(client, represented, agent, django_assert_num_queries):
    def more():
        given = {"complaint_id": represented.pk, "by": agent}
        for _number in range(2):
            due = timezone.now() + timedelta(days=2)
            proceedings.open_proceeding(**given, kind=ProceedingKind.COURT, body="Court", what="x", due=due)
            standing.record_authority(**given, basis="lawyer", document_seen=True)
            standing.add_complainant(**given, name="Chen")

    client.force_login(agent)
    more()
    dossier(client, represented)
    with CaptureQueriesContext(connection) as first:
        dossier(client, represented)
    more()
    with django_assert_num_queries(len(first)):
        dossier(client, represented)
