"""Sign-off for programs."""

import pytest

from accounts.roles import Role
from complaints.models import Proposal
from complaints.services import casework
from tests.complaints.signoff_stage import limit, plan, rule, three_parties
from tests.factories import DepartmentFactory, UserFactory


@pytest.fixture
def complaint(register, handler):
    return casework.acknowledge(complaint_id=register().complaint.pk, by=handler)


@pytest.fixture
def operator(head_office):
    control_room = DepartmentFactory(code="control-room", name="Control room", parent=head_office)
    return UserFactory(name="Operator", role=Role.HANDLER, department=control_room)


@pytest.fixture
def key_manager(head_office):
    key_accounts = DepartmentFactory(code="key-accounts", name="Key accounts", parent=head_office)
    return UserFactory(name="Key manager", role=Role.MANAGER, department=key_accounts)


@pytest.fixture
def reference(complaint, handler, manager, operator, key_manager):
    three_parties(operator.department, key_manager.department)
    plan(complaint, handler)
    return complaint.reference


def test_propose_and_sign(program, reference, handler, manager, operator, key_manager, refused):
    proposer, first, second, third = program(handler), program(operator), program(manager), program(key_manager)
    assert first.read(f"{reference}/").status_code == 404
    told = proposer.send(f"{reference}/propose/", {"text": "We take it back."}).json()
    assert told["status"] == "awaiting_signoff"
    [proposal] = told["proposals"]
    assert (proposal["number"], proposal["state"], proposal["remedies"], proposal["rules"]) == (
        1,
        "open",
        [1],
        ["return"],
    )
    assert [each["label"] for each in proposal["signatures"]] == [
        "Control room",
        "Shop manager",
        "Key-account manager",
    ]
    assert not {"sign", "refuse_to_sign"} & set(told["acts"])
    assert "take_back_proposal" in told["acts"]
    assert "sign" in first.read(f"{reference}/").json()["acts"]
    read = {"digest": proposal["digest"]}
    refused(first.send(f"{reference}/sign/", read), 400, "invalid", "checked")
    refused(first.send(f"{reference}/sign/", {"checked": [1, 3]}), 400, "invalid", "digest")
    refused(proposer.send(f"{reference}/sign/", read), 409, "second_person_needed")
    told = first.send(f"{reference}/sign/", read | {"checked": [1, 3], "instruction": "Keep the film."})
    assert told.status_code == 200
    second.send(f"{reference}/sign/", read | {"checked": [2], "party": 2})
    done = third.send(f"{reference}/sign/", read).json()
    assert (done["status"], done["proposals"][0]["state"]) == ("carrying_out", "signed")
    [listed] = proposer.read(f"{reference}/proposals/").json()["results"]
    assert listed == done["proposals"][0]
    assert listed["signatures"][0]["instruction"] == "Keep the film."
    assert listed["checks"][0] == {
        "number": 1, "text": "In sight all the time", "party": 1, "ticked_by": operator.email,
        "ticked_at": listed["signatures"][0]["decided_at"],
    }  # fmt: skip


def test_refuse_and_take_back(program, reference, handler, manager, refused):
    proposer, signer = program(handler), program(manager)
    refused(signer.send(f"{reference}/refuse_to_sign/", {"instruction": "x"}), 409, "illegal_move")
    proposer.send(f"{reference}/propose/", {"text": "x"})
    refused(signer.send(f"{reference}/refuse_to_sign/", {}), 400, "invalid", "instruction")
    told = signer.send(f"{reference}/refuse_to_sign/", {"instruction": "Ask the maker."}).json()
    assert (told["status"], told["proposals"][0]["state"]) == ("assessing", "refused")
    proposer.send(f"{reference}/propose/", {"text": "x"})
    told = proposer.send(f"{reference}/take_back_proposal/", {"reasons": "x"}).json()
    assert [each["state"] for each in told["proposals"]] == ["refused", "taken_back"]


def test_nobody_signs_a_proposal_that_was_made_since_they_read(program, reference, handler, operator, refused):
    proposer, signer = program(handler), program(operator)
    told = proposer.send(f"{reference}/propose/", {"text": "We take it back."}).json()
    body = {"digest": told["proposals"][0]["digest"], "checked": [1, 3]}
    proposer.send(f"{reference}/take_back_proposal/", {"reasons": "The price."})
    proposer.send(f"{reference}/remedies/", {"kind": "apology", "what": "We are sorry."})
    told = proposer.send(f"{reference}/propose/", {"text": "We take it back."}).json()
    problem = refused(signer.send(f"{reference}/sign/", body), 400, "invalid", "digest")
    assert "Read it as it stands now" in problem["detail"]
    assert signer.send(f"{reference}/sign/", body | {"digest": told["proposals"][1]["digest"]}).status_code == 200


def test_the_answer_waits_for_a_rule_about_grave_complaints(program, complaint, handler, manager, refused):
    rule("grave", ("Head", Role.MANAGER, None), classes=["unclassified"])
    caller, address = program(handler), complaint.reference
    body = {"outcome": "upheld", "reasons": "Seen.", "message": "We explain."}
    assert "Head" in refused(caller.send(f"{address}/resolve/", body), 409, "signatures_missing")["detail"]
    told = caller.send(f"{address}/propose/", {"text": "We explain."}).json()
    program(manager).send(f"{address}/sign/", {"digest": told["proposals"][0]["digest"]})
    assert caller.send(f"{address}/resolve/", body).json()["status"] == "resolved"
    [told] = caller.get("/api/v1/signoff-rules/").json()["results"]
    assert told["holds_answer"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("digest", ""), ("digest", "0" * 64), ("digest", None), ("digest", "\x00"),
        ("checked", 5), ("checked", ["x"]), ("checked", [10**30]), ("checked", [9]), ("party", 9), ("party", 10**30),
        ("party", "x"), ("instruction", "x" * 20_001), ("colour", "red"), ("instruction", "\x00"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, reference, handler, operator, refused, field, wrong):
    read = program(handler).send(f"{reference}/propose/", {"text": "x"}).json()["proposals"][0]["digest"]
    answer = program(operator).send(f"{reference}/sign/", {"checked": [1, 3], "digest": read} | {field: wrong})
    refused(answer, 400, "invalid")
    assert Proposal.objects.get().is_open


def test_the_rules_and_the_limits_can_be_read(program, reference, agent):
    limit(Role.MANAGER, 500)
    caller = program(agent)
    [rule] = caller.get("/api/v1/signoff-rules/").json()["results"]
    assert (rule["code"], rule["kinds"], len(rule["parties"])) == ("return", ["return", "exchange"], 3)
    assert rule["parties"][0] == {"position": 1, "label": "Control room", "role": "", "department": "control-room"}
    [found] = caller.get("/api/v1/authority-limits/").json()["results"]
    assert (found["role"], found["amount"], found["currency"]) == ("manager", "500.000", "TWD")
