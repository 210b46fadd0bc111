"""What is grave, on the desk: the panel, the forms, My work."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.classes import ComplaintClass, Kind
from complaints.gravity import Criterion, SafetyKind
from complaints.models import AuthorityReport, MajorIncident, MediaReport, SafetyIncident
from complaints.services import correspondence, decisions, majors, media, safety
from tests.factories.escalation import publish_calendar, publish_policy


def post(client, complaint, act, *, htmx=False, **data):
    complaint.refresh_from_db()
    headers = {"HX-Request": "true"} if htmx else {}
    address = reverse(f"desk:{act}", args=[complaint.reference])
    return client.post(address, {"version": complaint.event_count} | data, headers=headers)


def dossier(client, complaint):
    return client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()


def test_a_major_complaint_goes_its_way_by_forms(client, complaint, agent, manager):
    client.force_login(agent)
    assert "Nothing grave is recorded." in dossier(client, complaint)
    priority = reverse("desk:prioritise", args=[complaint.reference])
    declare = f'href="{reverse("desk:declare-major", args=[complaint.reference])}"'
    shown = client.get(priority).content.decode()
    assert "tells nobody of the management" in shown
    assert declare in shown
    answer = post(client, complaint, "declare-major", criteria=["legal"], harmed="2", dead="1", reasons="Smoke.")
    assert answer.status_code == 302
    assert MajorIncident.objects.get().criteria == ["legal", "death", "several_harmed"]
    page = dossier(client, complaint)
    assert "declared it major" in page
    assert "tells nobody of the management" not in client.get(priority).content.decode()
    assert "2 harmed, 1 dead" in page
    assert "Nobody of the management has acknowledged it yet." in page
    client.force_login(manager)
    assert "Declared major: the management has to acknowledge" in client.get(reverse("desk:my-work")).content.decode()
    form = client.get(reverse("desk:acknowledge-major", args=[complaint.reference])).content.decode()
    assert "Somebody has died" in form
    assert post(client, complaint, "acknowledge-major", remark="On my way.", htmx=True).headers["HX-Redirect"]
    assert "On my way." in dossier(client, complaint)
    sent = SimpleUploadedFile("form.txt", b"seen", content_type="text/plain")
    answer = post(
        client, complaint, "report-to-authority", body="Fire service", reference="F-7", what="All", files=sent
    )
    assert answer.status_code == 302
    assert AuthorityReport.objects.get().files.get().name == "form.txt"
    page = dossier(client, complaint)
    assert "Report no. 1 to Fire service" in page
    assert "form.txt" in page


def test_both_hours_stand_on_the_panel(client, complaint, agent):
    publish_calendar()
    report = {"unit": "hours", "amount": 6}
    publish_policy("house", match={"priority": ["major"]}, clocks={"authority_report": {"target": report}})
    law = {"authority_report": {"target": {"unit": "hours", "amount": 12, "statutory": True}}}
    publish_policy("law", match={"priority": ["major"]}, position=200, clocks=law)
    majors.declare_major(complaint_id=complaint.pk, by=agent, criteria=[Criterion.LEGAL], reasons="x")
    client.force_login(agent)
    page = dossier(client, complaint)
    assert page.index("within 6 hours") < page.index("within 12 hours")
    assert page.index("House rule") < page.index("By law")


def test_a_safety_incident_is_offered_where_the_class_calls_for_it(client, complaint, agent):
    correspondence.reply(complaint_id=complaint.pk, by=agent, body="We have explained it.")
    decisions.classify(
        complaint_id=complaint.pk,
        by=agent,
        complaint_class=ComplaintClass.MALICIOUS,
        kind=Kind.THREAT,
        reasons="He threatened us.",
        evidence="Recording.",
        told="Our people were shouted at.",
    )
    client.force_login(agent)
    assert "report-safety/?kind=threat" in dossier(client, complaint)
    form = client.get(reverse("desk:report-safety", args=[complaint.reference]) + "?kind=threat").content.decode()
    assert "First the people, then the record." in form
    answer = post(
        client, complaint, "report-safety", kind="threat", grade="serious", what="“I come back.”", told="security"
    )
    assert answer.status_code == 302
    assert (
        post(client, complaint, "tell-safety", incident="1", told="police", police_reference="P-9").status_code == 302
    )
    page = dossier(client, complaint)
    assert "report-safety/?kind=threat" not in page
    assert "P-9" in page
    assert "recorded who was told of safety incident no. 1: Police." in page


def test_media_attention_is_a_badge_and_a_link(client, complaint, agent):
    client.force_login(agent)
    answer = post(
        client, complaint, "note-media", source="Post", link="https://post.example/1?a=b", published_on="2026-03-02"
    )
    assert answer.status_code == 302
    page = dossier(client, complaint)
    assert "In the media" in page
    assert 'href="https://post.example/1?a=b" rel="noreferrer noopener nofollow"' in page


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_that_is_not_right_comes_back(client, complaint, agent, htmx):
    client.force_login(agent)
    wrong = {
        "declare-major": {"criteria": ["gossip"], "reasons": "x"},
        "report-to-authority": {"body": "x", "reference": "", "what": "x"},
        "report-safety": {"kind": "threat", "what": "x", "told": "other"},
        "tell-safety": {"incident": "1", "told": "police"},
        "note-media": {"source": "x", "link": "javascript:alert(1)", "published_on": "2026-03-02"},
    }
    for name, data in wrong.items():
        assert post(client, complaint, name, htmx=htmx, **data).status_code == 422, name
    for data in ({"criteria": []}, {"harmed": "2"}, {"harmed": "-1"}, {"dead": "x"}, {"dead": "9" * 30}):
        assert post(client, complaint, "declare-major", htmx=htmx, reasons="x", **data).status_code == 422, data
    told = post(client, complaint, "declare-major", htmx=htmx, reasons="x", harmed="-1", dead="99999").content.decode()
    assert "“People harmed” must be at least 0." in told
    assert "“People who died” must be at most 30000." in told
    for model in (MajorIncident, AuthorityReport, SafetyIncident, MediaReport):
        assert not model.objects.exists()


def test_who_may_not_is_told_so(client, complaint, agent, manager, outsider):
    client.force_login(outsider)
    assert client.get(reverse("desk:declare-major", args=[complaint.reference])).status_code == 404
    client.force_login(agent)
    majors.declare_major(complaint_id=complaint.pk, by=agent, criteria=[Criterion.LEGAL], reasons="x")
    page = client.get(reverse("desk:acknowledge-major", args=[complaint.reference])).content.decode()
    assert "Your roles do not include this act here." in page
    assert post(client, complaint, "acknowledge-major").status_code == 403


def test_twice_as_much_that_is_grave_costs_the_dossier_the_same(client, complaint, agent, django_assert_num_queries):
    def more():
        given = {"complaint_id": complaint.pk, "by": agent}
        for number in range(2):
            majors.report_to_authority(**given, body="Office", reference=str(number), what="x")
            media.note_media(**given, source="Post", published_on=complaint.received_at.date())
            safety.report_safety(**given, kind=SafetyKind.THREAT, what="x", told="police")

    client.force_login(agent)
    more()
    dossier(client, complaint)

    with CaptureQueriesContext(connection) as first:
        dossier(client, complaint)
    more()
    with django_assert_num_queries(len(first)):
        dossier(client, complaint)
