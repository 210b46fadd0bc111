"""Mass incidents on the desk."""

import pytest
from django.urls import reverse

from complaints.models import Gathered, IncidentUpdate, MassIncident, Message
from complaints.services import incidents


@pytest.fixture
def incident(supervisor, branch):
    return incidents.open_incident(by=supervisor, title="Power cut", text="A cable broke.", department=branch)


def test_from_opening_to_one_update(client, complaint, register, supervisor, branch):
    other = register().complaint
    client.force_login(supervisor)
    assert "No mass incident is open to you" in client.get(reverse("desk:incidents")).content.decode()
    given = {"title": "Power cut", "text": "A cable broke.", "department": branch.pk}
    answer = client.post(reverse("desk:incident-new"), given)
    incident = MassIncident.objects.get()
    page = reverse("desk:incident", args=[incident.pk])
    assert answer["Location"] == page
    typed = f"{complaint.reference}, {other.reference.lower()}"
    assert client.post(reverse("desk:incident-gather", args=[incident.pk]), {"references": typed}).status_code == 302
    shown = client.get(page).content.decode()
    assert complaint.reference in shown
    assert "Send to 2 open complaints" in shown
    update = {"body": "It is back.", "sure": "on", "key": "k"}
    for _press in range(2):
        answer = client.post(reverse("desk:incident-tell", args=[incident.pk]), update, follow=True)
    assert "to 2 complaints" in answer.content.decode()
    assert Message.objects.filter(body="It is back.").count() == 2
    assert "Power cut" in client.get(reverse("desk:incidents")).content.decode()
    client.post(reverse("desk:incident-close", args=[incident.pk]))
    assert "One update to all" not in client.get(page).content.decode()


def test_a_complaint_joins_and_leaves_from_its_dossier(client, complaint, incident, agent):
    client.force_login(agent)
    address = reverse("desk:gather", args=[complaint.reference])
    assert "Power cut" in client.get(address).content.decode()
    assert client.post(address, {"version": 1, "incident": incident.pk}).status_code == 302
    dossier = client.get(reverse("desk:dossier", args=[complaint.reference])).content.decode()
    assert f"gathered it under mass incident no. {incident.pk}" in dossier
    assert Gathered.objects.get().complaint == complaint
    leave = reverse("desk:release", args=[complaint.reference])
    assert client.post(leave, {"version": 2, "reasons": ""}, headers={"HX-Request": "true"}).status_code == 422
    assert client.post(leave, {"version": 2, "reasons": "Another street."}).status_code == 302
    assert not Gathered.objects.exists()


def test_what_is_not_right_comes_back_with_what_was_typed(client, complaint, incident, supervisor):
    client.force_login(supervisor)
    assert client.post(reverse("desk:incident-new"), {"title": ""}).status_code == 422
    gather = reverse("desk:incident-gather", args=[incident.pk])
    for typed in ("", "R26-999999-X", "x" * 5000, "\x00"):
        assert client.post(gather, {"references": typed}).status_code == 422
    answer = client.post(reverse("desk:incident-tell", args=[incident.pk]), {"body": "Keep me"})
    assert answer.status_code == 422
    client.post(gather, {"references": complaint.reference})
    answer = client.post(reverse("desk:incident-tell", args=[incident.pk]), {"body": "Keep me"})
    assert answer.status_code == 422
    assert "Keep me" in answer.content.decode()
    assert client.post(gather, {"references": complaint.reference}).status_code == 422
    assert not IncidentUpdate.objects.exists()


def test_whoever_does_not_see_it_finds_nothing(client, incident, outsider, agent):
    client.force_login(outsider)
    for name in ("incident", "incident-tell", "incident-gather", "incident-close"):
        address = reverse(f"desk:{name}", args=[incident.pk])
        assert (client.get(address) if name == "incident" else client.post(address)).status_code == 404
    assert client.get(reverse("desk:incident", args=[2**70])).status_code == 404
    client.force_login(agent)
    answer = client.post(reverse("desk:incident-tell", args=[incident.pk]), {"body": "x", "sure": "on"})
    assert answer.status_code == 403


def test_twice_as_many_complaints_cost_the_page_the_same(
    client, register, incident, agent, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(agent)
    page = reverse("desk:incident", args=[incident.pk])

    def more():
        ids = [register().complaint.pk for _number in range(2)]
        incidents.gather_all(incident=incident, by=agent, complaint_ids=ids)

    more()
    client.get(page)
    with django_assert_max_num_queries(40) as first:
        client.get(page)
    more()
    with django_assert_num_queries(len(first)):
        client.get(page)
