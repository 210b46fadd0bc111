"""Proofs, numbers and links to the form for programs."""

import json
import re

import pytest
from django.test import Client

from complaints.models import CaseNumber, FormLink, Proof


@pytest.fixture
def reference(register):
    return register().complaint.reference


def test_proofs_are_listed_and_settled_and_numbers_recorded(program, agent, reference):
    caller = program(agent)
    proof = {"kind": "picture", "what": "The broken lid", "brought_by": "complainant"}
    [told] = caller.send(f"{reference}/list_proof/", proof).json()["proofs"]
    assert (told["number"], told["state"], told["listed_by"]) == (1, "missing", agent.email)
    settled = {"proof": 1, "state": "unavailable", "remark": "Thrown away"}
    [told] = caller.send(f"{reference}/settle_proof/", settled).json()["proofs"]
    assert (told["state"], told["remark"], told["file"]) == ("unavailable", "Thrown away", None)
    told = caller.send(f"{reference}/record_number/", {"kind": "error", "value": "E-77"}).json()
    assert told["numbers"] == [{"kind": "error", "value": "E-77"}]


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("list_proof", {"kind": "hearsay", "what": "x", "brought_by": "office"}), ("list_proof", {"kind": "picture"}),
        ("settle_proof", {"proof": 1, "state": "there"}), ("settle_proof", {"proof": 10**30, "state": "there"}),
        ("record_number", {"kind": "error", "value": ""}), ("record_number", {"kind": "error", "value": "x" * 101}),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, agent, reference, refused, verb, given):
    refused(program(agent).send(f"{reference}/{verb}/", given), 400, "invalid")
    assert not Proof.objects.exists()
    assert not CaseNumber.objects.exists()


def test_a_telephone_menu_gets_a_link_to_the_form(program, agent, refused):
    caller = program(agent)

    def ask(**given):
        return caller.post("/api/v1/form-links/", json.dumps(given), content_type="application/json")

    refused(ask(email="no", tone="kind"), 400, "invalid", "email", "tone")
    refused(
        program(agent, scopes=["read"]).post("/api/v1/form-links/", "{}", content_type="application/json"),
        403,
        "scope_missing",
    )
    answer = ask(phone="0912 345 678", channel="voicemail")
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert FormLink.objects.get().channel == "voicemail"
    address = re.search(r"/file/link/[\w-]+/", answer.json()["url"])[0]
    assert Client().post(address).status_code == 302
