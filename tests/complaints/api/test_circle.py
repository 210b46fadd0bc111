"""Restricted complaints for programs."""

import pytest

from complaints.models import Complaint

REPORT = {"subject": "Scrap is sold on", "description": "I saw it twice.", "track": "report", "department": "north"}


@pytest.fixture
def reference(program, agent, specialist):
    return program(agent).send("", REPORT).json()["reference"]


def test_whoever_registers_a_report_does_not_see_it_afterwards(program, agent, specialist, refused):
    caller = program(agent)
    first = caller.send("", REPORT, **{"Idempotency-Key": "r-1"}).json()
    assert (first["restriction"], first["tier"], first["holder"]) == ("report", 4, specialist.email)
    again = caller.send("", REPORT, **{"Idempotency-Key": "r-1"})
    assert (again.status_code, set(again.json())) == (201, {"reference", "access_secret", "restriction"})
    assert again.json()["access_secret"] == first["access_secret"]
    refused(caller.read(f"{first['reference']}/"), 404, "not_found")
    assert caller.read().json()["results"] == []


def test_restrict_admit_dismiss_and_lift(program, register, manager, agent, handler, refused):
    reference = register().complaint.reference
    leader = program(manager)
    refused(program(agent).send(f"{reference}/restrict/", {"reasons": "x"}), 403, "not_allowed")
    told = leader.send(f"{reference}/restrict/", {"reasons": "Private.", "people": [agent.email]}).json()
    assert (told["restriction"], told["holder"]) == ("decision", handler.email)
    assert {"admit", "dismiss", "lift_restriction"} <= set(told["acts"])
    places = {place["person"]: place for place in leader.read(f"{reference}/circle/").json()["results"]}
    assert {person: place["admitted_by"] for person, place in places.items()} == {
        handler.email: None,
        manager.email: manager.email,
        agent.email: manager.email,
    }
    assert leader.send(f"{reference}/dismiss/", {"person": agent.email, "reasons": "Done."}).status_code == 200
    refused(program(agent).read(f"{reference}/"), 404, "not_found")
    refused(leader.send(f"{reference}/dismiss/", {"person": agent.email, "reasons": "x"}), 400, "invalid", "person")
    refused(leader.send(f"{reference}/admit/", {"person": "nobody@example.org"}), 400, "invalid", "person", "reasons")
    assert leader.send(f"{reference}/admit/", {"person": agent.email, "reasons": "Again."}).status_code == 200
    [last, *_before] = leader.read(f"{reference}/viewings/").json()["results"]
    assert (last["person"], last["door"]) == (manager.email, "api:viewings")
    refused(
        leader.send(f"{reference}/order_measure/", {"kind": "exile", "what": "x"}), 400, "invalid", "kind", "reasons"
    )
    ordered = {"kind": "paid_leave", "what": "Mr. Wang is on leave.", "reasons": "Until it is clear."}
    [measure] = leader.send(f"{reference}/order_measure/", ordered).json()["measures"]
    assert (measure["number"], measure["ordered_by"], measure["ended_at"]) == (1, manager.email, None)
    refused(leader.send(f"{reference}/lift_restriction/", {"reasons": "Settled."}), 409, "illegal_move")
    refused(leader.send(f"{reference}/end_measure/", {"measure": 2, "reasons": "x"}), 400, "invalid", "measure")
    assert leader.send(f"{reference}/end_measure/", {"measure": 1, "reasons": "Clear."}).json()["measures"][0][
        "ended_at"
    ]
    lifted = leader.send(f"{reference}/lift_restriction/", {"reasons": "Settled."}).json()
    assert (lifted["restriction"], lifted["measures"]) == ("", [])
    refused(leader.send(f"{reference}/admit/", {"person": agent.email, "reasons": "x"}), 409, "illegal_move")


def test_a_confidential_complaint_asks_for_consent(program, reference, specialist, branch, head_office, refused):
    leader = program(specialist)
    to = {"to": head_office.code, "reasons": "Theirs."}
    refused(leader.send(f"{reference}/transfer/", to), 400, "invalid", "consent")
    refused(leader.send(f"{reference}/lift_restriction/", {"reasons": "x"}), 400, "invalid", "consent")
    assert leader.send(f"{reference}/transfer/", to | {"consent": True}).json()["department"] == head_office.code
    assert Complaint.objects.get().holder == specialist


def test_a_restricted_complaint_that_another_names_is_null_to_others(program, register, manager, executive):
    one, earlier = register().complaint, register().complaint
    one.earlier = earlier
    one.save()
    leader = program(manager)
    assert program(executive).read(f"{one.reference}/").json()["earlier"] == earlier.reference
    one.earlier = None
    one.save()
    leader.send(f"{earlier.reference}/restrict/", {"reasons": "Private."})
    one.earlier = earlier
    one.save()
    assert program(executive).read(f"{one.reference}/").json()["earlier"] is None
    assert leader.read(f"{one.reference}/").json()["earlier"] == earlier.reference
