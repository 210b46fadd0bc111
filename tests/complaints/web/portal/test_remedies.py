"""What the complainant sees of remedies, and what they say about them."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from complaints import access
from complaints.models import Remedy
from complaints.remedying import Loss, RemedyKind
from complaints.selectors import digests
from complaints.services import carrying_out, casework, offers, remedies
from complaints.services.remedies import Line
from complaints.vocabulary import Channel

SECRET = "canary-4c1d"


@pytest.fixture
def case(client, register, agent):
    """An acknowledged complaint with an exchange and a voucher planned, open in this browser."""
    complaint = register().complaint
    client.get(access.signed_link(complaint).removeprefix("http://127.0.0.1:8000"), follow=True)
    given = {"complaint_id": complaint.pk, "by": agent}
    casework.acknowledge(**given)
    remedies.plan(**given, kind=RemedyKind.EXCHANGE, what="A new kettle.")
    voucher = [Line(Loss.OTHER, Decimal(200), what=SECRET)]
    remedies.plan(**given, kind=RemedyKind.GIFT, what="A voucher.", lines=voucher, currency="TWD")
    return complaint


@pytest.fixture
def offered(case, agent):
    offers.offer(complaint_id=case.pk, by=agent, options=[[1], [2]], message="We are sorry about the kettle.")
    return case


def page_of(client, complaint):
    page = client.get(f"/track/{complaint.reference}/")
    assert page.status_code == 200
    return unescape(page.content.decode())


def send(client, complaint, door, **given):
    return client.post(f"/track/{complaint.reference}/{door}/", given)


def test_what_is_only_planned_is_not_told(client, case):
    page = page_of(client, case)
    assert "kettle" not in page
    assert "voucher" not in page


def test_an_offer_says_until_when_and_one_that_has_lapsed_cannot_be_accepted(client, case, agent):
    until = timezone.now() + timedelta(days=2)
    offers.offer(complaint_id=case.pk, by=agent, options=[[1]], message="Please choose.", stands_until=until)
    assert "You can accept this until" in page_of(client, case)
    past = timezone.now() - timedelta(days=1)
    Remedy.objects.filter(number=1).update(offered_at=past - timedelta(days=1), stands_until=past)
    page = page_of(client, case)
    assert "it has lapsed" in page
    assert 'name="offer-option"' not in page
    answer = send(client, case, "offer", **{"offer-digest": digests.of_offer(case), "offer-option": 1})
    assert "cannot be accepted any more" in unescape(answer.content.decode())


def test_they_choose_one_of_what_is_offered_without_javascript(client, offered, agent):
    page = page_of(client, offered)
    for words in ("We are sorry about the kettle.", "wait for your choice", "Exchange", "Gift (TWD 200.00)"):
        assert words in page
    answer = send(client, offered, "offer", **{"offer-digest": digests.of_offer(offered), "offer-option": 2})
    assert answer.status_code == 302
    page = page_of(client, offered)
    assert "We will carry out what you chose." in page
    assert "Agreed with you:" in page
    assert "Not done yet" in page
    assert "Exchange" not in page
    given = {"complaint_id": offered.pk, "number": 2, "by": agent, "on": timezone.localdate()}
    carrying_out.carry_out(**given, proof=SECRET)
    page = page_of(client, offered)
    assert "Done on" in page
    assert "It is still not right" in page
    assert SECRET not in page
    answer = send(client, offered, "still-broken", **{"broken-remedy": 2, "broken-body": "The code is refused."})
    assert answer.status_code == 302
    assert Remedy.objects.get(number=2).state == "failed"
    assert "You told us that it is still not right:" in page_of(client, offered)


def test_an_amount_says_what_it_is_made_of(client, case, agent):
    given = {"complaint_id": case.pk, "by": agent}
    lines = [Line(Loss.REPAIR, Decimal(300), what=SECRET), Line(Loss.TRAVEL, Decimal(60), what=SECRET)]
    remedies.plan(**given, kind=RemedyKind.COMPENSATION, what="For the floor.", lines=lines, currency="TWD")
    offers.offer(**given, options=[[3]], message="Please choose.")
    page = page_of(client, case)
    for words in ("Compensation (TWD 360.00)", str(Loss.REPAIR.label), "TWD 300.00", "TWD 60.00"):
        assert words in page
    assert SECRET not in page
    send(client, case, "offer", **{"offer-digest": digests.of_offer(case), "offer-option": 1})
    assert "TWD 60.00" in page_of(client, case)


def test_they_accept_only_what_they_have_read(client, case, agent):
    given = {"complaint_id": case.pk, "by": agent}
    offers.offer(**given, options=[[1, 2]], message="Both of it.")
    [read] = re.findall(r'name="offer-digest" value="(\w{64})"', page_of(client, case))
    remedies.drop(**given, number=2, reasons="No vouchers left.", message="There is no voucher.")
    answer = send(client, case, "offer", **{"offer-digest": read, "offer-option": 1})
    page = unescape(answer.content.decode())
    assert (answer.status_code, "The offer has changed since it was read." in page) == (422, True)
    assert Remedy.objects.get(number=1).state == "offered"
    [read] = re.findall(r'name="offer-digest" value="(\w{64})"', page)
    assert send(client, case, "offer", **{"offer-digest": read, "offer-option": 1}).status_code == 302


def test_they_refuse_with_or_without_words(client, offered):
    answer = send(client, offered, "offer/refuse", **{"refuse-number": 1, "refuse-body": "I want my money."})
    assert answer.status_code == 302
    assert set(Remedy.objects.values_list("state", flat=True)) == {"refused"}
    page = page_of(client, offered)
    assert "I want my money." in page
    assert "What we offer you" not in page


def test_what_the_office_noted_for_them_is_not_shown_to_them(client, offered, agent):
    offers.record_choice(
        complaint_id=offered.pk,
        digest=digests.of_offer(offered),
        by=agent,
        option=1,
        through=Channel.PHONE,
        note=SECRET,
    )
    page = page_of(client, offered)
    assert "You accepted what we offered" in page
    assert SECRET not in page


@pytest.mark.parametrize(
    ("door", "given"),
    [("offer", {}), ("offer", {"offer-option": 9}), ("offer", {"offer-option": 5}), ("offer", {"offer-option": 1}),
     ("offer", {"offer-digest": "0" * 64, "offer-option": 1}), ("offer", {"offer-digest": "x" * 65}),
     ("offer", {"offer-digest": "\x00", "offer-option": "\x00"}),
     ("offer/refuse", {"refuse-number": 1, "refuse-body": "x" * 20_001}), ("offer/refuse", {"refuse-number": 5}),
     ("still-broken", {"broken-remedy": 1, "broken-body": "x"}), ("still-broken", {})],
)  # fmt: skip
def test_what_is_not_right_comes_back_with_a_sentence(client, offered, door, given):
    answer = send(client, offered, door, **given)
    assert answer.status_code == 422
    assert 'class="error-summary' in answer.content.decode() or "field__error" in answer.content.decode()
    assert set(Remedy.objects.values_list("state", flat=True)) == {"offered"}


def test_words_are_not_lost_when_the_offer_is_gone(client, offered, agent):
    offers.record_refusal(complaint_id=offered.pk, by=agent, through=Channel.PHONE)
    answer = send(client, offered, "offer/refuse", **{"refuse-number": 1, "refuse-body": "I want my money."})
    assert answer.status_code == 422
    assert "I want my money." in answer.content.decode()


def test_nobody_answers_for_a_case_that_is_not_open_in_their_browser(offered):
    stranger = Client()
    given = {"offer-digest": digests.of_offer(offered), "offer-option": 1}
    for door in ("offer", "offer/refuse", "still-broken"):
        answer = stranger.post(f"/track/{offered.reference}/{door}/", given)
        assert answer.status_code == 403
    assert set(Remedy.objects.values_list("state", flat=True)) == {"offered"}


def test_looking_at_the_address_of_an_answer_leads_to_the_case(client, offered):
    assert client.get(f"/track/{offered.reference}/offer/").url == f"/track/{offered.reference}/"


def test_twice_as_many_remedies_cost_the_page_the_same(
    client, offered, agent, django_assert_num_queries, django_assert_max_num_queries
):
    page_of(client, offered)
    with django_assert_max_num_queries(40) as count:
        page_of(client, offered)
    given = {"complaint_id": offered.pk, "by": agent}
    offers.record_choice(**given, option=2, through=Channel.PHONE, digest=digests.of_offer(offered))
    remedies.plan(**given, kind=RemedyKind.REPAIR, what="We mend it.")
    remedies.plan(**given, kind=RemedyKind.REDO, what="Once more.")
    offers.offer(**given, options=[[3, 4]], message="And this.")
    with django_assert_num_queries(len(count)):
        page_of(client, offered)
