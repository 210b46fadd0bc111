"""Remedies for programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from complaints.models import Remedy, SupplierClaim

EXCHANGE = {"kind": "exchange", "what": "A new kettle."}
REFUND = {
    "kind": "compensation",
    "what": "We pay it back.",
    "currency": "TWD",
    "lines": [
        {"loss": "price", "what": "the charge", "claimed": "1500", "offered": "1200.50"},
        {"loss": "travel", "offered": "80"},
    ],
}
CLAIM = {"supplier": "Kettle Works", "amount": "900.50", "currency": "TWD", "grounds": "It broke."}


@pytest.fixture
def caller(program, agent):
    return program(agent)


@pytest.fixture
def case(register, caller):
    reference = register().complaint.reference
    caller.send(f"{reference}/acknowledge/")
    return reference


def test_plan_offer_accept_carry_out(caller, case, refused):
    assert caller.send(f"{case}/remedies/", EXCHANGE).status_code == 201
    answer = caller.send(f"{case}/remedies/", REFUND)
    remedy = answer.json()["remedies"][1]
    assert (remedy["number"], remedy["state"], remedy["claimed"], remedy["offered"]) == (
        2,
        "planned",
        "1500.000",
        "1280.500",
    )
    told = caller.send(f"{case}/resolve/", {"outcome": "upheld", "reasons": "x", "message": "y"})
    assert "no. 1 (Exchange, Planned)" in refused(told, 409, "remedies_open")["detail"]
    answer = caller.send(f"{case}/offer/", {"options": [[1], [2]], "message": "Please choose."})
    assert (answer.status_code, answer.json()["status"]) == (200, "waiting")
    chosen = {"option": 2, "through": "phone", "agreed": [{"remedy": 2, "line": 2, "amount": "60"}], "note": "Noon."}
    refused(caller.send(f"{case}/accept_offer/", chosen), 400, "invalid", "digest")
    for other in ("", "0" * 64):
        refused(caller.send(f"{case}/accept_offer/", chosen | {"digest": other}), 400, "invalid", "digest")
    read = answer.json()["offer_digest"]
    answer = caller.send(f"{case}/accept_offer/", chosen | {"digest": read})
    assert answer.json()["offer_digest"] == ""
    assert answer.json()["status"] == "carrying_out"
    assert [one["state"] for one in answer.json()["remedies"]] == ["not_chosen", "accepted"]
    slip = {"file": SimpleUploadedFile("slip.txt", b"paid"), "remedy": 2}
    assert caller.post(f"/api/v1/complaints/{case}/attach/", slip, format="multipart").status_code == 200
    today = timezone.localdate().isoformat()
    twice = [{"line": 1, "amount": "1000.50"}, {"line": 1, "amount": "10"}]
    refused(
        caller.send(f"{case}/remedies/2/carry_out/", {"on": today, "proof": "x", "paid": twice}),
        400,
        "invalid",
        "paid",
    )
    paid = [{"line": 1, "amount": "1000.50"}]
    carried = {"on": today, "proof": "Transfer 77.", "paid": paid, "why_less": "200 before."}
    done = caller.send(f"{case}/remedies/2/carry_out/", carried).json()["remedies"][1]
    assert (done["state"], done["carried_out_on"], done["accepted"], done["paid"]) == (
        "carried_out", today, "1260.500", "1060.500",
    )  # fmt: skip
    assert len(done["attachments"]) == 1
    answer = caller.send(f"{case}/remedies/2/still_broken/", {"body": "It never came."}).json()
    assert answer["remedies"][1]["state"] == "failed"
    assert answer["next_remedies"] == []
    assert caller.read(f"{case}/remedies/").json()["results"] == answer["remedies"]


def test_repaired_and_still_broken(caller, case):
    caller.send(f"{case}/remedies/", EXCHANGE)
    read = caller.send(f"{case}/offer/", {"options": [[1]], "message": "x"}).json()["offer_digest"]
    caller.send(f"{case}/accept_offer/", {"option": 1, "through": "visit", "digest": read})
    caller.send(f"{case}/remedies/1/carry_out/", {"on": timezone.localdate().isoformat(), "proof": "x"})
    answer = caller.send(f"{case}/remedies/1/still_broken/", {"body": "It leaks."}).json()
    assert answer["next_remedies"] == [{"after": 1, "kind": "return", "failed": 1}]
    answer = caller.send(f"{case}/remedies/", {"kind": "return", "what": "Money back.", "follows": 1}).json()
    assert (answer["remedies"][1]["follows"], answer["next_remedies"]) == (1, [])


def test_refuse_and_drop(caller, case, refused):
    caller.send(f"{case}/remedies/", EXCHANGE)
    refused(
        caller.send(f"{case}/accept_offer/", {"option": 1, "through": "phone", "digest": "x"}), 409, "illegal_move"
    )
    caller.send(f"{case}/offer/", {"options": [[1]], "message": "x"})
    assert caller.send(f"{case}/refuse_offer/", {"through": "letter"}).json()["remedies"][0]["state"] == "refused"
    caller.send(f"{case}/remedies/", EXCHANGE)
    answer = caller.send(f"{case}/remedies/2/drop/", {"reasons": "Sold out."}).json()
    assert answer["remedies"][1]["reasons"] == "Sold out."
    assert "plan_remedy" in answer["acts"]
    assert not {"drop_remedy", "carry_out", "settle_supplier_claim"} & set(answer["acts"])


def test_suppliers(caller, case, refused):
    answer = caller.send(f"{case}/supplier_claims/", CLAIM)
    assert (answer.status_code, answer.json()["supplier_claims"][0]["state"]) == (201, "claimed")
    settled = {"state": "recovered", "recovered": "450.25", "result": "Half."}
    answer = caller.send(f"{case}/supplier_claims/1/settle/", settled).json()
    assert answer["supplier_claims"][0]["recovered"] == "450.250"
    assert caller.read(f"{case}/supplier_claims/").json()["results"] == answer["supplier_claims"]
    refused(caller.send(f"{case}/supplier_claims/1/settle/", settled), 409, "illegal_move")
    refused(caller.send(f"{case}/supplier_claims/7/settle/", settled), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("remedies/", EXCHANGE | {"kind": "gossip"}, "kind"), ("remedies/", EXCHANGE | {"what": ""}, "what"),
        ("remedies/", REFUND | {"lines": [{"loss": "price", "offered": "1.0001"}]}, "lines.0.offered"),
        ("remedies/", REFUND | {"lines": [{"loss": "price", "offered": "-1"}]}, "lines.0.offered"),
        ("remedies/", REFUND | {"currency": "JPY"}, "lines"), ("remedies/", REFUND | {"lines": []}, "lines"),
        ("remedies/", EXCHANGE | {"follows": 99_999_999}, "follows"), ("remedies/", EXCHANGE | {"moon": 1}, "moon"),
        ("offer/", {"options": [], "message": "x"}, "options"),
        ("offer/", {"options": [[9]], "message": "x"}, "options"),
        ("offer/", {"options": "x", "message": "x"}, "options"),
        ("supplier_claims/", CLAIM | {"amount": "NaN"}, "amount"),
        ("supplier_claims/", CLAIM | {"remedy": 3}, "remedy"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken(caller, case, refused, path, body, field):
    refused(caller.send(f"{case}/{path}", body), 400, "invalid", field)
    assert not Remedy.objects.exists()
    assert not SupplierClaim.objects.exists()


def test_a_remedy_that_is_not_there(caller, case, refused):
    for number in (1, 99_999_999_999):
        refused(caller.send(f"{case}/remedies/{number}/drop/", {"reasons": "x"}), 404, "not_found")


def test_sent_twice_with_its_key_it_is_planned_once(caller, case, refused):
    for repeated in (None, "true"):
        answer = caller.send(f"{case}/remedies/", EXCHANGE, **{"Idempotency-Key": "k1"})
        assert (answer.status_code, answer.get("Idempotent-Replayed")) == (201, repeated)
    assert Remedy.objects.count() == 1
    again = caller.send(f"{case}/supplier_claims/", CLAIM, **{"Idempotency-Key": "k1"})
    refused(again, 409, "idempotency_conflict")
    other = caller.send(f"{case}/remedies/", EXCHANGE | {"what": "Two."}, **{"Idempotency-Key": "k1"})
    refused(other, 409, "idempotency_conflict")


def test_others_do_not_see_the_remedies(program, outsider, caller, case, refused):
    caller.send(f"{case}/remedies/", EXCHANGE)
    for path in ("remedies/", "supplier_claims/"):
        refused(program(outsider).read(f"{case}/{path}"), 404, "not_found")
