"""A link to the public form: made at the desk or through the API, opened once, sent by the complainant."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership
from complaints.models import Complaint, Draft, FormLink
from complaints.services import form_links, leftovers

KNOWN = {
    "name": "Lin Mei-hua", "phone": "0912 345 678", "email": "lin@example.org",
    "subject": "Charged twice", "description": "My card was charged twice.", "language": "en",
}  # fmt: skip


def made_at_the_desk(desk, agent) -> tuple[str, str]:
    page = unescape(desk(agent).post("/desk/register/link/", KNOWN).content.decode())
    return page, re.search(r"(/file/link/[\w-]+/)", page)[1]


def test_it_opens_once_and_what_was_said_stands_in_the_form(desk, agent, head_office):
    page, address = made_at_the_desk(desk, agent)
    assert "sms:0912345678?body=" in page
    assert "mailto:lin@example.org?" in page
    visitor = Client()
    assert "Your form is ready" in visitor.get(address).content.decode(), "a preview opens nothing"
    assert FormLink.objects.exists()
    assert visitor.post(address).url == "/file/what-happened/"
    assert not FormLink.objects.exists(), "nothing of theirs is kept but their draft"
    assert "My card was charged twice." in visitor.get("/file/what-happened/").content.decode()
    assert "0912 345 678" in visitor.get("/file/contact/").content.decode()
    other = Client()
    assert other.get(address).status_code == 410
    assert other.post(address).status_code == 410
    assert "Charged twice" in visitor.get("/file/check/").content.decode()
    assert visitor.post("/file/check/").url == "/file/receipt/"
    complaint = Complaint.objects.get()
    assert (complaint.channel, complaint.registered_by, complaint.complainant.phone) == ("sms", None, "0912 345 678")


def test_one_that_is_too_old_opens_nothing_and_is_swept_out(desk, agent, head_office):
    _page, address = made_at_the_desk(desk, agent)
    past = timezone.now() - timedelta(seconds=1)
    FormLink.objects.update(made_at=past - form_links.LASTS, expires_at=past)
    assert Client().post(address).status_code == 410
    assert not Draft.objects.exists()
    leftovers.sweep_out(now=timezone.now())
    assert not FormLink.objects.exists()


@pytest.mark.parametrize("wrong", [{"email": "no"}, {"name": "x" * 201}, {"language": "fr"}])
def test_what_is_not_right_comes_back(desk, agent, wrong):
    assert desk(agent).post("/desk/register/link/", KNOWN | wrong).status_code == 422
    assert not FormLink.objects.exists()


def test_who_may_not_register_makes_none(desk, agent):
    Membership.objects.filter(user=agent).delete()
    assert desk(agent).get("/desk/register/link/").status_code == 403
    assert desk(agent).post("/desk/register/link/", KNOWN).status_code == 403
