"""Remedies on the desk: the panel and the forms."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from complaints.models import Remedy, RemedyItem, SupplierClaim
from complaints.remedying import Loss, RemedyKind
from complaints.selectors import digests
from complaints.services import carrying_out, casework, offers, remedies, supplier_claims
from complaints.services.remedies import Line
from complaints.vocabulary import Channel

TODAY = timezone.localdate


@pytest.fixture
def complaint(register, agent):
    complaint = register().complaint
    casework.acknowledge(complaint_id=complaint.pk, by=agent)
    return complaint


@pytest.fixture
def plan(complaint, agent):
    def _plan(kind=RemedyKind.EXCHANGE, what="A new kettle.", **given):
        return remedies.plan(complaint_id=complaint.pk, by=agent, kind=kind, what=what, **given)

    return _plan


def test_a_remedy_goes_its_way_by_forms(desk, complaint, agent, words):
    office = desk(agent)
    money = {"lines_0": "price", "lines_1": "the charge", "lines_2": "1,500", "lines_3": "1200.50", "currency": "TWD"}
    answer = office.does("plan-remedy", complaint, kind="compensation", what="We pay it back.", **money)
    assert answer.status_code == 302
    assert office.does("plan-remedy", complaint, kind="apology", what="We are sorry.").status_code == 302
    page = words(office.opens(complaint, "offer"))
    assert "Choice A" in page
    assert "No. 2, Apology: We are sorry." in page
    answer = office.does("offer", complaint, option_1="1", option_2="1", message="Please choose.")
    assert answer.status_code == 302
    assert "Agreed for no. 1, Price or fee (the charge)" in words(office.opens(complaint, "accept-offer"))
    answer = office.does("accept-offer", complaint, option="1", through="phone", agreed_1_1="1000", note="At noon.")
    assert answer.status_code == 302
    assert RemedyItem.objects.get().accepted == Decimal(1000)
    page = words(office.opens(complaint, "carry-out", query_params={"remedy": 1}))
    assert "Agreed: TWD 1,000.00." in page
    slip = SimpleUploadedFile("slip.txt", b"paid", content_type="text/plain")
    given = {"on": TODAY().isoformat(), "proof": "Transfer 77."}
    assert office.does("carry-out", complaint, remedy="1", paid_1="", files=slip, **given).status_code == 302
    assert office.does("carry-out", complaint, remedy="2", **given, headers={"HX-Request": "true"})["HX-Redirect"]
    assert office.does("still-broken", complaint, remedy="1", body="It never came.").status_code == 302
    dossier = words(office.opens(complaint))
    for told in (
        "slip.txt",
        "Transfer 77.",
        "TWD 1,000.00",
        "Still not put right",
        "offered remedies to the complainant: A (no. 1, 2).",
    ):
        assert told in dossier


def test_the_panel_proposes_what_comes_next_and_its_form_is_filled_in(desk, complaint, agent, plan, words):
    office = desk(agent)
    plan()
    offers.offer(complaint_id=complaint.pk, by=agent, options=[[1]], message="x")
    offers.choose(complaint_id=complaint.pk, option=1, digest=digests.of_offer(complaint))
    assert "tasks/issue/?kind=carrying_out&remedy=1" in words(office.opens(complaint))
    assert "No. 1, Exchange: A new kettle." in words(office.opens(complaint, "issue-task"))
    carrying_out.carry_out(complaint_id=complaint.pk, number=1, by=agent, on=TODAY(), proof="x")
    carrying_out.report_failure(complaint_id=complaint.pk, number=1, body="It leaks.")
    page = words(office.opens(complaint))
    assert "Proposed next: Return of goods." in page
    assert "remedies/plan/?kind=return&follows=1" in page
    form = office.opens(complaint, "plan-remedy", query_params={"kind": "return", "follows": 1}).content.decode()
    assert 'value="return" id="plan_remedy-kind_0" checked' in form or 'value="return"' in form
    assert office.does("plan-remedy", complaint, kind="return", what="Money back.", follows="1").status_code == 302
    assert Remedy.objects.get(number=2).follows.number == 1


def test_dropping_refusing_and_suppliers_by_forms(desk, complaint, agent, plan, words):
    office = desk(agent)
    plan(), plan()
    assert office.does("drop-remedy", complaint, remedy="2", reasons="Sold out.").status_code == 302
    office.does("offer", complaint, option_1="1", message="Please choose.")
    assert office.does("refuse-offer", complaint, through="visit", note="").status_code == 302
    claim = {"supplier": "Kettle Works", "amount": "900.50", "currency": "TWD", "grounds": "It broke.", "remedy": "1"}
    assert office.does("claim-from-supplier", complaint, **claim).status_code == 302
    assert "Kettle Works" in words(office.opens(complaint))
    answer = office.does(
        "settle-supplier-claim", complaint, claim="1", state="recovered", recovered="900", result="Paid."
    )
    assert answer.status_code == 302
    assert SupplierClaim.objects.get().recovered == 900
    assert "settled claim no. 1 against a supplier: Recovered." in words(office.opens(complaint))


@pytest.mark.parametrize("htmx", [False, True])
def test_forms_that_are_not_right_come_back(desk, complaint, agent, plan, htmx, words):
    office, headers = desk(agent), {"HX-Request": "true"} if htmx else None
    lines = {"lines_0": "moon", "lines_3": "x", "lines_4": "price", "lines_8": "other", "lines_11": "1e"}
    lines |= {"lines_12": "other", "lines_15": "12,50"}
    answer = office.does("plan-remedy", complaint, kind="discount", what="x", currency="TWD", **lines, headers=headers)
    assert answer.status_code == 422
    for fault in ("Line 1: choose what", "Line 2: say how much", "Line 3: “1e” is no amount.", "“12,50” is no"):
        assert fault in words(answer)
    wrong = [
        ("plan-remedy", {"kind": "discount", "what": "x"}),
        ("plan-remedy", {"kind": "moon", "what": ""}),
        ("drop-remedy", {"remedy": "1", "reasons": "x"}),
        ("offer", {"message": "x"}),
        ("accept-offer", {"option": "1", "through": "phone"}),
        ("carry-out", {"remedy": "x", "on": "soon", "proof": "x"}),
        ("claim-from-supplier", {"supplier": "x", "amount": "-1", "currency": "TWD", "grounds": "x"}),
        ("settle-supplier-claim", {"claim": "9", "state": "recovered", "result": "x"}),
    ]
    for act, given in wrong:
        assert office.does(act, complaint, **given, headers=headers).status_code == 422, act
    plan()
    answer = office.does("offer", complaint, option_1="", message="x", headers=headers)
    assert "Choose what to offer." in words(answer)
    for number in ("", "9", "\x00", "1" * 30):
        assert office.does("drop-remedy", complaint, remedy=number, reasons="x", headers=headers).status_code == 422
    assert Remedy.objects.get().is_open


def test_acts_that_are_not_possible_say_why(desk, complaint, agent, plan, words):
    office = desk(agent)
    page = words(office.opens(complaint))
    assert "No remedy is planned. Plan one first." in page
    assert "No offer waits for an answer." in page
    plan()
    assert "no. 1 (Exchange, Planned)" in words(office.opens(complaint, "resolve"))


def test_others_do_not_find_the_forms(desk, complaint, outsider):
    for act in ("plan-remedy", "offer", "carry-out", "claim-from-supplier", "settle-supplier-claim"):
        assert desk(outsider).opens(complaint, act).status_code == 404


def test_twice_as_many_remedies_cost_the_dossier_the_same(
    desk, complaint, agent, plan, django_assert_num_queries, django_assert_max_num_queries
):
    office = desk(agent)

    def grow(start):
        for _number in range(2):
            plan(RemedyKind.GIFT, lines=[Line(Loss.OTHER, Decimal(5))] * 2, currency="TWD")
        offers.offer(complaint_id=complaint.pk, by=agent, options=[[start], [start + 1]], message="x")
        offers.record_choice(
            complaint_id=complaint.pk, digest=digests.of_offer(complaint), by=agent, option=1, through=Channel.PHONE
        )
        carrying_out.carry_out(complaint_id=complaint.pk, number=start, by=agent, on=TODAY(), proof="x")
        supplier_claims.claim(
            complaint_id=complaint.pk, by=agent, supplier="x", amount=Decimal(1), currency="TWD", grounds="x"
        )

    grow(1)
    office.opens(complaint)
    with django_assert_max_num_queries(60) as count:
        office.opens(complaint)
    grow(3)
    with django_assert_num_queries(len(count)):
        office.opens(complaint)


def test_the_only_choice_is_chosen_already(desk, complaint, agent, plan, words):
    plan()
    offers.offer(complaint_id=complaint.pk, by=agent, options=[[1]], message="A new kettle.")
    page = words(desk(agent).opens(complaint, "accept-offer"))
    assert page.count('type="radio"') == page.count("checked") == 1
