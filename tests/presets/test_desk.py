"""Presets on the desk, for administrators."""

import pytest

from accounts.models import Department
from complaints.models import AuthorityLimit
from escalation.models import Policy
from tests.factories.escalation import publish_calendar, publish_policy

pytestmark = pytest.mark.django_db

LIST, PAGE, LOAD = "/desk/presets/", "/desk/presets/hospital/", "/desk/presets/hospital/load/"


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_tells_what_it_brings_and_loads_it_once_somebody_is_sure(desk, administrator):
    listed = words(desk.get(LIST))
    assert listed.count("Not loaded") == 5
    assert 'href="/desk/presets/hospital/"' in listed
    page = words(desk.get(PAGE))
    for said in (
        "The director must acknowledge it within half an hour",
        "Mainland China: hospital",
        "Duty officer: nobody yet",
        "Its policies are published",
        "hospital-compensation",
    ):
        assert said in page
    refused = desk.post(LOAD, {})
    assert refused.status_code == 422
    assert "tick this box" in words(refused)
    assert not Department.objects.filter(code="hospital").exists()
    answer = desk.post(LOAD, {"sure": "on"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Everything of it is here." in words(answer)
    assert Policy.objects.get(code="hospital-standard").versions.get().published_by == administrator
    assert "seats are empty" in words(desk.get(LIST))
    assert "Everything of it was here already" in words(desk.post(LOAD, {"sure": "on"}, follow=True))


def test_drafts_what_stays_and_what_stands_in_the_way_are_told(desk):
    publish_calendar()
    publish_policy("standard", match={"priority": ["urgent"]})
    AuthorityLimit.objects.create(role="handler", currency="CNY", amount=1, changed_at="2026-01-01T00:00Z")
    page = words(desk.get(PAGE))
    assert "Its policies come as drafts" in page
    assert "Complaints without a category go to" in page
    assert "This belongs to the whole office and stays as you have it:" in page
    assert "Compare them with yours" in words(desk.post(LOAD, {"sure": "on"}, follow=True))
    Department.objects.filter(code="hospital-nursing").update(name="Wards")
    page = words(desk.get(PAGE))
    assert "Department hospital-nursing: “name” is “Wards” here, and “Nursing” in the preset." in page
    assert "Load the preset" not in page
    refused = desk.post(LOAD, {"sure": "on"})
    assert refused.status_code == 422
    assert "nothing of it is overwritten" in words(refused)


def test_others_stay_outside_and_bad_addresses_are_not_there(client, desk, supervisor):
    assert desk.get("/desk/presets/moon/").status_code == 404
    assert desk.post("/desk/presets/moon/load/", {"sure": "on"}).status_code == 404
    assert desk.get(LOAD).status_code == 405
    client.force_login(supervisor)
    assert {client.get(LIST).status_code, client.get(PAGE).status_code} == {403}
    assert client.post(LOAD, {"sure": "on"}).status_code == 403
    assert LIST not in client.get("/desk/").content.decode()
    client.logout()
    assert client.get(LIST).status_code == 302


def test_the_page_reads_in_chinese(desk, administrator):
    administrator.language = "zh-hant"
    administrator.save()
    page = words(desk.get(PAGE))
    assert "醫患溝通辦公室統一接待" in page
    assert "中國大陸：醫院" in page
