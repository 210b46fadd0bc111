"""The final response for programs."""

import pytest

from common import typesetting
from complaints.models import FinalResponse, ResponseRule

PARTS = [
    {"part": part, "text": f"About {part}."}
    for part in ("concern", "considered", "finding", "reasons", "remedy", "recourse", "contact")
]
LETTER = {"outcome": "upheld", "parts": PARTS}


@pytest.fixture(autouse=True)
def _quick_type(monkeypatch):
    """Setting type takes half a second; that it is right is asked elsewhere."""
    monkeypatch.setattr(typesetting, "pdf", lambda **_letter: b"%PDF-1.4\n%%EOF\n")


@pytest.fixture
def reference(register):
    return register().complaint.reference


def test_write_approve_send(program, agent, supervisor, reference, refused):
    ResponseRule.objects.create(code="r", name="R", parts=["finding"], four_eyes=True)
    caller, senior = program(agent), program(supervisor)
    answer = caller.send(f"{reference}/draft_response/", LETTER | {"parts": PARTS[3:], "until": "2099-12-31"})
    assert answer.status_code == 200
    [told] = caller.read(f"{reference}/responses/").json()["results"]
    assert (told["state"], told["until"], told["needs_approval"]) == ("draft", "2099-12-31", True)
    assert [lack["field"] for lack in told["missing"]] == ["finding"]
    problem = refused(caller.send(f"{reference}/send_response/"), 400, "response_incomplete", "finding")
    assert "What we found" in problem["detail"]
    refused(caller.send(f"{reference}/draft_response/", LETTER | {"parts": PARTS[3:], "ready": True}), 400,
            "response_incomplete", "finding")  # fmt: skip
    assert caller.send(f"{reference}/draft_response/", LETTER | {"ready": True}).status_code == 200
    refused(caller.send(f"{reference}/send_response/"), 409, "second_person_needed")
    [told] = caller.read(f"{reference}/responses/").json()["results"]
    read = {"digest": told["digest"]}
    refused(caller.send(f"{reference}/approve_response/", read), 403, "not_allowed")
    refused(senior.send(f"{reference}/approve_response/"), 400, "invalid", "digest")
    assert senior.send(f"{reference}/return_response/", {"reasons": "Name the day."}).status_code == 200
    refused(senior.send(f"{reference}/approve_response/", read), 409, "illegal_move")
    caller.send(f"{reference}/draft_response/", LETTER | {"ready": True, "until": "2099-12-31"})
    refused(senior.send(f"{reference}/approve_response/", read), 400, "invalid", "digest")
    [told] = caller.read(f"{reference}/responses/").json()["results"]
    assert senior.send(f"{reference}/approve_response/", {"digest": told["digest"]}).status_code == 200
    sent = caller.send(f"{reference}/send_response/")
    assert sent.status_code == 200
    assert (sent.json()["status"], sent.json()["outcome"]) == ("resolved", "upheld")
    [told] = caller.read(f"{reference}/responses/").json()["results"]
    assert (told["state"], told["approved_by"], told["sent_by"]) == ("sent", supervisor.email, agent.email)
    assert told["missing"] == []
    [file] = caller.read(f"{reference}/attachments/").json()["results"]
    assert (file["id"], file["sha256"], file["internal"]) == (told["attachment"], told["sha256"], False)
    assert sent.json()["links"]["responses"].endswith(f"{reference}/responses/")


def test_a_letter_may_be_required(program, agent, reference, refused):
    ResponseRule.objects.create(code="r", name="R", parts=[], letter_required=True)
    given = {"outcome": "upheld", "reasons": "x", "message": "y"}
    refused(program(agent).send(f"{reference}/resolve/", given), 409, "letter_needed")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("outcome", "odd"), ("outcome", "withdrawn"), ("parts", []), ("parts", "x"), ("parts", [5]), ("parts", None),
        ("parts", [{"part": "poem", "text": "x"}]), ("parts", [{"part": "finding"}]),
        ("parts", [{"part": "finding", "text": "x" * 20_001}]), ("parts", [{"part": "finding", "text": "\x00"}]),
        ("parts", [{"part": "finding", "text": "x"}] * 2), ("until", "soon"), ("until", "2020-01-01"),
        ("ready", "perhaps"), ("colour", "red"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, agent, reference, refused, field, wrong):
    refused(program(agent).send(f"{reference}/draft_response/", LETTER | {field: wrong}), 400, "invalid")
    assert not FinalResponse.objects.exists()


def test_who_does_not_see_it_finds_nothing(program, outsider, reference):
    caller = program(outsider)
    assert caller.read(f"{reference}/responses/").status_code == 404
    for verb in ("draft", "approve", "return", "send"):
        assert caller.send(f"{reference}/{verb}_response/", LETTER).status_code == 404


def test_if_match(program, agent, reference, refused):
    caller = program(agent)
    refused(caller.send(f"{reference}/draft_response/", LETTER, **{"If-Match": '"77"'}), 412, "changed_meanwhile")
    caller.send(f"{reference}/draft_response/", LETTER)
    refused(caller.send(f"{reference}/send_response/", **{"If-Match": '"1"'}), 412, "changed_meanwhile")
