"""Proceedings, holds, authorities and joint complainants for programs."""

import pytest
from django.utils import timezone

from complaints.models import Authority, JointComplainant, LegalHold, Proceeding
from complaints.services.intake import ComplainantDetails


@pytest.fixture
def reference(register):
    return register(complainant=ComplainantDetails(name="Lin", on_behalf_of="Lin senior")).complaint.reference


CLOSED = {"reason": "confirmed", "note": "They agreed."}
ANSWER = {"outcome": "upheld", "reasons": "x", "message": "y"}


def test_the_gates_open_when_the_papers_are_there(program, supervisor, reference, refused):
    caller = program(supervisor)
    assert caller.read(f"{reference}/").json()["outside"]["lacks_authority"] is True
    refused(caller.send(f"{reference}/resolve/", ANSWER), 409, "no_authority")
    told = caller.send(f"{reference}/record_authority/", {"basis": "guardian", "document_seen": True}).json()
    assert told["outside"]["authorities"][0]["counts"] is True
    caller.send(f"{reference}/place_hold/", {"reasons": "A court asked."})
    assert caller.send(f"{reference}/resolve/", ANSWER).status_code == 200
    refused(caller.send(f"{reference}/close/", CLOSED), 409, "legal_hold")
    told = caller.send(f"{reference}/lift_hold/", {"reasons": "Done."}).json()
    assert told["outside"]["legal_hold"] is None
    assert caller.send(f"{reference}/close/", CLOSED).status_code == 200
    caller.send(f"{reference}/revoke_authority/", {"authority": 1, "reasons": "Over."})
    assert caller.read(f"{reference}/").json()["outside"]["lacks_authority"] is True


def test_proceedings_and_joint_complainants(program, agent, reference):
    caller = program(agent)
    order = {"kind": "regulator_order", "body": "Commission", "what": "Report.", "due": "2999-01-01T00:00:00Z"}
    assert caller.send(f"{reference}/open_proceeding/", order).status_code == 400, "farther than anybody plans"
    caller.send(f"{reference}/open_proceeding/", order | {"due": None})
    moved = {"proceeding": 1, "due": f"{timezone.localdate().year + 1}-06-01T09:00:00Z", "reasons": "They asked."}
    told = caller.send(f"{reference}/move_proceeding/", moved).json()
    assert told["outside"]["proceedings"][0]["due"].startswith(moved["due"][:10])
    told = caller.send(f"{reference}/end_proceeding/", {"proceeding": 1, "result": "Reported."}).json()
    assert told["outside"]["proceedings"][0]["result"] == "Reported."
    caller.send(f"{reference}/add_complainant/", {"name": "Chen", "relation": "resident"})
    [person] = caller.send(f"{reference}/remove_complainant/", {"person": 1}).json()["outside"]["joint_complainants"]
    assert person["left_at"]


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("open_proceeding", {"kind": "duel", "body": "x", "what": "x"}),
        ("open_proceeding", {"kind": "court", "body": "x", "what": "x", "due": "2020-01-01T00:00:00Z"}),
        ("move_proceeding", {"proceeding": 1, "due": None, "reasons": "x"}), ("move_proceeding", {"proceeding": 1}),
        ("end_proceeding", {"proceeding": 1, "result": "x"}), ("end_proceeding", {"proceeding": 10**30}),
        ("place_hold", {"reasons": ""}), ("record_authority", {"basis": "x", "document_seen": True}),
        ("record_authority", {"basis": "lawyer", "document_seen": True, "document": 10**15}),
        ("record_authority", {"basis": "lawyer", "document_seen": False, "valid_until": "2001-01-01"}),
        ("revoke_authority", {"authority": 1, "reasons": "x"}), ("add_complainant", {"name": ""}),
        ("add_complainant", {"name": "x", "email": "no"}), ("remove_complainant", {"person": 1}),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, supervisor, reference, refused, verb, given):
    refused(program(supervisor).send(f"{reference}/{verb}/", given), 400, "invalid")
    for model in (Proceeding, LegalHold, Authority, JointComplainant):
        assert not model.objects.exists()
