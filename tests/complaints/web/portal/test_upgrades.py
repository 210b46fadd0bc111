"""Having something taken further at the public doors: from one's own case, and without a number."""

import re
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from complaints import access
from complaints.models import Complaint, Upgrade
from complaints.services import casework, unrecorded_upgrades
from complaints.services.intake import ComplainantDetails

SENT = {
    "name": "Wang Da-ming",
    "phone": "0912 345 678",
    "told_on": "2026-11-02",
    "told_about": "A man at the counter.",
    "subject": "Refund",
    "grounds": ["unresolved"],
    "body": "They took it and forgot.",
}


@pytest.fixture
def case(client, register, manager):
    complaint = register().complaint
    client.get(access.signed_link(complaint).removeprefix("http://127.0.0.1:8000"), follow=True)
    return complaint


def told(response):
    return unescape(response.content.decode())


def fill_in(client, **changes):
    token = re.search(r'name="once" value="([^"]+)"', told(client.get("/upgrade/")))[1]
    return {"once": token} | SENT | changes


def test_the_complainant_demands_it_on_their_page_and_follows_it_there(client, case):
    assert "Not content with how we handle it?" in told(client.get(f"/track/{case.reference}/"))
    refused = client.post(f"/track/{case.reference}/upgrade/", {"further-body": "Nobody answers me."})
    assert refused.status_code == 422
    assert "Choose at least one reason." in told(refused)
    assert "Nobody answers me." in told(refused)
    answer = client.post(
        f"/track/{case.reference}/upgrade/",
        {"further-grounds": ["overdue", "not_informed"], "further-body": "Nobody answers me."},
        follow=True,
    )
    made = Complaint.objects.get(upgrade__earlier=case)
    assert answer.redirect_chain == [(f"/track/{made.reference}/", 302)]
    page = told(answer)
    assert f"This takes your complaint {case.reference} further." in page
    assert "upgrade" not in re.sub(r'(?:action|href|name|id|for)="[^"]*"', "", page).lower(), "never the class"
    page = told(client.get(f"/track/{case.reference}/"))
    assert "You asked us to take it further" in page
    assert "Not content with how we handle it?" not in page
    assert client.post(f"/track/{case.reference}/further/").url == f"/track/{made.reference}/"
    again = client.post(
        f"/track/{case.reference}/upgrade/", {"further-grounds": "overdue", "further-body": "Once more."}
    )
    assert again.status_code == 422
    assert "Once more." in told(again)


def test_somebody_else_can_do_nothing_with_it(case):
    stranger = Client()
    for door in ("upgrade", "further"):
        assert stranger.post(f"/track/{case.reference}/{door}/", {"further-body": "x"}).status_code == 403
    assert not Upgrade.objects.exists()


def test_what_was_never_taken_further_leads_nowhere(client, case):
    assert client.post(f"/track/{case.reference}/further/").status_code == 404
    assert client.get(f"/track/{case.reference}/upgrade/").status_code == 302


def test_without_a_number_it_comes_in_once_and_shows_its_receipt(client, head_office, specialist):
    filled = fill_in(client)
    answer = client.post("/upgrade/", filled, follow=True)
    made = Upgrade.objects.get().complaint
    assert answer.redirect_chain == [("/upgrade/receipt/", 302)]
    assert made.reference in told(answer)
    assert (made.holder, made.upgrade.told_about) == (specialist, SENT["told_about"])
    client.post("/upgrade/", filled)
    assert Upgrade.objects.count() == 1
    secret = re.search(r"[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}", told(client.get("/upgrade/receipt/")))[0]
    opened = Client().post("/track/", {"reference": made.reference, "secret": secret})
    assert opened.url == f"/track/{made.reference}/"
    assert client.post("/upgrade/receipt/").url == f"/track/{made.reference}/"
    assert client.get("/upgrade/receipt/").status_code == 410


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grounds": []}, "Choose at least one reason."),
        ({"grounds": ["harm"]}, "Choose from the reasons on this page."),
        ({"phone": ""}, "Give a phone number or an e-mail address"),
        ({"name": ""}, "Give your name."),
        ({"told_on": "2199-01-01"}, "This day lies in the future."),
        ({"told_on": "soon"}, "Give the day as year, month and day"),
        ({"body": "x" * 20_001}, "20000 are taken"),
    ],
)
def test_what_is_not_right_is_said_and_nothing_is_lost(client, head_office, changes, sentence):
    answer = client.post("/upgrade/", fill_in(client, **changes))
    assert answer.status_code == 422
    assert sentence in told(answer)
    assert SENT["told_about"] in told(answer)
    assert not Upgrade.objects.exists()


def test_a_token_that_is_none_of_ours_makes_no_secret_that_others_could_guess(client, head_office):
    client.post("/upgrade/", fill_in(client, once="a"))
    assert unrecorded_upgrades.receipt("a") is None
    assert Upgrade.objects.count() == 1


def test_the_door_says_the_same_whether_there_is_such_a_case_or_not(register, head_office, specialist):
    def asked(name, phone):
        client = Client()
        answer = client.post("/upgrade/", fill_in(client, name=name, phone=phone), follow=True)
        page = told(client.get(f"/track/{Upgrade.objects.first().complaint.reference}/"))
        mark = re.compile(r"R\d\d-\d{6}-.|[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}|csrf\w+\" value=\"\w+|\d\d:\d\d")
        return mark.sub("", told(answer)), mark.sub("", page)

    known = register(complainant=ComplainantDetails(name="Wang Da-ming", phone="0912 345 678")).complaint
    casework.acknowledge(complaint_id=known.pk, by=specialist)
    with time_machine.travel(timezone.now(), tick=False):
        assert asked("Wang Da-ming", "0912 345 678") == asked("Wang Da-ming", "0933 333 333")


def test_too_many_from_one_address_come_back_later(client, head_office, settings):
    settings.RATELIMIT_ENABLE, settings.PORTAL_FILE_RATE = True, "1/h"
    client.post("/upgrade/", fill_in(client))
    late = client.post("/upgrade/", fill_in(client))
    assert late.status_code == 429
    assert SENT["body"] in told(late)
